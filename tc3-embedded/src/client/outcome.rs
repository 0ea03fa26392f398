//! Whether an answer is a success: the rule, for devices and hosts alike.

use crate::http::eq_ignore_case;
use tc3_core::response::{self, Advice, Answer, Failure, Malformed};

/// The result of a call, as determined by [`judge`] from an HTTP answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome<'b> {
    /// The action was done, or a dry run found that it could be ([`Advice::Success`]).
    Success,
    /// The service refused the call or failed.
    Service(Failure<'b>),
    /// The HTTP status is outside 200 to 299, and no failure of the service explains it: a proxy
    /// or gateway answered.
    Status,
    /// The status is 200 to 299, but the body is not the service's JSON envelope.
    Malformed(Malformed),
}

/// Decides whether an answer is a success. The first rule that applies counts:
///
/// 1. An envelope with `Response.Error` is a failure of the service, whatever the HTTP status. A
///    dry run that would have succeeded ([`Advice::Success`]) is none.
/// 2. A status outside 200 to 299 is an error.
/// 3. A body that is not a well-formed envelope is an error. Exempt are an event stream
///    (`Content-Type: text/event-stream`), which has no envelope, and a body that was handed out in
///    pieces, which cannot be checked.
/// 4. Everything else is a success.
///
/// `content_type` is the value of that header. `body` is the complete body, or `None` if it was
/// handed out in pieces.
///
/// ```
/// use tc3_core::response::Advice;
/// use tc3_embedded::client::{Outcome, judge};
///
/// let body = br#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"expired"}}}"#;
/// let Outcome::Service(failure) = judge(200, Some(b"application/json"), Some(body)) else { panic!() };
/// assert_eq!(failure.advice(), Advice::FixClock);
///
/// assert_eq!(judge(200, Some(b"text/event-stream"), Some(b"data: {}\n\n")), Outcome::Success);
/// assert_eq!(judge(502, Some(b"text/html"), Some(b"<html></html>")), Outcome::Status);
/// ```
#[must_use]
pub fn judge<'b>(status: u16, content_type: Option<&[u8]>, body: Option<&'b [u8]>) -> Outcome<'b> {
    let answer = body.map(response::parse);
    match answer {
        Some(Ok(Answer::Failure(failure))) if failure.advice() != Advice::Success => {
            Outcome::Service(failure)
        }
        _ if is_error(status) => Outcome::Status,
        Some(Err(malformed)) if !content_type.is_some_and(is_event_stream) => Outcome::Malformed(malformed),
        _ => Outcome::Success,
    }
}

/// Whether an HTTP status is outside 200 to 299.
pub(super) const fn is_error(status: u16) -> bool {
    !matches!(status, 200..=299)
}

/// Compares the media type, which ends at the first parameter.
fn is_event_stream(content_type: &[u8]) -> bool {
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    eq_ignore_case(media_type.trim_ascii(), "text/event-stream")
}
