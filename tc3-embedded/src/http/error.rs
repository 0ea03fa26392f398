//! Errors of requests and responses.

use core::fmt;

/// Why a response is refused. After any of these the connection must be closed.
///
/// `at` is the offset of the wrong byte, or of the header line if the whole field is wrong. It counts
/// from the first byte of the response, interim responses included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ResponseError {
    /// Closed before the first byte. If the connection was used before, the server may have closed it
    /// while idle.
    NoResponse,
    /// Closed within the head.
    HeadTruncated {
        /// Bytes received, interim responses included.
        received: u64,
    },
    /// Closed before the body was as long as its `Content-Length`.
    BodyTruncated {
        /// Bytes of body received.
        received: u64,
        /// Bytes of body declared.
        expected: u64,
    },
    /// Closed before the end of a chunked body.
    ChunksTruncated {
        /// Bytes of body received.
        received: u64,
    },
    /// A byte that HTTP/1.x does not allow there.
    Malformed {
        /// The rule that it breaks.
        fault: Fault,
        /// Its offset.
        at: u64,
    },
    /// More than one `Content-Length`, equal or not.
    LengthTwice {
        /// The first value.
        first: u64,
        /// The second value.
        second: u64,
    },
    /// `Content-Length` and `Transfer-Encoding` together: a proxy may take another end of this
    /// response for the right one ("response splitting").
    LengthAndChunked {
        /// The `Content-Length`.
        length: u64,
    },
    /// A `Transfer-Encoding` other than `chunked`, more than one of them, or one in an HTTP/1.0
    /// response.
    TransferEncoding {
        /// Offset of the header line.
        at: u64,
    },
    /// A `Content-Encoding`, although the request asked for none.
    ContentEncoding {
        /// Offset of the header line.
        at: u64,
    },
    /// Status 101, although the request asked for no upgrade.
    SwitchingProtocols,
    /// The head does not fit the buffer.
    HeadTooLong {
        /// Length of the buffer.
        limit: usize,
    },
    /// Too many header fields.
    TooManyHeaders {
        /// [`MAX_HEADERS`](super::MAX_HEADERS).
        limit: usize,
    },
    /// Too many interim (1xx) responses.
    TooManyInterim {
        /// [`Limits::interim`](super::Limits::interim).
        limit: u8,
    },
    /// A chunk-size line, with its extensions, is too long.
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
        /// Minimum length of the body: declared, or received so far.
        size: u64,
        /// [`Limits::body`](super::Limits::body).
        limit: u64,
    },
}

/// The rule that a malformed response breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// The response starts with the version, a space and a status from 100 to 599.
    StatusLine,
    /// The version is HTTP/1.0 or HTTP/1.1.
    Version,
    /// A header name is a token directly followed by a colon.
    HeaderName,
    /// A header value has no control characters.
    HeaderValue,
    /// Lines end with CR LF. Neither occurs alone.
    LineEnd,
    /// A header is one line: no obsolete folding.
    Folding,
    /// `Content-Length` is decimal digits only, and fits 64 bits.
    ContentLength,
    /// A chunk's size is hexadecimal digits only, and fits 64 bits.
    ChunkSize,
    /// A chunk extension has no control characters.
    ChunkExtension,
    /// A chunk's data is followed by CR LF.
    ChunkEnd,
    /// A trailer is a token, a colon and a value without control characters.
    Trailer,
}

/// Why a request cannot be completed. The connection must be closed, because the peer waits for the
/// rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RequestError {
    /// The body was started, or the request finished, before the whole head was sent.
    HeadUnsent {
        /// Bytes of the head not sent yet.
        left: u64,
    },
    /// More body than declared.
    SurplusBody {
        /// The declared length.
        declared: u64,
        /// The length including the refused piece.
        offered: u64,
    },
    /// Less body than declared.
    MissingBody {
        /// The declared length.
        declared: u64,
        /// Bytes of body sent.
        sent: u64,
    },
    /// The transport reported more bytes written than it was given.
    Overrun {
        /// Bytes given.
        given: usize,
        /// Bytes reported.
        count: usize,
    },
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoResponse => f.write_str("connection closed before any response"),
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
                write!(f, "byte {at} of the response: transfer-encoding is not exactly \"chunked\"")
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
            Self::StatusLine => "not the status line of a response",
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
                write!(f, "transport reported {count} of {given} bytes written")
            }
        }
    }
}

impl core::error::Error for ResponseError {}
impl core::error::Error for RequestError {}
