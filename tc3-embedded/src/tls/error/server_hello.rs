//! Why the ServerHello is refused.

use core::fmt;

/// Why the ServerHello is refused: it may accept only what the ClientHello offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ServerHelloFault {
    /// The server chose TLS 1.2 or older.
    OldVersion {
        /// The chosen version; TLS 1.2 is 0x0303.
        version: u16,
    },
    /// The server requires a key share of another group than P-256, the only one supported.
    HelloRetryRequest,
    /// The first handshake message is not a ServerHello.
    UnexpectedMessage {
        /// Its handshake type.
        handshake_type: u8,
    },
    /// `legacy_version` is not 0x0303.
    LegacyVersion {
        /// Its value.
        version: u16,
    },
    /// The server echoes a session ID, and the ClientHello has none.
    SessionId {
        /// Its length in bytes.
        length: u8,
    },
    /// The cipher suite was not offered.
    CipherSuite {
        /// The suite.
        suite: u16,
    },
    /// The compression method is not 0.
    Compression {
        /// The method.
        method: u8,
    },
    /// An extension was not requested, or is there twice.
    UnexpectedExtension {
        /// Its type.
        extension: u16,
    },
    /// A required extension is missing.
    MissingExtension {
        /// Its type.
        extension: u16,
    },
    /// The key share is of a group that was not offered.
    Group {
        /// The group.
        group: u16,
    },
    /// The message is incomplete, or its lengths contradict each other.
    Malformed,
}

impl fmt::Display for ServerHelloFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OldVersion { version } => {
                write!(f, "the server chose TLS version {version:#06x}, not 1.3 (0x0304); ")?;
                f.write_str("use the TLS 1.2 of a modem or gateway")
            }
            Self::HelloRetryRequest => {
                f.write_str("the server requires a key share of another group than P-256")
            }
            Self::UnexpectedMessage { handshake_type } => {
                write!(f, "handshake message {handshake_type} instead of a ServerHello (2)")
            }
            Self::LegacyVersion { version } => {
                write!(f, "legacy_version {version:#06x} in the ServerHello, not 0x0303")
            }
            Self::SessionId { length } => {
                write!(f, "session ID of {length} bytes in the ServerHello, and none was sent")
            }
            Self::CipherSuite { suite } => write!(f, "cipher suite {suite:#06x} was not offered"),
            Self::Compression { method } => write!(f, "compression method {method} was not offered"),
            Self::UnexpectedExtension { extension } => {
                write!(f, "extension {extension} in the ServerHello, not requested or repeated")
            }
            Self::MissingExtension { extension } => write!(f, "the ServerHello lacks extension {extension}"),
            Self::Group { group } => write!(f, "key share of group {group:#06x}, which was not offered"),
            Self::Malformed => f.write_str("malformed ServerHello"),
        }
    }
}
