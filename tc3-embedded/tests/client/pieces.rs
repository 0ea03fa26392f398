//! Answers larger than their buffer are refused or handed out in pieces.

use crate::{
    peer::{DONE, Server, answer, chunked, failure, with_head},
    stream::StreamError,
    world::{Error, Signature, World, in_each_variant},
};
use core::fmt::Debug;
use tc3_core::{response::Advice, v1::Method};
use tc3_embedded::{
    client::{CallError, ExchangeError},
    http::ResponseError,
};

/// An envelope of this length.
fn envelope(len: usize) -> String {
    let frame = r#"{"Response":{"Data":""}}"#.len();
    format!(r#"{{"Response":{{"Data":"{}"}}}}"#, "x".repeat(len - frame))
}

/// Makes calls with a buffer of `len` bytes. The form of a POST does not fit a small one.
fn with_buffer<T: PartialEq + Debug>(answer: &str, len: usize, test: impl Fn(World) -> T) -> T {
    in_each_variant(|mode, signature| {
        let is_post = signature == Signature::V1(Method::Post);
        let signature = if is_post && len < 512 { Signature::V1(Method::Get) } else { signature };
        test(World::new(mode, signature, Server::new([answer])).buffers(1024, len))
    })
}

/// Makes a call, checks its result, and returns the pieces.
fn pieces(answer: &str, len: usize, check: impl Fn(Result<u64, Error<'_>>)) -> Vec<String> {
    with_buffer(answer, len, |world| {
        let mut world = world.in_pieces(usize::MAX);
        check(world.call().map(|reply| {
            let whole = reply.body_len() <= u64::try_from(len).unwrap();
            let expected = if whole { reply.body_len() } else { 0 };
            assert_eq!(u64::try_from(reply.body().len()), Ok(expected));
            assert_eq!(reply.request_id(), None);
            reply.body_len()
        }));
        let pieces = world.pieces.take();
        pieces.into_iter().map(|piece| String::from_utf8(piece).unwrap()).collect()
    })
}

#[test]
fn pieces_are_as_long_as_the_buffer_and_only_the_last_is_shorter() {
    let sizes = [1, 30, 31, 255, 256, 257]
        .into_iter()
        .flat_map(|room| [24, 30, 31, 60, 61, 62, 90, 300, 512, 514, 1000].map(|len| (room, len)));
    for (room, len) in sizes.chain([(1024, 100 * 1024)]) {
        let body = envelope(len);
        for answer in [answer(&body), chunked(&body, 10), chunked(&body, 1024), chunked(&body, 200_000)] {
            let pieces = pieces(&answer, room, |outcome| {
                assert_eq!(outcome, Ok(u64::try_from(len).unwrap()));
            });
            let expected: Vec<_> =
                body.as_bytes().chunks(room).map(|piece| str::from_utf8(piece).unwrap()).collect();
            assert_eq!(pieces, expected);
        }
    }
}

#[test]
fn a_failure_is_returned_if_it_fits_the_buffer_and_handed_out_if_not() {
    let body = failure("RequestLimitExceeded");
    for answer in [answer(&body), chunked(&body, 10)] {
        let fitting = pieces(&answer, body.len(), |outcome| {
            assert_eq!(outcome.unwrap_err().advice(), Some(Advice::BackOff));
        });
        assert_eq!(fitting, [""; 0]);
        let larger = pieces(&answer, body.len() - 1, |outcome| assert!(outcome.is_ok(), "{outcome:?}"));
        assert_eq!(larger.concat(), body);
    }
}

/// The last piece alone would parse as a failure.
#[test]
fn pieces_are_not_judged() {
    let inner = failure("InternalError");
    let body = format!("{}{inner}", " ".repeat(inner.len()));
    let pieces = pieces(&answer(&body), inner.len(), |outcome| assert!(outcome.is_ok(), "{outcome:?}"));
    assert_eq!(pieces.concat(), body);
}

#[test]
fn a_body_with_an_error_status_is_not_handed_out() {
    for page in ["busy".to_owned(), "busy".repeat(1_000), DONE.to_owned()] {
        for status in ["502 Bad Gateway", "302 Found", "404 Not Found"] {
            let pieces = pieces(&with_head(status, "", &page), 64, |outcome| {
                let Err(CallError::Status(reply)) = outcome else { panic!("{outcome:?}") };
                assert_eq!(reply.body(), &page.as_bytes()[..page.len().min(64)]);
                assert_eq!(reply.status().to_string(), status[..3]);
            });
            assert_eq!(pieces, [""; 0]);
        }
    }
}

#[test]
fn a_fitting_body_without_an_envelope_and_an_empty_one_are_not_handed_out() {
    let malformed = pieces(&answer("<html></html>"), 64, |outcome| {
        assert!(
            matches!(outcome, Err(CallError::Malformed(malformed, _)) if malformed.at == 0),
            "{outcome:?}"
        );
    });
    assert_eq!(malformed, [""; 0]);
    let events = with_head("200 OK", "Content-Type: text/event-stream\r\n", "");
    assert_eq!(pieces(&events, 64, |outcome| assert_eq!(outcome, Ok(0))), [""; 0]);
}

/// The error of a call, and whether the connection is reusable.
fn error(answer: &str, room: usize, stop: Option<usize>) -> (ExchangeError<StreamError>, bool) {
    with_buffer(answer, room, |world| {
        let mut world = if let Some(stop) = stop { world.in_pieces(stop) } else { world };
        (world.exchange_error(), world.wire.is_reusable())
    })
}

#[test]
fn the_caller_can_stop_at_any_piece() {
    let body = envelope(1000);
    // At the last piece, the whole answer was received.
    for (room, stop, reusable) in [(100, 0, false), (100, 3, false), (100, 9, true), (1000, 0, true)] {
        let handed_out = u64::try_from(room * stop).unwrap();
        assert_eq!(
            error(&answer(&body), room, Some(stop)),
            (ExchangeError::Stopped { handed_out }, reusable)
        );
    }
}

#[test]
fn an_answer_larger_than_its_buffer_is_refused_with_both_sizes() {
    let body = envelope(300);
    let (length, chunks) = (answer(&body), chunked(&body, 100));
    for (answer, room, stop, size) in [
        (&length, 299, None, 300),
        (&chunks, 299, None, 300),
        (&length, 0, Some(0), 1),
        (&length, 0, None, 300),
    ] {
        let limit = u64::try_from(room).unwrap();
        let refused = ExchangeError::Response(ResponseError::BodyTooLong { size, limit });
        assert_eq!(error(answer, room, stop), (refused, false));
    }
}
