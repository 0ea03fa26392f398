//! Decides whether a response is a success, for `tc3-embedded` and `tc3-std` alike.

use super::events::{failure_in, failure_of, is_event_stream};
use tc3_core::response::{self, Failure, Malformed};

/// The result of [`judge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Judgement<'b> {
    /// The service performed the action, or reports that a dry run succeeded
    /// ([`Advice::Success`](response::Advice::Success)).
    Success,
    /// The service reported a failure.
    Service(Failure<'b>),
    /// The HTTP status is outside 200 to 299 and the body reports no failure of the service: usually, a proxy
    /// or gateway responded.
    Status,
    /// The status is 200 to 299, but the body is not a valid JSON envelope of the service.
    Malformed(Malformed),
}

/// Decides whether a response is a success. The first rule that applies counts:
///
/// 1. A JSON envelope with `Response.Error` is a failure of the service, whatever the HTTP status. The
///    only exception is the code that reports a successful dry run
///    ([`Advice::Success`](response::Advice::Success)). In an event stream
///    (`Content-Type: text/event-stream`), the envelope can also be one line, with or without `data:`.
/// 2. A status outside 200 to 299 is an error.
/// 3. A body that is not the service's JSON envelope is an error. An event stream is exempt. A body
///    that was handed out in pieces is not checked.
/// 4. Everything else is a success.
///
/// `content_type` is the value of the `Content-Type` header. `body` is the complete body, or `None`
/// if the body was handed out in pieces.
///
/// ```
/// use tc3_core::response::Advice;
/// use tc3_embedded::client::{Judgement, judge};
///
/// let body = br#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"expired"}}}"#;
/// let Judgement::Service(failure) = judge(200, Some(b"application/json"), Some(body)) else { panic!() };
/// assert_eq!(failure.advice(), Advice::FixClock);
///
/// assert_eq!(judge(200, Some(b"text/event-stream"), Some(b"data: {}\n\n")), Judgement::Success);
/// assert_eq!(judge(502, Some(b"text/html"), Some(b"<html></html>")), Judgement::Status);
/// ```
#[must_use]
pub fn judge<'b>(status: u16, content_type: Option<&[u8]>, body: Option<&'b [u8]>) -> Judgement<'b> {
    let (is_stream, answer) = (content_type.is_some_and(is_event_stream), body.map(response::parse));
    let failure = match answer {
        Some(Err(_)) if is_stream => body.and_then(failure_in),
        answer => answer.and_then(failure_of),
    };
    match (failure, answer) {
        (Some(failure), _) => Judgement::Service(failure),
        (None, _) if is_error(status) => Judgement::Status,
        (None, Some(Err(malformed))) if !is_stream => Judgement::Malformed(malformed),
        _ => Judgement::Success,
    }
}

/// Whether an HTTP status is outside 200 to 299.
pub(super) const fn is_error(status: u16) -> bool {
    !matches!(status, 200..=299)
}
