//! Why the ServerHello is refused.

use core::fmt;

/// Why the ServerHello is refused. It may select only values that the ClientHello offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ServerHelloFault {
    /// The server chose a version other than TLS 1.3, usually TLS 1.2.
    OldVersion {
        /// The chosen version; TLS 1.2 is 0x0303.
        version: u16,
    },
    /// The server requires a key share of a group other than P-256. Only P-256 is supported.
    HelloRetryRequest,
    /// The first handshake message is not a ServerHello.
    UnexpectedMessage {
        /// The handshake type of that message.
        handshake_type: u8,
    },
    /// `legacy_version` is above 0x0303.
    LegacyVersion {
        /// The value of `legacy_version`.
        version: u16,
    },
    /// The server echoes a session ID, but the ClientHello has none.
    SessionId {
        /// Length of the session ID in bytes.
        length: u8,
    },
    /// The server chose a cipher suite that was not offered.
    CipherSuite {
        /// The suite that the server chose.
        suite: u16,
    },
    /// The server chose a compression method other than 0 (no compression).
    Compression {
        /// The method that the server chose.
        method: u8,
    },
    /// An extension was not requested, or is repeated.
    UnexpectedExtension {
        /// The type of the extension.
        extension: u16,
    },
    /// A required extension is missing.
    MissingExtension {
        /// The type of the extension.
        extension: u16,
    },
    /// The server's key share is of a group that was not offered.
    Group {
        /// The group of the key share.
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
                f.write_str("the server requires a key share of a group other than P-256")
            }
            Self::UnexpectedMessage { handshake_type } => {
                write!(f, "handshake message {handshake_type} instead of a ServerHello (2)")
            }
            Self::LegacyVersion { version } => {
                write!(f, "legacy_version {version:#06x} in the ServerHello, not 0x0303")
            }
            Self::SessionId { length } => {
                write!(f, "session ID of {length} bytes in the ServerHello, but none was sent")
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
