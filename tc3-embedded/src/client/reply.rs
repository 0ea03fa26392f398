//! A received response.

use super::judgement::{Judgement, judge};
use crate::http::Fields;
use core::fmt;
use tc3_core::{
    Timestamp,
    response::{self, Advice, Answer, Found, JsonText, Malformed},
};

/// An HTTP response in the caller's buffers, or the received part of one in
/// [`CallError::Incomplete`](super::CallError::Incomplete). `Debug` shows neither header fields nor body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reply<'b> {
    pub(super) status: u16,
    pub(super) head: &'b [u8],
    pub(super) body: &'b [u8],
    /// Bytes of the body that were handed out in pieces before `body`.
    pub(super) handed_out: u64,
    /// Offset in `body` of the part that is judged; past the end if no part is.
    pub(super) judged_from: usize,
}

impl<'b> Reply<'b> {
    /// The HTTP status. The service responds with 200 even to report a failure.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The status line and header fields as received.
    #[must_use]
    pub const fn head(&self) -> &'b [u8] {
        self.head
    }

    /// The value of the first header field with this name (in any case), without surrounding
    /// whitespace.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'b [u8]> {
        Fields::of(self.head).value(name)
    }

    /// The server's time, from the header `Date`. Trust it only if the connection authenticated the
    /// server.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        Timestamp::from_http_date(str::from_utf8(self.header("date")?).ok()?).ok()
    }

    /// The body, or an empty slice if pieces of it were handed out before its end.
    #[must_use]
    pub const fn body(&self) -> &'b [u8] {
        if self.handed_out > 0 { &[] } else { self.body }
    }

    /// The length in bytes of the whole body, including all pieces.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        self.handed_out.saturating_add(u64::try_from(self.body.len()).unwrap_or(u64::MAX))
    }

    /// The id of the request in the service's logs. `None` if [`body`](Self::body) is not a complete JSON
    /// envelope with an id.
    #[must_use]
    pub fn request_id(&self) -> Option<JsonText<'b>> {
        response::parse(self.judged().unwrap_or_default()).ok()?.request_id()
    }

    /// What [`body`](Self::body) contains before its first error: `Error.Code`, `RequestId`, and the offset
    /// of that error. For a report about a truncated or malformed body. For a truncated event
    /// stream that was handed out in pieces: what the last event contains.
    #[must_use]
    pub fn found(&self) -> Found<'b> {
        response::found(self.judged().unwrap_or_default())
    }

    /// Applies [`judge`].
    pub(super) fn judge(&self) -> Judgement<'b> {
        judge(self.status, self.header("content-type"), self.judged())
    }

    /// The whole body, or the event that decides. `None` if bytes of it were handed out.
    fn judged(&self) -> Option<&'b [u8]> {
        self.body.get(self.judged_from..)
    }

    /// Whether the service refused the timestamp of the request.
    pub(super) fn is_expired(&self) -> bool {
        let answer = response::parse(self.body());
        matches!(answer, Ok(Answer::Failure(failure)) if failure.advice() == Advice::FixClock)
    }
}

/// The part of an error's sentence that describes a response: status, what is wrong, code and request id.
pub(super) struct Shown<'s, 'b> {
    pub(super) reply: &'s Reply<'b>,
    pub(super) malformed: Option<&'s Malformed>,
    /// Whether the error is [`CallError::Status`](super::CallError::Status).
    pub(super) is_status: bool,
}

impl fmt::Display for Shown<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.reply.found();
        write!(f, "HTTP status {}", self.reply.status)?;
        if let Some(malformed) = self.malformed {
            write!(f, ", but {malformed}")?;
        }
        if self.is_status && found.malformed().is_some_and(|malformed| !malformed.is_envelope) {
            f.write_str(", not from the service")?;
        }
        if let Some(code) = found.code() {
            write!(f, ", code {code}")?;
        }
        found.request_id().map_or(Ok(()), |id| write!(f, " (request id {id})"))
    }
}

// A response can contain secrets: `AssumeRole` returns a key and its token.
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
