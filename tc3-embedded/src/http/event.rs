//! What the response parser reports, and the limits that it enforces.

use super::error::ResponseError;
use super::framing::Framing;

/// What one call of [`ResponseParser::feed`](super::ResponseParser::feed) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event<'i> {
    /// The input is consumed and the response is not complete: receive more bytes.
    NeedMore,
    /// The head is complete. Its fields can be read until the parser is reset.
    Head(ResponseHead),
    /// The next bytes of the body: a non-empty part of the input.
    Body(&'i [u8]),
    /// The response is complete. Input that is left does not belong to it.
    Done,
}

/// The status and framing of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct ResponseHead {
    /// Status code, 200 to 599. The service responds with 200 even to report a failure.
    pub status: u16,
    /// What determines the end of the body.
    pub framing: Framing,
}

/// Limits on what a server may send.
///
/// Two more limits are fixed: the buffer limits the length of the head, and
/// [`MAX_HEADERS`](super::MAX_HEADERS) the number of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Limits {
    /// Length of the body in bytes, without chunk framing.
    pub body: u64,
    /// Length of one chunk-size line in bytes, with extensions, without CR LF.
    pub chunk_line: usize,
    /// Length of all trailers together in bytes, without CR LF.
    pub trailers: usize,
    /// Number of interim (1xx) responses before the final one.
    pub interim: u8,
}

impl Limits {
    /// 50 MiB of body (Tencent's documentation: "Response ≤ 50 MB"), 256 bytes a chunk-size line,
    /// 1024 bytes of trailers, 8 interim responses.
    pub const DEFAULT: Self = Self { body: 50 << 20, chunk_line: 256, trailers: 1024, interim: 8 };

    pub(super) const fn check_body(&self, size: u64) -> Result<(), ResponseError> {
        let limit = self.body;
        if size > limit {
            return Err(ResponseError::BodyTooLong { size, limit });
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl<'i> Event<'i> {
    /// `Body` with these bytes, or `NeedMore` if there are none.
    pub(super) const fn of_body(bytes: &'i [u8]) -> Self {
        if bytes.is_empty() {
            return Self::NeedMore;
        }
        Self::Body(bytes)
    }
}
