//! Answers larger than their buffer are refused or handed out in pieces.

use crate::{
    peer::{DONE, Peer, answer, chunked, failure, with_head},
    world::{Error, MODES, Mode, client, peer, request, timeout, wire},
};
use core::ops::ControlFlow;
use tc3_core::response::Advice;
use tc3_embedded::{
    client::{Buffers, CallError, ExchangeError},
    http::ResponseError,
};

/// An envelope of this length.
fn envelope(len: usize) -> String {
    let frame = r#"{"Response":{"Data":""}}"#.len();
    format!(r#"{{"Response":{{"Data":"{}"}}}}"#, "x".repeat(len - frame))
}

/// Makes a call with a buffer of `len` bytes, checks its result, and returns the pieces.
fn pieces(mode: Mode, answer: &[u8], len: usize, check: impl Fn(Result<u64, Error<'_>>)) -> Vec<Vec<u8>> {
    let timeout = timeout();
    let mut wire = wire(Peer::new([answer]), &timeout);
    let (mut head, mut body) = ([0; 1024], vec![0; len]);
    let mut pieces = Vec::new();
    let mut store = |piece: &[u8]| {
        pieces.push(piece.to_vec());
        ControlFlow::Continue(())
    };
    let buffers = Buffers::new(&mut head, &mut body).in_pieces(&mut store);
    let outcome = mode.call(&mut client(), &mut wire, &request(), buffers);
    check(outcome.map(|reply| {
        let whole = reply.body_len() <= u64::try_from(len).unwrap();
        assert_eq!(reply.body().len(), if whole { usize::try_from(reply.body_len()).unwrap() } else { 0 });
        assert_eq!(reply.request_id(), None);
        reply.body_len()
    }));
    assert_eq!(peer(&wire).whole, 1);
    pieces
}

#[test]
fn a_hundred_kilobytes_pass_through_a_buffer_of_one_kilobyte() {
    for mode in MODES {
        let body = envelope(100 * 1024);
        for len in [10, 100, 1024, 4096, 200_000] {
            let pieces = pieces(*mode, &chunked(body.as_bytes(), len), 1024, |outcome| {
                assert_eq!(outcome, Ok(100 * 1024));
            });
            assert!(pieces.iter().all(|piece| piece.len() == 1024));
            assert_eq!(pieces.concat(), body.as_bytes());
        }
    }
}

#[test]
fn pieces_are_as_long_as_the_buffer_and_only_the_last_is_shorter() {
    for mode in MODES {
        for room in [1, 30, 31, 255, 256, 257] {
            for len in [24, 30, 31, 60, 61, 62, 90, 300, 512, 514, 1000] {
                let body = envelope(len);
                for answer in [answer(&body).into_bytes(), chunked(body.as_bytes(), 29)] {
                    let pieces = pieces(*mode, &answer, room, |outcome| {
                        assert_eq!(outcome, Ok(u64::try_from(len).unwrap()));
                    });
                    let expected: Vec<_> = body.as_bytes().chunks(room).collect();
                    assert_eq!(pieces, expected);
                }
            }
        }
    }
}

#[test]
fn a_failure_that_fits_the_buffer_is_returned_and_nothing_handed_out() {
    let body = failure("RequestLimitExceeded");
    for mode in MODES {
        for answer in [answer(&body).into_bytes(), chunked(body.as_bytes(), 10)] {
            let pieces = pieces(*mode, &answer, body.len(), |outcome| {
                assert_eq!(outcome.unwrap_err().advice(), Some(Advice::BackOff));
            });
            assert!(pieces.is_empty());
        }
    }
}

#[test]
fn a_failure_that_does_not_fit_the_buffer_is_handed_out() {
    let body = failure("RequestLimitExceeded");
    for mode in MODES {
        let pieces = pieces(*mode, answer(&body).as_bytes(), body.len() - 1, |outcome| {
            outcome.unwrap();
        });
        assert_eq!(pieces.concat(), body.as_bytes());
    }
}

/// The last piece alone would parse as a failure.
#[test]
fn pieces_are_not_judged() {
    let inner = failure("InternalError");
    let body = format!("{}{inner}", " ".repeat(inner.len()));
    for mode in MODES {
        let pieces = pieces(*mode, answer(&body).as_bytes(), inner.len(), |outcome| {
            outcome.unwrap();
        });
        assert_eq!(pieces.concat(), body.as_bytes());
    }
}

#[test]
fn a_body_with_an_error_status_is_not_handed_out() {
    for mode in MODES {
        for page in ["busy".to_owned(), "busy".repeat(1_000), DONE.to_owned()] {
            for head in ["502 Bad Gateway", "302 Found", "404 Not Found"] {
                let pieces = pieces(*mode, with_head(head, "", &page).as_bytes(), 64, |outcome| {
                    let Err(CallError::Status(reply)) = outcome else { panic!("no status") };
                    assert_eq!(reply.body(), &page.as_bytes()[..page.len().min(64)]);
                    assert!(head.starts_with(&reply.status().to_string()));
                });
                assert!(pieces.is_empty());
            }
        }
    }
}

#[test]
fn a_body_that_fits_and_is_not_an_envelope_is_not_handed_out() {
    for mode in MODES {
        let pieces = pieces(*mode, answer("<html></html>").as_bytes(), 64, |outcome| {
            assert!(matches!(outcome, Err(CallError::Malformed(malformed, _)) if malformed.at == 0));
        });
        assert!(pieces.is_empty());
    }
}

#[test]
fn no_piece_is_empty() {
    for mode in MODES {
        let events = with_head("200 OK", "Content-Type: text/event-stream\r\n", "");
        let pieces = pieces(*mode, events.as_bytes(), 64, |outcome| assert_eq!(outcome, Ok(0)));
        assert!(pieces.is_empty());
    }
}

#[test]
fn the_caller_can_stop_at_any_piece() {
    let body = envelope(1000);
    for mode in MODES {
        for (room, stop) in [(100, 0), (100, 3), (100, 9), (1000, 0)] {
            let timeout = timeout();
            let mut wire = wire(Peer::new([answer(&body)]), &timeout);
            let (mut head, mut buffer) = ([0; 1024], vec![0; room]);
            let mut left = stop;
            let mut take = |_: &[u8]| match left {
                0 => ControlFlow::Break(()),
                _ => {
                    left -= 1;
                    ControlFlow::Continue(())
                }
            };
            let buffers = Buffers::new(&mut head, &mut buffer).in_pieces(&mut take);
            let outcome = mode.call(&mut client(), &mut wire, &request(), buffers);
            let handed_out = u64::try_from(room * stop).unwrap();
            assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Stopped { handed_out })));
        }
    }
}

#[test]
fn an_answer_larger_than_its_buffer_is_refused_with_both_sizes() {
    let body = envelope(300);
    let refuse = |mode: Mode, answer: &[u8], room: usize, in_pieces: bool| {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer]), &timeout);
        let (mut head, mut body) = ([0; 1024], vec![0; room]);
        let mut never = |_: &[u8]| panic!("an empty piece");
        let mut buffers = Buffers::new(&mut head, &mut body);
        if in_pieces {
            buffers = buffers.in_pieces(&mut never);
        }
        let outcome = mode.call(&mut client(), &mut wire, &request(), buffers);
        let Err(CallError::Exchange(ExchangeError::Response(error))) = outcome else { panic!("{outcome:?}") };
        assert!(!wire.is_reusable());
        error
    };
    for mode in MODES {
        let (length, chunks) = (answer(&body).into_bytes(), chunked(body.as_bytes(), 100));
        let limit = 299;
        assert_eq!(refuse(*mode, &length, 299, false), ResponseError::BodyTooLong { size: 300, limit });
        assert_eq!(refuse(*mode, &chunks, 299, false), ResponseError::BodyTooLong { size: 300, limit });
        let none = ResponseError::BodyTooLong { size: 1, limit: 0 };
        assert_eq!(refuse(*mode, &length, 0, true), none);
        let none = ResponseError::BodyTooLong { size: 300, limit: 0 };
        assert_eq!(refuse(*mode, &length, 0, false), none);
    }
}
