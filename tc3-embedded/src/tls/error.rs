//! Why there is no connection, or none any more.

use core::fmt;

use embedded_io::ErrorKind;

use super::hello::HelloFault;
use super::verify::Untrusted;

/// Why a connection did not come about, or ended. It cannot be used any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TlsError {
    /// The transport failed; [`Deadline`](crate::deadline::Deadline) fails with `InvalidInput` if its
    /// end was never armed.
    Transport(ErrorKind),
    /// The call's deadline passed.
    TimedOut,
    /// The transport claims to have moved more bytes than it was given.
    Overrun {
        /// Bytes given.
        given: usize,
        /// Bytes claimed.
        count: usize,
    },
    /// The transport took none of the bytes it was given.
    WriteZero {
        /// Bytes given.
        given: usize,
    },
    /// A future of this connection was dropped before it was done: where a record ends is not known
    /// any more.
    Abandoned,
    /// The server closed the connection in the handshake, without a word.
    HandshakeClosed,
    /// The connection ended without the server's `close_notify`: what was received may be cut off.
    Truncated,
    /// The connection was closed before.
    Closed,
    /// The server refused the handshake with an alert (RFC 8446 section 6).
    Alert {
        /// 1 for a warning, 2 for a fatal one.
        level: u8,
        /// What is wrong in the server's eyes: 70 is the protocol's version, 40 the handshake.
        description: u8,
    },
    /// The server ended the connection with an alert, under its keys.
    ProtectedAlert,
    /// The server's first message accepts something else than was offered.
    Hello(HelloFault),
    /// A record came without protection where only protected ones may.
    Unprotected {
        /// Its content type.
        content_type: u8,
    },
    /// A record of nothing.
    RecordEmpty {
        /// The length of its content, tag included.
        length: usize,
    },
    /// A record longer than RFC 8446 section 5 allows, or than the buffer.
    RecordTooLong {
        /// The length of its content.
        length: usize,
        /// The longest that can be received.
        limit: usize,
    },
    /// A record that was not made with the server's keys.
    Forged,
    /// A message or content that has no place where it came.
    Unexpected,
    /// A handshake message is spread over several records, which embedded-tls does not put
    /// together; the server's certificates may be too many for one of its records.
    Split,
    /// A message of the handshake breaks off, or its lengths do not fit together.
    Malformed,
    /// An extension of the server's that has no place where it came.
    Extension,
    /// The server's key share is no point of the curve.
    KeyShare,
    /// The hash over the whole handshake is not the server's.
    Finished,
    /// The server did not prove that it is the one that was called.
    Untrusted(Untrusted),
    /// embedded-tls failed in itself. That is a bug, in it or in how it is used here.
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
            Self::WriteZero { given } => write!(f, "transport took none of {given} bytes"),
            Self::Abandoned => f.write_str("a read or write was dropped before it was done"),
            Self::HandshakeClosed => f.write_str("the server closed the connection in the handshake"),
            Self::Truncated => f.write_str("connection ended without close_notify"),
            Self::Closed => f.write_str("the connection was closed before"),
            Self::Alert { description: 70, .. } => {
                f.write_str("the server speaks no TLS 1.3 (alert 70); have a modem or gateway do 1.2 for it")
            }
            Self::Alert { description: 40, .. } => f.write_str(
                "the server refused the handshake (alert 40): it has to take P-256 and TLS_AES_128_GCM_SHA256",
            ),
            Self::Alert { level, description } => {
                write!(f, "the server refused the handshake: alert {description}, level {level}")
            }
            Self::ProtectedAlert => f.write_str("the server ended the connection with an alert"),
            Self::Hello(fault) => fault.fmt(f),
            Self::Unprotected { content_type } => {
                write!(f, "unprotected record of type {content_type} where none may come")
            }
            Self::RecordEmpty { length } => write!(f, "record of {length} bytes, which holds nothing"),
            Self::RecordTooLong { length, limit } => {
                write!(f, "record of {length} bytes, more than the {limit} that can be received")
            }
            Self::Forged => f.write_str("record that was not made with the server's keys"),
            Self::Unexpected => f.write_str("message or content that has no place where it came"),
            Self::Split => {
                f.write_str("handshake message spread over several records, which is not supported")
            }
            Self::Malformed => f.write_str("malformed message in the handshake"),
            Self::Extension => f.write_str("extension of the server's that has no place where it came"),
            Self::KeyShare => f.write_str("the server's key share is no point of P-256"),
            Self::Finished => f.write_str("the hash over the handshake is not the server's"),
            Self::Untrusted(untrusted) => untrusted.fmt(f),
            Self::Engine => f.write_str("embedded-tls failed in itself"),
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
