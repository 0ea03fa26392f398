//! Every fault at every byte of an exchange gives a typed error or the right answer, and ends.

use crate::{
    peer::{DONE, Kind, Server, Way, answer, chunked},
    stream::StreamError,
    world::{MODES, Mode, SIGNATURES, Signature, TIMED_OUT, World},
};
use embedded_io::ErrorKind;
use tc3_embedded::{
    client::{CallError, ExchangeError},
    http::ResponseError,
};

/// What became of a call.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Body(String),
    Stream(StreamError),
    /// The answer is refused or is not an envelope.
    Truncated,
    Refused,
}

/// Makes a call, and another one that has to be refused if the connection failed.
fn call(mode: Mode, signature: Signature, server: Server) -> Seen {
    use ResponseError::{BodyTruncated, ChunksTruncated, HeadTruncated, NoResponse};
    let client = crate::world::client().correcting_clock();
    let mut world = World::with_client(mode, signature, server, client).authenticated();
    let outcome = world.call();
    let failed = matches!(outcome, Err(CallError::Exchange(_)));
    let seen = match outcome {
        Ok(reply) => Seen::Body(String::from_utf8_lossy(reply.body()).into_owned()),
        Err(CallError::Exchange(ExchangeError::Stream(error))) => Seen::Stream(error),
        Err(
            CallError::Exchange(ExchangeError::Response(
                NoResponse | HeadTruncated { .. } | BodyTruncated { .. } | ChunksTruncated { .. },
            ))
            | CallError::Malformed(..),
        ) => Seen::Truncated,
        Err(CallError::Exchange(ExchangeError::Response(_)) | CallError::Status(_)) => Seen::Refused,
        outcome => panic!("{outcome:?}"),
    };
    let whole = world.peer.borrow().whole;
    assert!(whole <= 1, "sent {whole} times");
    if failed {
        world.assert_not_reusable();
    }
    seen
}

fn done() -> Seen {
    Seen::Body(DONE.to_owned())
}

fn failed(kind: ErrorKind) -> Seen {
    Seen::Stream(StreamError::Stream(kind))
}

/// Answers that end by a length, by the last chunk and with the stream.
fn answers() -> [String; 3] {
    [answer(DONE), chunked(DONE, 9), format!("HTTP/1.1 200 OK\r\n\r\n{DONE}")]
}

#[test]
fn a_fault_at_any_byte_of_an_answer_is_a_typed_error_or_harmless() {
    for mode in MODES {
        for answer in answers() {
            for at in 0..answer.len() {
                for (kind, expected) in [
                    (Kind::Close, Seen::Truncated),
                    (Kind::Empty, Seen::Truncated),
                    (Kind::Silence, Seen::Stream(TIMED_OUT)),
                    (Kind::Reset, failed(ErrorKind::ConnectionReset)),
                    (Kind::Single, done()),
                ] {
                    let server = Server::new([&answer]).failing(Way::In, at, kind);
                    let seen = call(*mode, Signature::Tc3, server);
                    assert_eq!(seen, expected, "{kind:?} at {at} of {answer}, {mode:?}");
                }
            }
        }
    }
}

/// TLS would detect it. Without TLS it is a typed error or changes one byte of the body.
#[test]
fn a_corrupt_byte_of_an_answer_changes_at_most_that_byte_of_the_body() {
    for mode in MODES {
        for answer in answers() {
            let (mut accepted, mut refused) = (0, 0);
            for at in 0..answer.len() {
                let server = Server::new([&answer]).failing(Way::In, at, Kind::Corrupt);
                let Seen::Body(body) = call(*mode, Signature::Tc3, server) else {
                    refused += 1;
                    continue;
                };
                let differing = body.bytes().zip(DONE.bytes()).filter(|(a, b)| a != b).count();
                assert!(body.len() == DONE.len() && differing <= 1, "{at}: {body}");
                accepted += 1;
            }
            assert!(accepted > 0 && refused > accepted / 2, "{accepted} accepted, {refused} refused");
        }
    }
}

#[test]
fn a_fault_at_any_byte_of_a_request_is_a_typed_error_or_harmless() {
    for signature in SIGNATURES {
        let mut whole = World::new(Mode::Blocking, signature, Server::new([answer(DONE)]));
        whole.call().unwrap();
        let len = whole.peer.borrow().got.len();
        for mode in MODES {
            for at in 0..len {
                for (kind, expected) in [
                    (Kind::Close, Some(failed(ErrorKind::BrokenPipe))),
                    (Kind::Reset, Some(failed(ErrorKind::ConnectionReset))),
                    (Kind::Silence, Some(Seen::Stream(TIMED_OUT))),
                    (Kind::Empty, None),
                    (Kind::Single, Some(done())),
                    (Kind::Corrupt, None),
                ] {
                    let server = Server::new([answer(DONE)]).failing(Way::Out, at, kind);
                    let seen = call(*mode, signature, server);
                    let case = format!("{kind:?} at {at}, {mode:?}, {signature:?}");
                    match (kind, &seen) {
                        (Kind::Empty, Seen::Stream(StreamError::WriteZero { .. })) => {}
                        // A corrupt Content-Length makes the peer wait for more.
                        (Kind::Corrupt, seen) => {
                            assert!([done(), Seen::Stream(TIMED_OUT)].contains(seen), "{case}: {seen:?}");
                        }
                        _ => assert_eq!(Some(seen), expected, "{case}"),
                    }
                }
            }
        }
    }
}
