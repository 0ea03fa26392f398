//! What the response parser reports, and the limits that it enforces.

use super::error::ResponseError;
use super::framing::Framing;

/// What one call of [`ResponseParser::feed`](super::ResponseParser::feed) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event<'i> {
    /// All input is consumed and the response is not complete: receive more.
    NeedMore,
    /// The head is complete. Its fields can be read until the parser is reset.
    Head(ResponseHead),
    /// The next bytes of the body: a non-empty part of the input.
    Body(&'i [u8]),
    /// The response is complete. Any input left is not part of it.
    Done,
}

/// The status and framing of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct ResponseHead {
    /// Status code, 200 to 599. The service answers 200 to everything it processed, refusals
    /// included: "200, not 401".
    pub status: u16,
    /// What determines the end of the body.
    pub framing: Framing,
}

/// Limits on what a peer may send, in bytes unless stated otherwise.
///
/// The head is limited by the length of its buffer, and its fields by
/// [`MAX_HEADERS`](super::MAX_HEADERS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Limits {
    /// The body, without its framing.
    pub body: u64,
    /// One chunk-size line with its extensions, without its line end.
    pub chunk_line: usize,
    /// All trailers together, without their line ends.
    pub trailers: usize,
    /// Number of interim (1xx) responses before the final one.
    pub interim: u8,
}

impl Limits {
    /// 50 MiB of body, which is the service's own limit ("Response ≤ 50 MB"); 256 bytes of chunk-size
    /// line, 1024 of trailers, 8 interim responses.
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
    /// The event for bytes of the body that were found, or not found.
    pub(super) const fn of_body(bytes: &'i [u8]) -> Self {
        if bytes.is_empty() {
            return Self::NeedMore;
        }
        Self::Body(bytes)
    }
}
