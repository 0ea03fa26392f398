//! A received answer.

use super::outcome::{Outcome, judge};
use crate::http::Fields;
use core::fmt;
use tc3_core::{
    Timestamp,
    response::{self, Advice, Answer, JsonText},
};

/// An HTTP answer in the buffers that received it. `Debug` shows neither its header fields nor its
/// body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reply<'b> {
    pub(super) status: u16,
    pub(super) head: &'b [u8],
    pub(super) body: &'b [u8],
    /// Bytes of the body that were handed out in pieces before `body`.
    pub(super) handed_out: u64,
}

impl<'b> Reply<'b> {
    /// The HTTP status: 200 for everything that the service processed, failures included.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The status line and header fields as received.
    #[must_use]
    pub const fn head(&self) -> &'b [u8] {
        self.head
    }

    /// The value of the first header field of this name, ignoring case, without the whitespace
    /// around it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'b [u8]> {
        Fields::of(self.head).value(name)
    }

    /// The server's time: the header `Date`. As trustworthy as the server.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        Timestamp::from_http_date(str::from_utf8(self.header("date")?).ok()?).ok()
    }

    /// The body. Empty if it was larger than its buffer and handed out in pieces.
    #[must_use]
    pub const fn body(&self) -> &'b [u8] {
        if self.handed_out > 0 { &[] } else { self.body }
    }

    /// The length of the whole body in bytes, in pieces or not.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        self.handed_out.saturating_add(u64::try_from(self.body.len()).unwrap_or(u64::MAX))
    }

    /// The id of the request in the service's logs, if the whole body is here.
    #[must_use]
    pub fn request_id(&self) -> Option<JsonText<'b>> {
        response::parse(self.body()).ok()?.request_id()
    }

    /// Whether the answer is a success: see [`judge`].
    pub(super) fn outcome(&self) -> Outcome<'b> {
        let whole = (self.handed_out == 0).then_some(self.body);
        judge(self.status, self.header("content-type"), whole)
    }

    /// Whether the service refused the signed time.
    pub(super) fn is_expired(&self) -> bool {
        let answer = response::parse(self.body());
        matches!(answer, Ok(Answer::Failure(failure)) if failure.advice() == Advice::FixClock)
    }
}

// An answer may hold secrets: that of `AssumeRole` holds a key and its token.
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
