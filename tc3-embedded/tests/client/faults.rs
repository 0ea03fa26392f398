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
    /// The body, and the bytes that were sent.
    Done(String, String),
    Stream(StreamError),
    Truncated,
    Refused,
}

/// Makes a call, and another one that has to be refused if the connection failed.
fn call(mode: Mode, signature: Signature, server: Server) -> Seen {
    use ResponseError::{BodyTruncated, ChunksTruncated, HeadTruncated, NoResponse};
    let client = crate::world::client().correcting_clock();
    let mut world = World::with_client(mode, signature, server, client);
    let (seen, failed) = match world.call() {
        Ok(reply) => (Seen::Done(String::from_utf8_lossy(reply.body()).into_owned(), String::new()), false),
        Err(CallError::Status(_) | CallError::Malformed(..)) => (Seen::Refused, false),
        Err(CallError::Exchange(error)) => {
            let seen = match error {
                ExchangeError::Stream(error) => Seen::Stream(error),
                ExchangeError::Response(
                    NoResponse | HeadTruncated { .. } | BodyTruncated { .. } | ChunksTruncated { .. },
                ) => Seen::Truncated,
                ExchangeError::Response(_) | ExchangeError::UnauthenticatedEnd => Seen::Refused,
                error => panic!("{error:?}"),
            };
            (seen, true)
        }
        outcome => panic!("{outcome:?}"),
    };
    assert_eq!(world.peer.borrow().whole.max(1), 1, "requests sent");
    if failed {
        world.assert_not_reusable();
    }
    match seen {
        Seen::Done(body, _) => {
            Seen::Done(body, String::from_utf8_lossy(&world.peer.borrow().got).into_owned())
        }
        seen => seen,
    }
}

fn failed(kind: ErrorKind) -> Seen {
    Seen::Stream(StreamError::Stream(kind))
}

/// What a signed request looks like without a fault.
fn sent(signature: Signature) -> String {
    let Seen::Done(_, sent) = call(Mode::Blocking, signature, Server::new([answer(DONE)])) else {
        panic!("the call fails")
    };
    sent
}

/// Answers that end by a length and by the last chunk.
fn answers() -> [String; 2] {
    [answer(DONE), chunked(DONE, 9)]
}

#[test]
fn a_fault_at_any_byte_of_an_answer_is_a_typed_error_or_harmless() {
    let sent = sent(Signature::Tc3);
    for mode in MODES {
        for answer in answers() {
            for at in 0..answer.len() {
                for (kind, expected) in [
                    (Kind::Close, Seen::Truncated),
                    (Kind::Empty, Seen::Truncated),
                    (Kind::Silence, Seen::Stream(TIMED_OUT)),
                    (Kind::Reset, failed(ErrorKind::ConnectionReset)),
                    (Kind::Single, Seen::Done(DONE.to_owned(), sent.clone())),
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
                let Seen::Done(body, _) = call(*mode, Signature::Tc3, server) else {
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
        let sent = sent(signature);
        let whole = || Server::new([answer(DONE)]);
        for mode in MODES {
            for at in 0..sent.len() {
                let done = || Seen::Done(DONE.to_owned(), sent.clone());
                let case = format!("at {at}, {mode:?}, {signature:?}");
                for (kind, expected) in [
                    (Kind::Close, failed(ErrorKind::BrokenPipe)),
                    (Kind::Reset, failed(ErrorKind::ConnectionReset)),
                    (Kind::Silence, Seen::Stream(TIMED_OUT)),
                    (Kind::Single, done()),
                ] {
                    let seen = call(*mode, signature, whole().failing(Way::Out, at, kind));
                    assert_eq!(seen, expected, "{kind:?} {case}");
                }
                assert_eq!(call(*mode, signature, whole().writing_at_most(at + 1)), done(), "{case}");

                let seen = call(*mode, signature, whole().failing(Way::Out, at, Kind::Empty));
                assert!(matches!(seen, Seen::Stream(StreamError::WriteZero { .. })), "{case}: {seen:?}");
                // A corrupt Content-Length makes the peer wait for more.
                let seen = call(*mode, signature, whole().failing(Way::Out, at, Kind::Corrupt));
                let is_harmless = matches!(&seen, Seen::Done(body, _) if body == DONE);
                assert!(is_harmless || seen == Seen::Stream(TIMED_OUT), "{case}: {seen:?}");
            }
        }
    }
}
