//! Tests each line of the rule of `judge`.

use crate::peer::{DONE, failure};
use tc3_core::response::{Advice, Reason};
use tc3_embedded::client::{Outcome, judge};

const NO_TYPE: &[Option<&str>] = &[None];
const ENVELOPES: &[Option<&str>] = &[None, Some("application/json"), Some("text/event-stream")];
const EVENTS: &[Option<&str>] =
    &[Some("text/event-stream"), Some("Text/Event-Stream; charset=utf-8"), Some(" TEXT/EVENT-STREAM ;x=y")];
/// Media types that only begin or end like that of an event stream.
const OTHERS: &[Option<&str>] = &[
    Some("text/event-streams"),
    Some("text/event-stream2; x"),
    Some("x-text/event-stream"),
    Some("text/event"),
    Some(";"),
];

/// Statuses from 200 to 299, then others.
const OK: &[u16] = &[200, 201, 204, 299];
const ERRORS: &[u16] = &[199, 300, 304, 400, 500, 599];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    Success,
    Service(Advice),
    Status,
    Malformed(Reason),
}

#[test]
fn status_type_and_body_decide_in_this_order() {
    use Judged::{Malformed, Service, Status, Success};
    let (error, dry_run) = (failure("InternalError"), failure("DryRunOperation"));
    for (statuses, types, body, expected) in [
        (OK, ENVELOPES, Some(&*error), Service(Advice::RetryIdempotent)),
        (ERRORS, ENVELOPES, Some(&*error), Service(Advice::RetryIdempotent)),
        (OK, ENVELOPES, Some(&*dry_run), Success),
        (ERRORS, ENVELOPES, Some(&*dry_run), Status),
        (OK, ENVELOPES, Some(DONE), Success),
        (ERRORS, ENVELOPES, Some(DONE), Status),
        (ERRORS, ENVELOPES, Some(""), Status),
        (ERRORS, ENVELOPES, Some("<html></html>"), Status),
        // A body that was handed out in pieces.
        (ERRORS, ENVELOPES, None, Status),
        (OK, ENVELOPES, None, Success),
        (OK, NO_TYPE, Some(""), Malformed(Reason::Truncated)),
        (OK, NO_TYPE, Some("<html></html>"), Malformed(Reason::NotEnvelope)),
        (OK, EVENTS, Some("data: {}\n\n"), Success),
        (OK, OTHERS, Some("<html></html>"), Malformed(Reason::NotEnvelope)),
    ] {
        for status in statuses {
            for content_type in types {
                let judged = match judge(*status, content_type.map(str::as_bytes), body.map(str::as_bytes)) {
                    Outcome::Success => Success,
                    Outcome::Service(failure) => Service(failure.advice()),
                    Outcome::Status => Status,
                    Outcome::Malformed(malformed) => Malformed(malformed.reason),
                };
                assert_eq!(judged, expected, "{status} {content_type:?} {body:?}");
            }
        }
    }
}
