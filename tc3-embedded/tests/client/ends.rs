//! What comes of an answer, and whether the connection is reusable afterwards.

use crate::{
    peer::{DONE, Server, answer, chunked, failure, with_head},
    world::{LIMIT, MODES, World, call_unbounded, in_each_variant},
};
use tc3_embedded::{client::ExchangeError, http::ResponseError};

/// Bytes that no request asked for.
pub(crate) const SURPLUS: &str = "HTTP/1.1 200 OK\r\n";

/// An answer, the body or the sentence of the error, and whether the connection is reusable.
pub(crate) fn endings() -> Vec<(String, String, bool)> {
    let events = "Content-Type: text/event-stream\r\n";
    let long = "x".repeat(3_000);
    let endings = [
        (answer(DONE), DONE, true),
        (chunked(DONE, 5), DONE, true),
        (chunked(DONE, 40), DONE, true),
        (format!("HTTP/1.1 103 Hints\r\n\r\n{}", answer(DONE)), DONE, true),
        (answer(&failure("DryRunOperation")), &failure("DryRunOperation"), true),
        (with_head("200 OK", events, "data: {}\n\n"), "data: {}\n\n", true),
        (with_head("200 OK", "Connection: close\r\n", DONE), DONE, false),
        (answer(DONE) + SURPLUS, DONE, false),
        (
            answer(&failure("InternalError")),
            "the service answered InternalError: no (request id 7f-3c)",
            true,
        ),
        (
            with_head("400 Bad Request", "", &failure("InvalidAction")),
            "the service answered InvalidAction: no (request id 7f-3c)",
            true,
        ),
        // The status is reported, whatever else is wrong with the answer.
        (
            with_head("502 Bad", "", "<html></html>"),
            "HTTP status 502, not from the service: <html></html>",
            true,
        ),
        (with_head("502 Bad", "", DONE), &format!("HTTP status 502, not from the service: {DONE}"), true),
        (with_head("304 Not Modified", "", ""), "HTTP status 304, not from the service: ", true),
        (with_head("503 Busy", "", &long), "HTTP status 503, not from the service: ", false),
        (format!("HTTP/1.1 404 No\r\n\r\n{long}"), "HTTP status 404, not from the service: ", false),
        (
            "HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n!".to_owned(),
            "HTTP status 500, not from the service: abc",
            false,
        ),
        (
            answer("<html></html>"),
            "HTTP status 200, but the answer is not an object with `Response` in it (byte 0): <html></html>",
            true,
        ),
        (answer(""), "HTTP status 200, but the answer ends too early, after 0 bytes: ", true),
        (answer("{"), "HTTP status 200, but the answer ends too early, after 1 bytes: {", true),
        (
            "HTTP/1.1 204 No\r\n\r\n".to_owned(),
            "HTTP status 204, but the answer ends too early, after 0 bytes: ",
            true,
        ),
        (
            format!("HTTP/1.1 200 OK\r\n\r\n{DONE}"),
            "the answer has no length, and its end is not authenticated: it may be truncated",
            false,
        ),
        (
            "HTTP/2 200\r\n\r\n".to_owned(),
            "answer refused: byte 5 of the response: HTTP version is neither 1.0 nor 1.1",
            false,
        ),
        (
            with_head("200 OK", "", &long),
            "answer refused: body of at least 3000 bytes, more than the 512 allowed",
            false,
        ),
    ];
    endings.into_iter().map(|(answer, result, reusable)| (answer, result.to_owned(), reusable)).collect()
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
        peer::{Kind, Way},
        world::{Mode, SIGNATURES},
    };
    for signature in SIGNATURES {
        for at in [0, 1, 100, 300] {
            let server = Server::new([answer(DONE)]).failing(Way::Out, at, Kind::Silence);
            let mut world = World::new(Mode::Async(3), signature, server);
            assert_eq!(world.try_call(), None);
            assert_eq!(world.peer.borrow().got.len(), at);
            assert_eq!(world.head.iter().find(|byte| **byte != 0), None, "in the wiped head");
            world.mode = Mode::Async(u64::MAX);
            world.assert_not_reusable();
        }
    }
}
