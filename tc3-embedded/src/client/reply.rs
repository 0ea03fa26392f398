//! An answer that came back whole.

use super::CallError;
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
        let mut fields = crate::http::Fields::of(self.head);
        Some(fields.find(|field| crate::http::is(field.name, name))?.value)
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

    /// The answer of an action that was done.
    pub(super) fn judge<E, C, N>(self) -> Result<Self, CallError<'b, E, C, N>> {
        match response::parse(self.body()) {
            // A dry run that would have succeeded is a failure in form only.
            Ok(Answer::Failure(failure)) if failure.advice() != Advice::Success => {
                Err(CallError::Service(failure))
            }
            _ if is_refusal(self.status) => Err(CallError::Status(self)),
            Err(malformed) if self.has_envelope() => Err(CallError::NotAnAnswer(malformed, self)),
            _ => Ok(self),
        }
    }

    /// Whether the service refused because of the time that was signed.
    pub(super) fn is_expired(&self) -> bool {
        let answer = response::parse(self.body());
        matches!(answer, Ok(Answer::Failure(failure)) if failure.advice() == Advice::FixClock)
    }

    /// An event stream has none, and one that went out in pieces nobody looked at.
    fn has_envelope(&self) -> bool {
        const EVENTS: &[u8] = b"text/event-stream";
        let kind = self.header("content-type").and_then(|kind| kind.get(..EVENTS.len()));
        self.before == 0 && !kind.is_some_and(|kind| kind.eq_ignore_ascii_case(EVENTS))
    }
}

/// Whether a status says that what was asked was not done.
pub(super) const fn is_refusal(status: u16) -> bool {
    !matches!(status, 200..=299)
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
