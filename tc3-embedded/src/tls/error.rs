//! Why a connection failed.

mod server_hello;

pub use server_hello::ServerHelloFault;

use core::fmt;

use embedded_io::ErrorKind;

use super::verify::Untrusted;

/// Why a connection could not be established, or failed later. It cannot be used after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TlsError {
    /// The transport failed. [`Deadline`](crate::deadline::Deadline) fails with `InvalidInput` if
    /// its timeout was never armed.
    Transport(ErrorKind),
    /// The call's deadline passed.
    TimedOut,
    /// The transport reports more bytes read or written than its buffer has.
    Overrun {
        /// Length of the buffer.
        given: usize,
        /// Bytes reported.
        count: usize,
    },
    /// The transport wrote nothing.
    WriteZero {
        /// Bytes given to it.
        given: usize,
    },
    /// A future of this connection was dropped before it completed, possibly within a record.
    Abandoned,
    /// The server closed the connection during the handshake, without an alert.
    HandshakeClosed,
    /// The connection ended without the server's close_notify: data may be missing.
    Truncated,
    /// The connection is already closed.
    Closed,
    /// The server refused the handshake with an alert (RFC 8446 section 6).
    Alert {
        /// 1 for warning, 2 for fatal.
        level: u8,
        /// The AlertDescription: 70 is protocol_version, 40 is handshake_failure.
        description: u8,
    },
    /// The server ended the connection with a protected alert other than close_notify.
    ProtectedAlert,
    /// The ServerHello does not accept what was offered.
    ServerHello(ServerHelloFault),
    /// An unprotected record where only protected ones are allowed.
    Unprotected {
        /// Its content type.
        content_type: u8,
    },
    /// A record too short to have any content.
    EmptyRecord {
        /// Its length without the header.
        length: usize,
    },
    /// A record longer than RFC 8446 section 5 allows, or than the buffer.
    RecordTooLong {
        /// Its length without the header.
        length: usize,
        /// The longest that can be received.
        limit: usize,
    },
    /// A record was not protected with the server's keys: its authentication tag is wrong.
    BadRecordMac,
    /// A handshake message or content type that is not allowed at this point.
    UnexpectedMessage,
    /// A handshake message is fragmented over several records, which embedded-tls cannot reassemble.
    /// The server's certificate chain may be too long for one of its records.
    FragmentedMessage,
    /// A handshake message is incomplete, or its lengths contradict each other.
    Malformed,
    /// The server sent an extension that is not allowed in that message.
    UnexpectedExtension,
    /// The server's key share is not a point on the curve.
    InvalidKeyShare,
    /// The server's Finished does not match the handshake.
    BadFinished,
    /// The server is not authenticated.
    Untrusted(Untrusted),
    /// embedded-tls reported an internal error: a bug in it, or in how it is used here.
    Engine,
}

impl TlsError {
    pub(super) const fn transport(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::TimedOut => Self::TimedOut,
            kind => Self::Transport(kind),
        }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(kind) => write!(f, "transport failed: {kind}"),
            Self::TimedOut => f.write_str("the call's deadline passed"),
            Self::Overrun { given, count } => write!(f, "transport moved {count} of {given} bytes"),
            Self::WriteZero { given } => write!(f, "transport wrote none of {given} bytes"),
            Self::Abandoned => f.write_str("a read or write was dropped before it completed"),
            Self::HandshakeClosed => f.write_str("the server closed the connection during the handshake"),
            Self::Truncated => f.write_str("the connection ended without close_notify: data may be missing"),
            Self::Closed => f.write_str("the connection is already closed"),
            Self::Alert { description: 70, .. } => f.write_str(
                "the server does not support TLS 1.3 (alert 70); use the TLS 1.2 of a modem or gateway",
            ),
            Self::Alert { description: 40, .. } => f.write_str(
                "the server refused the handshake (alert 40): it has to support P-256 and TLS_AES_128_GCM_SHA256",
            ),
            Self::Alert { level, description } => {
                write!(f, "the server refused the handshake: alert {description}, level {level}")
            }
            Self::ProtectedAlert => f.write_str("the server ended the connection with an alert"),
            Self::ServerHello(fault) => fault.fmt(f),
            Self::Unprotected { content_type } => {
                write!(f, "unprotected record of type {content_type}, which is not allowed here")
            }
            Self::EmptyRecord { length } => write!(f, "record of {length} bytes, too short for any content"),
            Self::RecordTooLong { length, limit } => {
                write!(f, "record of {length} bytes: the limit is {limit}")
            }
            Self::BadRecordMac => f.write_str("record not protected with the server's keys"),
            Self::UnexpectedMessage => {
                f.write_str("handshake message or content type that is not allowed here")
            }
            Self::FragmentedMessage => {
                f.write_str("handshake message fragmented over several records, which is not supported")
            }
            Self::Malformed => f.write_str("malformed handshake message"),
            Self::UnexpectedExtension => f.write_str("the server sent an extension that is not allowed there"),
            Self::InvalidKeyShare => f.write_str("the server's key share is not a point on P-256"),
            Self::BadFinished => f.write_str("the server's Finished does not match the handshake"),
            Self::Untrusted(untrusted) => untrusted.fmt(f),
            Self::Engine => f.write_str("embedded-tls reported an internal error"),
        }
    }
}

impl core::error::Error for TlsError {}

impl embedded_io::Error for TlsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Transport(kind) => *kind,
            Self::TimedOut => ErrorKind::TimedOut,
            Self::HandshakeClosed | Self::Truncated => ErrorKind::ConnectionReset,
            Self::Closed => ErrorKind::NotConnected,
            Self::WriteZero { .. } => ErrorKind::WriteZero,
            Self::Overrun { .. } | Self::Abandoned | Self::Engine => ErrorKind::Other,
            _ => ErrorKind::InvalidData,
        }
    }
}
