//! Every fault at every byte of an exchange gives a typed error or the right answer, and ends. So does a stream that
//! breaks its contract.

use crate::{
    peer::{ALL, DONE, Kind, Server, Way, answer, chunked},
    world::{MODES, Mode, SIGNATURES, Signature, World, call_unbounded},
};
use embedded_io::ErrorKind;
use tc3_embedded::{client::ExchangeError, http::RequestError};

const TRUNCATED: &str = "connection closed";
const TIMED_OUT: &str = "connection failed: timed out after 2000 ms";
const RESET: &str = "connection failed: ConnectionReset";

/// Makes a call, and another one that has to be refused if the connection failed. Returns the result and the
/// bytes that were sent.
fn call(mode: Mode, signature: Signature, server: Server) -> (String, String) {
    let mut world = World::new(mode, signature, server).with(|client| client.correcting_clock());
    let result = world.result();
    let sent = String::from_utf8_lossy(&world.peer.borrow().got).into_owned();
    assert_eq!(world.peer.borrow().requests().len().max(1), 1, "requests sent");
    if ["answer refused", "connection"].iter().any(|of| result.starts_with(of)) {
        world.assert_not_reusable();
    }
    (result, sent)
}

/// Answers that end by a length and by the last chunk.
fn answers() -> [String; 2] {
    [answer(DONE), chunked(DONE, 9)]
}

#[test]
fn a_fault_at_any_byte_of_an_answer_is_a_typed_error_or_harmless() {
    for mode in MODES {
        for answer in answers() {
            let whole = answer.rfind('}').unwrap() + 1;
            for at in 0..answer.len() {
                for (kind, expected) in [
                    (Kind::Close, TRUNCATED),
                    (Kind::Empty, TRUNCATED),
                    (Kind::Silence, TIMED_OUT),
                    (Kind::Reset, RESET),
                    (Kind::Single, DONE),
                ] {
                    let server = Server::new([&answer]).failing(Way::In, at, kind);
                    let (result, _) = call(*mode, Signature::Tc3, server);
                    // Nothing can be missing of a whole JSON object.
                    let expected = if at >= whole { DONE } else { expected };
                    let case = format!("{kind:?} at {at} of {answer}, {mode:?}");
                    assert!(result.starts_with(expected), "{case}: {result} instead of {expected}");
                }
                let server = Server { max_read: Some(at + 1), ..Server::new([&answer]) };
                assert_eq!(call(*mode, Signature::Tc3, server).0, DONE, "{} bytes a read, {mode:?}", at + 1);
            }
        }
    }
}

/// TLS would detect it. Without TLS it is a typed error or changes one byte of the body.
#[test]
fn a_corrupt_byte_of_an_answer_changes_at_most_that_byte_of_the_body() {
    for (mode, answer) in MODES.iter().flat_map(|mode| answers().map(|answer| (mode, answer))) {
        let mut accepted = 0;
        for at in 0..answer.len() {
            let server = Server::new([&answer]).failing(Way::In, at, Kind::Corrupt);
            let (body, _) = call(*mode, Signature::Tc3, server);
            let differing = body.bytes().zip(DONE.bytes()).filter(|(a, b)| a != b).count();
            let is_error = ["answer refused", "HTTP status", "the answer", "connection"]
                .iter()
                .any(|of| body.starts_with(of));
            assert!(is_error || body.len() == DONE.len() && differing <= 1, "{mode:?}, {at}: {body}");
            accepted += usize::from(!is_error);
        }
        assert!((1..answer.len() * 3 / 4).contains(&accepted), "{accepted} of {} accepted", answer.len());
    }
}

#[test]
fn a_fault_at_any_byte_of_a_request_is_a_typed_error_or_harmless() {
    let server = || Server::new([answer(DONE)]);
    for signature in SIGNATURES {
        let (_, whole) = call(Mode::Blocking, signature, server());
        for mode in MODES {
            // After the last byte, the flush fails. The answer to a request that arrived is read even then.
            for at in 0..=whole.len() {
                let case = format!("at {at}, {mode:?}, {signature:?}");
                let failing = |kind| call(*mode, signature, server().failing(Way::Out, at, kind));
                let silent = if at < whole.len() { TIMED_OUT } else { "connection failed: timed out after " };
                for (kind, expected) in [
                    (Kind::Close, "connection failed: BrokenPipe"),
                    (Kind::Reset, RESET),
                    (Kind::Silence, silent),
                ] {
                    let (result, sent) = failing(kind);
                    let is_answered = at == whole.len() && kind != Kind::Silence;
                    let expected = if is_answered { DONE } else { expected };
                    assert!(result.starts_with(expected), "{kind:?} {case}: {result} instead of {expected}");
                    assert_eq!(sent, whole[..at], "{kind:?} {case}");
                }
                if at == whole.len() {
                    continue;
                }
                let (result, _) = failing(Kind::Empty);
                assert!(result.starts_with("connection failed: stream wrote none of "), "{case}: {result}");
                // A corrupt Content-Length makes the peer wait for more.
                let (result, _) = failing(Kind::Corrupt);
                assert!([DONE, TIMED_OUT].contains(&&*result), "{case}: {result}");

                let done = (DONE.to_owned(), whole.clone());
                assert_eq!(failing(Kind::Single), done, "single bytes {case}");
                let limited = Server { max_write: Some(at + 1), ..server() };
                assert_eq!(call(*mode, signature, limited), done, "{} bytes a write {case}", at + 1);
            }
        }
    }
}

/// The error of a call over a stream that claims to have written and read so many bytes.
fn miscounted(mode: Mode, write: usize, read: usize) -> ExchangeError<ErrorKind> {
    let (result, is_reusable) =
        call_unbounded(mode, Server { claims: Some((write, read)), ..Server::default() });
    assert!(!is_reusable, "reusable after {result:?}");
    result.unwrap_err()
}

#[test]
fn a_stream_that_reports_impossible_counts_is_an_error() {
    for mode in MODES {
        let none = miscounted(*mode, 0, 1);
        assert!(matches!(none, ExchangeError::WriteZero { given: 400.. }), "{none:?}");
        let surplus = miscounted(*mode, 5_000, 1);
        let ExchangeError::Request(RequestError::Overrun { given: 400..1024, count: 5_000 }) = surplus else {
            panic!("{surplus:?}")
        };
        for count in [257, usize::MAX] {
            assert_eq!(miscounted(*mode, ALL, count), ExchangeError::Overrun { given: 256, count });
        }
        let endless_zeros = miscounted(*mode, ALL, 256);
        assert!(matches!(endless_zeros, ExchangeError::Response(_)), "{endless_zeros:?}");
    }
}
