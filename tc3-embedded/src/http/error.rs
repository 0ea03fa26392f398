//! What can go wrong, with the evidence.

use core::fmt;

/// Why a response is refused. After any of these the connection must be closed.
///
/// `at` is the offset of the offending byte (or header line, where a whole field is meant), counted
/// from the first byte of the response, interim responses included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ResponseError {
    /// Closed before the first byte. On a connection that was used before, the server may simply
    /// have closed it while idle.
    NoResponse,
    /// Closed within the head.
    HeadTruncated {
        /// Bytes received, interim responses included.
        received: u64,
    },
    /// Closed before the body was as long as `Content-Length` says.
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
    /// A byte where HTTP/1.x does not allow it.
    Malformed {
        /// Which rule it breaks.
        fault: Fault,
        /// Its offset.
        at: u64,
    },
    /// More than one `Content-Length`, equal or not.
    LengthTwice {
        /// The first one's value.
        first: u64,
        /// The second one's value.
        second: u64,
    },
    /// `Content-Length` and `Transfer-Encoding` together: somebody between us and the server may
    /// see another end of this response than we do.
    LengthAndChunked {
        /// The `Content-Length`.
        length: u64,
    },
    /// A `Transfer-Encoding` that is not just `chunked`, once, in an HTTP/1.1 response.
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
        /// Bytes it has at least, as far as they were declared or seen.
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
    /// The response starts with the version, a blank and a status from 100 to 599.
    StatusLine,
    /// The version is HTTP/1.0 or HTTP/1.1.
    Version,
    /// A header name is a token, right before a colon.
    HeaderName,
    /// A header value has no control characters.
    HeaderValue,
    /// Lines end with CR LF; neither stands alone.
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

/// Why a request cannot go on. The connection must be closed, for the peer waits for a request
/// that will never be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RequestError {
    /// The body was begun, or the request finished, before all of the head was sent.
    HeadUnsent {
        /// Bytes of the head still to be sent.
        left: u64,
    },
    /// More body than declared.
    SurplusBody {
        /// The declared length.
        declared: u64,
        /// The length with the refused piece.
        offered: u64,
    },
    /// Less body than declared.
    MissingBody {
        /// The declared length.
        declared: u64,
        /// Bytes of body sent.
        sent: u64,
    },
    /// The transport claims to have taken more than it was given.
    Overrun {
        /// Bytes given.
        given: usize,
        /// Bytes claimed.
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
                write!(f, "byte {at} of the response: transfer-encoding is not just chunked")
            }
            Self::ContentEncoding { at } => {
                write!(f, "byte {at} of the response: content-encoding that was not asked for")
            }
            Self::SwitchingProtocols => f.write_str("protocol switch that was not asked for"),
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
            Self::Version => "not version 1.0 or 1.1 of HTTP",
            Self::HeaderName => "not allowed in a header name",
            Self::HeaderValue => "not allowed in a header value",
            Self::LineEnd => "line end other than CR LF",
            Self::Folding => "obsolete line folding",
            Self::ContentLength => "content-length is not a decimal number of 64 bits",
            Self::ChunkSize => "chunk size is not a hexadecimal number of 64 bits",
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
                write!(f, "body of {offered} bytes or more, declared as {declared}")
            }
            Self::MissingBody { declared, sent } => {
                write!(f, "body ended after {sent} of {declared} bytes")
            }
            Self::Overrun { given, count } => {
                write!(f, "transport took {count} of {given} bytes")
            }
        }
    }
}

impl core::error::Error for ResponseError {}
impl core::error::Error for RequestError {}
