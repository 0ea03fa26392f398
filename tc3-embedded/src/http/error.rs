//! Errors of requests and responses.

use core::fmt;

/// Why a response is refused. After any of these errors, close the connection.
///
/// `at` is the offset of the invalid byte, or of the header line if the value as a whole is invalid.
/// It counts from the first byte received for the request, including interim responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ResponseError {
    /// The connection was closed before the first byte of the response. If the connection carried an earlier
    /// request, the server has probably closed it because it was idle.
    NoResponse,
    /// The connection was closed before the head of the response was complete.
    HeadTruncated {
        /// Bytes received, including interim responses.
        received: u64,
    },
    /// The connection was closed before the whole `Content-Length` was received.
    BodyTruncated {
        /// Bytes of body received.
        received: u64,
        /// The `Content-Length`.
        expected: u64,
    },
    /// The connection was closed before the end of a chunked body.
    ChunksTruncated {
        /// Bytes of body received.
        received: u64,
    },
    /// The response is not valid HTTP/1.x.
    Malformed {
        /// What is malformed.
        fault: Fault,
        /// The offset in the response.
        at: u64,
    },
    /// The response has more than one `Content-Length`, even if they are equal.
    LengthTwice {
        /// The first value.
        first: u64,
        /// The second value.
        second: u64,
    },
    /// The response has both `Content-Length` and `Transfer-Encoding`. A proxy might disagree about
    /// where the response ends ("response splitting").
    LengthAndChunked {
        /// The `Content-Length`.
        length: u64,
    },
    /// A `Transfer-Encoding` other than `chunked`, a second `Transfer-Encoding`, or any
    /// `Transfer-Encoding` in an HTTP/1.0 response.
    TransferEncoding {
        /// Offset of the header line.
        at: u64,
    },
    /// A `Content-Encoding` other than `identity`. No request asks for one.
    ContentEncoding {
        /// Offset of the header line.
        at: u64,
    },
    /// Status 101. No request asks for an upgrade.
    SwitchingProtocols,
    /// The head does not fit its buffer.
    HeadTooLong {
        /// Length of the buffer.
        limit: usize,
    },
    /// The head has too many fields.
    TooManyHeaders {
        /// [`MAX_HEADERS`](super::MAX_HEADERS).
        limit: usize,
    },
    /// The server sent too many interim (1xx) responses.
    TooManyInterim {
        /// [`Limits::interim`](super::Limits::interim).
        limit: u8,
    },
    /// A chunk-size line is too long, including its extensions.
    ChunkLineTooLong {
        /// [`Limits::chunk_line`](super::Limits::chunk_line).
        limit: usize,
    },
    /// The trailers together are too long.
    TrailersTooLong {
        /// [`Limits::trailers`](super::Limits::trailers).
        limit: usize,
    },
    /// The body is too long.
    BodyTooLong {
        /// The declared length, or the length received so far.
        size: u64,
        /// [`Limits::body`](super::Limits::body).
        limit: u64,
    },
}

/// What is malformed in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// The status line is not a version, a space and a status from 100 to 599.
    StatusLine,
    /// The version is neither HTTP/1.0 nor HTTP/1.1.
    Version,
    /// A header name is not a token that is directly followed by a colon.
    HeaderName,
    /// A header value contains a control character.
    HeaderValue,
    /// A line does not end with CR LF, or CR or LF occurs alone.
    LineEnd,
    /// A line starts with whitespace (RFC 9112, section 5.2: "obsolete line folding").
    Folding,
    /// `Content-Length` is not a decimal number below 2^64.
    ContentLength,
    /// A chunk size is not a hexadecimal number below 2^64.
    ChunkSize,
    /// A chunk extension contains a control character.
    ChunkExtension,
    /// A chunk's data is not followed by CR LF.
    ChunkEnd,
    /// A trailer is not a token, a colon and a value without control characters.
    Trailer,
}

/// Why a request cannot be completed. Close the connection, because the server waits for the rest of
/// the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RequestError {
    /// `body` or `finish` was called before the whole head was sent.
    HeadUnsent {
        /// Bytes of the head not sent yet.
        left: u64,
    },
    /// The body is longer than declared.
    SurplusBody {
        /// The declared length.
        declared: u64,
        /// Bytes of body sent, plus the refused piece.
        offered: u64,
    },
    /// The body is shorter than declared.
    MissingBody {
        /// The declared length.
        declared: u64,
        /// Bytes of body sent.
        sent: u64,
    },
    /// The transport reported more bytes written than it was given.
    Overrun {
        /// Bytes passed to the transport.
        given: usize,
        /// Bytes that the transport reported.
        count: usize,
    },
}

impl ResponseError {
    /// Whether the connection was closed before the response was complete.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        matches!(
            self,
            Self::NoResponse
                | Self::HeadTruncated { .. }
                | Self::BodyTruncated { .. }
                | Self::ChunksTruncated { .. }
        )
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoResponse => f.write_str("connection closed before any answer"),
            Self::HeadTruncated { received } => {
                write!(f, "connection closed within the head, after {received} bytes")
            }
            Self::BodyTruncated { received, expected } => {
                write!(f, "connection closed after {received} of {expected} bytes of body")
            }
            Self::ChunksTruncated { received } => {
                write!(f, "connection closed within a chunked body, after {received} bytes")
            }
            Self::Malformed { fault, at } => write!(f, "byte {at} of the response: {fault}"),
            Self::LengthTwice { first, second } => {
                write!(f, "more than one content-length: {first} and {second}")
            }
            Self::LengthAndChunked { length } => {
                write!(f, "content-length {length} together with transfer-encoding")
            }
            Self::TransferEncoding { at } => {
                write!(f, "byte {at} of the response: unsupported transfer-encoding")
            }
            Self::ContentEncoding { at } => {
                write!(f, "byte {at} of the response: content-encoding was not requested")
            }
            Self::SwitchingProtocols => f.write_str("switching protocols (101) was not requested"),
            Self::HeadTooLong { limit } => write!(f, "head longer than {limit} bytes"),
            Self::TooManyHeaders { limit } => write!(f, "more than {limit} header fields"),
            Self::TooManyInterim { limit } => write!(f, "more than {limit} interim responses"),
            Self::ChunkLineTooLong { limit } => {
                write!(f, "chunk-size line longer than {limit} bytes")
            }
            Self::TrailersTooLong { limit } => write!(f, "trailers longer than {limit} bytes"),
            Self::BodyTooLong { size, limit } => {
                write!(f, "body of at least {size} bytes, more than the {limit} allowed")
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StatusLine => "invalid status line",
            Self::Version => "HTTP version is neither 1.0 nor 1.1",
            Self::HeaderName => "not allowed in a header name",
            Self::HeaderValue => "not allowed in a header value",
            Self::LineEnd => "line does not end with CR LF",
            Self::Folding => "obsolete line folding",
            Self::ContentLength => "content-length is not a decimal number below 2^64",
            Self::ChunkSize => "chunk size is not a hexadecimal number below 2^64",
            Self::ChunkExtension => "not allowed in a chunk extension",
            Self::ChunkEnd => "no CR LF after a chunk",
            Self::Trailer => "not allowed in a trailer",
        })
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeadUnsent { left } => write!(f, "{left} bytes of the head are not sent yet"),
            Self::SurplusBody { declared, offered } => {
                write!(f, "body of at least {offered} bytes, but {declared} were declared")
            }
            Self::MissingBody { declared, sent } => {
                write!(f, "body ended after {sent} of {declared} bytes")
            }
            Self::Overrun { given, count } => {
                write!(f, "transport reported {count} bytes written but was given {given}")
            }
        }
    }
}

impl core::error::Error for ResponseError {}
impl core::error::Error for RequestError {}
