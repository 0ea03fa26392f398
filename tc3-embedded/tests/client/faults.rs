//! Every fault at every byte of an exchange gives a typed error or the right answer, and ends.

use crate::{
    peer::{DONE, Kind, Peer, Way, answer, chunked},
    world::{Error, LIMIT, MODES, Mode, Wire, client, layer, peer, request, timeout},
};
use core::cell::Cell;
use embedded_io::ErrorKind;
use tc3_embedded::{
    client::{Buffers, CallError, Connection, ExchangeError},
    deadline::DeadlineError,
    http::ResponseError,
};

/// Answers that end by a length, by the last chunk and with the stream.
fn answers() -> [Vec<u8>; 3] {
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{DONE}");
    [answer(DONE).into_bytes(), chunked(DONE.as_bytes(), 9), until_close.into_bytes()]
}

/// Makes a call, checks its result, and tries another call.
fn call(mode: Mode, from: Peer, check: impl Fn(Result<&[u8], Error<'_>>)) {
    let timeout = timeout();
    let mut wire: Wire<'_> = Connection::authenticated(layer(from, &timeout));
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    let buffers = Buffers::new(&mut head, &mut body);
    let outcome = mode.call(&mut client().correcting_clock(), &mut wire, &request(), buffers);
    let failed = matches!(outcome, Err(CallError::Exchange(_)));
    check(outcome.map(|reply| reply.body()));
    assert!(peer(&wire).whole <= 1, "sent twice");
    // A connection that failed is never used again.
    let sent = peer(&wire).got.len();
    assert!(!(failed && wire.is_reusable()));
    if failed {
        timeout.arm(LIMIT);
        let buffers = Buffers::new(&mut head, &mut body);
        let refused = mode.call(&mut client(), &mut wire, &request(), buffers);
        assert_eq!(refused, Err(CallError::Exchange(ExchangeError::NotReusable)));
        assert_eq!(peer(&wire).got.len(), sent);
    }
}

fn is_timeout(error: &Error<'_>) -> bool {
    let limit = u64::try_from(LIMIT.as_millis()).unwrap();
    let timed_out = DeadlineError::TimedOut { elapsed: limit, limit };
    *error == CallError::Exchange(ExchangeError::Stream(timed_out))
}

fn is_stream(error: &Error<'_>, kind: ErrorKind) -> bool {
    *error == CallError::Exchange(ExchangeError::Stream(DeadlineError::Stream(kind)))
}

fn is_truncation(error: &Error<'_>) -> bool {
    use ResponseError::{BodyTruncated, ChunksTruncated, HeadTruncated, NoResponse};
    matches!(
        error,
        CallError::Exchange(ExchangeError::Response(
            NoResponse | HeadTruncated { .. } | BodyTruncated { .. } | ChunksTruncated { .. }
        )) | CallError::Malformed(..)
    )
}

#[test]
fn a_fault_at_any_byte_of_an_answer_is_a_typed_error_or_harmless() {
    for mode in MODES {
        for answer in answers() {
            for at in 0..answer.len() {
                let peer = |kind| Peer::new([&answer]).failing(Way::In, at, kind);
                call(*mode, peer(Kind::Close), |outcome| assert!(is_truncation(&outcome.unwrap_err())));
                call(*mode, peer(Kind::Empty), |outcome| assert!(is_truncation(&outcome.unwrap_err())));
                call(*mode, peer(Kind::Silence), |outcome| assert!(is_timeout(&outcome.unwrap_err())));
                call(*mode, peer(Kind::Reset), |outcome| {
                    assert!(is_stream(&outcome.unwrap_err(), ErrorKind::ConnectionReset));
                });
                call(*mode, peer(Kind::Single), |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
            }
        }
    }
}

/// TLS would detect it. Without TLS it is a typed error or changes one byte of the body.
#[test]
fn a_corrupt_byte_of_an_answer_changes_at_most_that_byte_of_the_body() {
    for mode in MODES {
        for answer in answers() {
            let (accepted, refused) = (Cell::new(0), Cell::new(0));
            for at in 0..answer.len() {
                let peer = Peer::new([&answer]).failing(Way::In, at, Kind::Corrupt);
                call(*mode, peer, |outcome| match outcome {
                    Ok(body) => {
                        let differing = body.iter().zip(DONE.as_bytes()).filter(|(a, b)| a != b).count();
                        assert!(body.len() == DONE.len() && differing <= 1);
                        accepted.set(accepted.get() + 1);
                    }
                    Err(_) => refused.set(refused.get() + 1),
                });
            }
            assert!(accepted.get() > 0 && refused.get() > accepted.get() / 2);
        }
    }
}

#[test]
fn a_fault_at_any_byte_of_a_request_is_a_typed_error_or_harmless() {
    let len = {
        let timeout = timeout();
        let mut wire = Connection::new(layer(Peer::new([answer(DONE)]), &timeout));
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let buffers = Buffers::new(&mut head, &mut body);
        client().call(&mut wire, &request(), buffers).unwrap();
        peer(&wire).got.len()
    };
    for mode in MODES {
        for at in 0..len {
            let peer = |kind| Peer::new([answer(DONE)]).failing(Way::Out, at, kind);
            let broken = |kind| {
                move |outcome: Result<&[u8], Error<'_>>| assert!(is_stream(&outcome.unwrap_err(), kind))
            };
            call(*mode, peer(Kind::Close), broken(ErrorKind::BrokenPipe));
            call(*mode, peer(Kind::Reset), broken(ErrorKind::ConnectionReset));
            call(*mode, peer(Kind::Silence), |outcome| assert!(is_timeout(&outcome.unwrap_err())));
            call(*mode, peer(Kind::Empty), |outcome| {
                assert!(matches!(
                    outcome,
                    Err(CallError::Exchange(ExchangeError::Stream(DeadlineError::WriteZero { .. })))
                ));
            });
            call(*mode, peer(Kind::Single), |outcome| assert_eq!(outcome.unwrap(), DONE.as_bytes()));
            // A corrupt Content-Length makes the peer wait for more.
            call(*mode, peer(Kind::Corrupt), |outcome| match outcome {
                Ok(body) => assert_eq!(body, DONE.as_bytes()),
                Err(error) => assert!(is_timeout(&error)),
            });
        }
    }
}
