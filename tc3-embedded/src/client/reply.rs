//! An answer that came back whole.

use super::{
    CallError,
    outcome::{Outcome, judge},
};
use crate::http::Fields;
use core::fmt;
use tc3_core::{
    Timestamp,
    response::{self, Advice, Answer, JsonText},
};

/// An HTTP answer, in the buffers it was received into. `Debug` keeps its text to itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reply<'b> {
    pub(super) status: u16,
    pub(super) head: &'b [u8],
    pub(super) body: &'b [u8],
    /// Bytes of body that went out in pieces before `body`.
    pub(super) before: u64,
}

impl<'b> Reply<'b> {
    /// The HTTP status: 200 for everything that the service processed, failures included.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Status line and header fields as they came.
    #[must_use]
    pub const fn head(&self) -> &'b [u8] {
        self.head
    }

    /// Value of the first header field of that name, in any case, without blanks around it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'b [u8]> {
        Fields::of(self.head).value(name)
    }

    /// What the server's clock showed: the header `Date`, to be trusted as far as the server.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        Timestamp::from_http_date(str::from_utf8(self.header("date")?).ok()?).ok()
    }

    /// The body, or none of one that was larger than its buffer and went out in pieces.
    #[must_use]
    pub const fn body(&self) -> &'b [u8] {
        if self.before > 0 { &[] } else { self.body }
    }

    /// The length of the whole body in bytes, however it was received.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        self.before.saturating_add(u64::try_from(self.body.len()).unwrap_or(u64::MAX))
    }

    /// Names the request in the service's own logs, if the whole body is here.
    #[must_use]
    pub fn request_id(&self) -> Option<JsonText<'b>> {
        response::parse(self.body()).ok()?.request_id()
    }

    /// [Judges](judge) the answer; a success is returned as it is.
    pub(super) fn judge<E, C, N>(self) -> Result<Self, CallError<'b, E, C, N>> {
        let whole = (self.before == 0).then_some(self.body);
        match judge(self.status, self.header("content-type"), whole) {
            Outcome::Success => Ok(self),
            Outcome::Service(failure) => Err(CallError::Service(failure)),
            Outcome::Status => Err(CallError::Status(self)),
            Outcome::Malformed(malformed) => Err(CallError::NotAnAnswer(malformed, self)),
        }
    }

    /// Whether the service refused because of the time that was signed.
    pub(super) fn is_expired(&self) -> bool {
        let answer = response::parse(self.body());
        matches!(answer, Ok(Answer::Failure(failure)) if failure.advice() == Advice::FixClock)
    }
}

// An answer may hold a key: `AssumeRole` is answered with one, and with its token.
impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_len", &self.body_len())
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Reply<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let (len, id) = (self.body_len(), self.request_id());
        defmt::write!(f, "Reply {{ status: {}, body_len: {}, request_id: {}, .. }}", self.status, len, id);
    }
}
