//! Why a connection failed.

mod server_hello;

pub use server_hello::ServerHelloFault;

use core::fmt;

use embedded_io::ErrorKind;

use super::verify::Untrusted;

/// Why a connection could not be established, or why it failed later. After an error, nothing
/// more is sent. Nothing more is received either, with one exception: if a write failed because the
/// connection was closed, what the server sent before can still be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TlsError {
    /// The transport failed. [`Deadline`](crate::deadline::Deadline) fails with `InvalidInput` if its
    /// timeout was never armed.
    Transport(ErrorKind),
    /// The call's deadline passed.
    TimedOut,
    /// The transport reported more bytes read or written than the buffer has.
    Overrun {
        /// Length of the buffer.
        given: usize,
        /// Number of bytes that the transport reported.
        count: usize,
    },
    /// The transport reported that it wrote 0 bytes.
    WriteZero {
        /// Number of bytes that the transport was given to write.
        given: usize,
    },
    /// An asynchronous read or write was dropped before it completed. A record can be half sent or half
    /// received.
    Abandoned,
    /// The server closed the connection during the handshake, without an alert.
    HandshakeClosed,
    /// The connection ended without the server's close_notify: data may be missing.
    Truncated,
    /// The connection was closed or reset within a record, after the handshake. The server had begun to send: its
    /// answer, unless it broke off another record.
    TruncatedRecord,
    /// The connection is already closed, by this side or by the server's close_notify.
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
    /// The ServerHello is malformed, or selects a value that the ClientHello did not offer.
    ServerHello(ServerHelloFault),
    /// An unprotected record arrived where its type is not allowed.
    Unprotected {
        /// Its content type.
        content_type: u8,
    },
    /// A record is too short to have any content.
    EmptyRecord {
        /// Its length without the header.
        length: usize,
    },
    /// A record is longer than RFC 8446 section 5 allows, or longer than the buffer.
    RecordTooLong {
        /// Its length without the header.
        length: usize,
        /// The maximum length.
        limit: usize,
    },
    /// The authentication tag of a record is wrong: the record was not protected with the server's keys.
    BadRecordMac,
    /// A handshake message or content type is not allowed at this point.
    UnexpectedMessage,
    /// A handshake message is fragmented over several records, which embedded-tls cannot reassemble.
    /// The server's certificate chain might be too long for one record.
    FragmentedMessage,
    /// A handshake message is incomplete, or its lengths contradict each other.
    Malformed,
    /// The server sent an extension in a message in which it is not allowed.
    UnexpectedExtension,
    /// The server's key share is not a point on P-256.
    InvalidKeyShare,
    /// The MAC in the server's Finished does not match the handshake.
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
            Self::Overrun { given, count } => {
                write!(f, "transport reported {count} bytes for a buffer of {given} bytes")
            }
            Self::WriteZero { given } => write!(f, "transport wrote none of {given} bytes"),
            Self::Abandoned => f.write_str("a read or write was dropped before it completed"),
            Self::HandshakeClosed => f.write_str("the server closed the connection during the handshake"),
            Self::Truncated => f.write_str("the connection ended without close_notify: data may be missing"),
            Self::TruncatedRecord => f.write_str("the connection was closed within a record"),
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
            // Not a kind of a closed connection, on which no byte of an answer may have come.
            Self::TruncatedRecord => ErrorKind::Other,
            Self::Overrun { .. } | Self::Abandoned | Self::Engine => ErrorKind::Other,
            _ => ErrorKind::InvalidData,
        }
    }
}
