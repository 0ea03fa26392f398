//! What comes of an answer, and whether the connection is reusable afterwards.

use crate::{
    peer::{DONE, Server, answer, chunked, failure, with_head},
    world::{LIMIT, MODES, World, call_unbounded, in_each_variant},
};
use tc3_embedded::{
    client::{ExchangeError, Outcome, judge},
    http::ResponseError,
};

/// Bytes that no request asked for.
pub(crate) const SURPLUS: &str = "HTTP/1.1 200 OK\r\n";

/// An answer, the body or the sentence of the error, and whether the connection is reusable.
pub(crate) fn endings() -> Vec<(String, String, bool)> {
    let events = "Content-Type: text/event-stream\r\n";
    let long = "x".repeat(3_000);
    let status = |status, body| format!("HTTP status {status}, not from the service: {body}");
    let malformed = |status, rest| format!("HTTP status {status}, but the answer {rest}");
    let answered = |code| format!("the service answered {code}: no (request id 7f-3c)");
    let early = "ends too early, after 0 bytes: ";
    let html = "is not an object with `Response` in it (byte 0): <html></html>";
    let unknown_end = "the answer has no length, and its end is not authenticated: it may be truncated";
    let version = "answer refused: byte 5 of the response: HTTP version is neither 1.0 nor 1.1";
    let too_long = "answer refused: body of at least 3000 bytes, more than the 512 allowed";
    let chunks = "HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n!";
    let endings = [
        (answer(DONE), DONE.to_owned(), true),
        (chunked(DONE, 5), DONE.to_owned(), true),
        (format!("HTTP/1.1 103 Hints\r\n\r\n{}", answer(DONE)), DONE.to_owned(), true),
        (answer(&failure("DryRunOperation")), failure("DryRunOperation"), true),
        (with_head("200 OK", events, "data: {}\n\n"), "data: {}\n\n".to_owned(), true),
        (with_head("200 OK", "Connection: close\r\n", DONE), DONE.to_owned(), false),
        (answer(DONE) + SURPLUS, DONE.to_owned(), false),
        (answer(&failure("InternalError")), answered("InternalError"), true),
        (with_head("400 Bad Request", "", &failure("InvalidAction")), answered("InvalidAction"), true),
        // The status is reported, whatever else is wrong with the answer.
        (with_head("502 Bad", "", DONE), status(502, DONE), true),
        (with_head("304 Not Modified", "", ""), status(304, ""), true),
        (with_head("503 Busy", "", &long), status(503, ""), false),
        (format!("HTTP/1.1 404 No\r\n\r\n{long}"), status(404, ""), false),
        (chunks.to_owned(), status(500, "abc"), false),
        (answer("<html></html>"), malformed(200, html), true),
        (answer(""), malformed(200, early), true),
        ("HTTP/1.1 204 No\r\n\r\n".to_owned(), malformed(204, early), true),
        (format!("HTTP/1.1 200 OK\r\n\r\n{DONE}"), unknown_end.to_owned(), false),
        ("HTTP/2 200\r\n\r\n".to_owned(), version.to_owned(), false),
        (with_head("200 OK", "", &long), too_long.to_owned(), false),
    ];
    endings.into()
}

#[test]
fn an_answer_is_a_success_or_an_error_and_leaves_the_connection_reusable_or_not() {
    for (answer, expected, reusable) in endings() {
        in_each_variant(|mode, signature| {
            let mut world = World::new(mode, signature, Server::new([answer.clone(), self::answer(DONE)]));
            assert_eq!(world.result(), expected, "{answer}");
            if reusable {
                world.arm(LIMIT);
                assert_eq!(world.result(), DONE, "after {answer}");
            } else {
                world.assert_not_reusable();
            }
        });
    }
}

#[test]
fn a_body_that_ends_with_the_connection_needs_an_authenticated_end() {
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{DONE}");
    in_each_variant(|mode, signature| {
        let mut plain = World::new(mode, signature, Server::new([&until_close])).in_pieces(0);
        assert_eq!(plain.exchange_error(), ExchangeError::UnauthenticatedEnd, "instead of being handed out");
    });
    let cut = answer(DONE).len() - 1;
    let truncated = ResponseError::BodyTruncated { received: 33, expected: 34 };
    for (answer, expected) in [
        (&*until_close, Ok(DONE.to_owned())),
        (&answer(DONE)[..cut], Err(ExchangeError::Response(truncated))),
    ] {
        for mode in MODES {
            assert_eq!(call_unbounded(*mode, Server::new([answer])), (expected.clone(), false), "{mode:?}");
        }
    }
}

#[cfg(feature = "async")]
#[test]
fn after_a_dropped_call_the_connection_is_not_reusable_and_the_head_is_wiped() {
    use crate::{
        retry::{DATE, correcting, expired},
        world::{Context, Mode, SIGNATURES},
    };
    for signature in SIGNATURES {
        // Each read, write and flush is pending once, and so is each of the second request.
        for polls in 1.. {
            let _context = Context((signature, polls));
            let server = Server::new([expired(DATE), answer(DONE)]);
            let server = Server { stalling: true, max_write: Some(60), max_read: Some(20), ..server };
            let mut world = correcting(World::new(Mode::Async(polls), signature, server));
            if world.result() == DONE {
                assert!(polls > 20, "done after {polls} polls");
                break;
            }
            world.assert_wiped();
            world.mode = Mode::Async(u64::MAX);
            world.assert_not_reusable();
        }
    }
}

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
