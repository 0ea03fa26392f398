//! Tests each line of the rule of `judge`.

use crate::peer::{DONE, failure};
use tc3_core::response::{Advice, Reason};
use tc3_embedded::client::{Outcome, judge};

const JSON: Option<&[u8]> = Some(b"application/json");
const EVENTS: Option<&[u8]> = Some(b"text/event-stream");

/// Statuses from 200 to 299, then others.
const OK: [u16; 4] = [200, 201, 204, 299];
const ERRORS: [u16; 6] = [199, 300, 304, 400, 500, 599];

#[test]
fn an_error_in_the_envelope_is_a_failure_of_the_service_whatever_status_and_type() {
    let body = failure("InternalError");
    for status in OK.into_iter().chain(ERRORS) {
        for content_type in [None, JSON, EVENTS] {
            let outcome = judge(status, content_type, Some(body.as_bytes()));
            let Outcome::Service(failure) = outcome else { panic!("{status}: {outcome:?}") };
            assert_eq!(failure.advice(), Advice::RetryIdempotent);
        }
    }
}

#[test]
fn a_dry_run_that_would_have_succeeded_is_a_success_unless_its_status_is_an_error() {
    let body = failure("DryRunOperation");
    for status in OK {
        assert_eq!(judge(status, JSON, Some(body.as_bytes())), Outcome::Success);
    }
    for status in ERRORS {
        assert_eq!(judge(status, JSON, Some(body.as_bytes())), Outcome::Status);
    }
}

#[test]
fn a_status_outside_2xx_is_an_error_whatever_the_body() {
    for status in ERRORS {
        for body in [None, Some(&b""[..]), Some(b"<html></html>"), Some(DONE.as_bytes())] {
            for content_type in [None, JSON, EVENTS] {
                assert_eq!(judge(status, content_type, body), Outcome::Status, "{status}");
            }
        }
    }
}

#[test]
fn a_2xx_without_a_well_formed_envelope_is_an_error() {
    for status in OK {
        for (body, reason) in [("", Reason::Truncated), ("<html></html>", Reason::NotEnvelope)] {
            let outcome = judge(status, JSON, Some(body.as_bytes()));
            let Outcome::Malformed(malformed) = outcome else { panic!("{status}: {outcome:?}") };
            assert_eq!(malformed.reason, reason);
        }
    }
}

#[test]
fn an_event_stream_has_no_envelope() {
    let media_types = ["text/event-stream", "Text/Event-Stream; charset=utf-8", " TEXT/EVENT-STREAM ;x=y"];
    for media_type in media_types {
        let outcome = judge(200, Some(media_type.as_bytes()), Some(b"data: {}\n\n"));
        assert_eq!(outcome, Outcome::Success, "{media_type}");
    }
}

#[test]
fn another_media_type_that_only_begins_or_ends_like_an_event_streams_needs_an_envelope() {
    for media_type in
        ["text/event-streams", "text/event-stream2; x", "x-text/event-stream", "text/event", ";"]
    {
        let outcome = judge(200, Some(media_type.as_bytes()), Some(b"data: {}\n\n"));
        assert!(matches!(outcome, Outcome::Malformed(_)), "{media_type}");
    }
}

#[test]
fn no_envelope_is_looked_for_in_a_body_that_was_handed_out_in_pieces() {
    for status in OK {
        assert_eq!(judge(status, JSON, None), Outcome::Success);
    }
}

#[test]
fn a_well_formed_envelope_without_an_error_is_a_success() {
    for status in OK {
        for content_type in [None, JSON, EVENTS] {
            assert_eq!(judge(status, content_type, Some(DONE.as_bytes())), Outcome::Success);
        }
    }
}
