//! Tests each line of the rule of `judge`.

use crate::peer::{DONE, failure};
use tc3_embedded::client::{Outcome, judge};

/// Statuses from 200 to 299, then others.
const OK: &[u16] = &[200, 204, 299];
const ERRORS: &[u16] = &[199, 300, 599];

const ENVELOPES: &[Option<&str>] = &[None, Some("application/json"), Some("text/event-stream")];
const EVENTS: &[Option<&str>] =
    &[Some("text/event-stream"), Some("Text/Event-Stream; charset=utf-8"), Some(" TEXT/EVENT-STREAM ;x=y")];
/// Media types that only begin or end like that of an event stream.
const OTHERS: &[Option<&str>] =
    &[Some("text/event-streams"), Some("x-text/event-stream"), Some("text/event"), Some(";"), None];

#[test]
fn status_type_and_body_decide_in_this_order() {
    let (error, dry_run) = (failure("InternalError"), failure("DryRunOperation"));
    for (statuses, types, body, expected) in [
        (OK, ENVELOPES, Some(&*error), "service"),
        (ERRORS, ENVELOPES, Some(&*error), "service"),
        (OK, ENVELOPES, Some(&*dry_run), "success"),
        (ERRORS, ENVELOPES, Some(&*dry_run), "status"),
        (OK, ENVELOPES, Some(DONE), "success"),
        (ERRORS, ENVELOPES, Some(DONE), "status"),
        (ERRORS, ENVELOPES, Some(""), "status"),
        // A body that was handed out in pieces.
        (ERRORS, ENVELOPES, None, "status"),
        (OK, ENVELOPES, None, "success"),
        (OK, EVENTS, Some("data: {}\n\n"), "success"),
        (OK, OTHERS, Some("data: {}\n\n"), "malformed"),
    ] {
        for (status, content_type) in statuses.iter().flat_map(|it| types.iter().map(move |of| (it, of))) {
            let judged = match judge(*status, content_type.map(str::as_bytes), body.map(str::as_bytes)) {
                Outcome::Success => "success",
                Outcome::Service(_) => "service",
                Outcome::Status => "status",
                Outcome::Malformed(_) => "malformed",
            };
            assert_eq!(judged, expected, "{status} {content_type:?} {body:?}");
        }
    }
}
