//! The sentences of errors.

use crate::peer::StreamError;
use embedded_io::{Error as _, ErrorKind};
use std::error::Error as _;
use tc3_core::{BufferTooSmall, Invalid, Limit};
use tc3_embedded::{
    client::{CallError, ExchangeError},
    clock::{ClockError, OffsetError},
    deadline::DeadlineError,
    entropy::EntropyError,
    http::RequestError,
    signer::SignError,
};

type Error = CallError<'static, StreamError, OffsetError, OffsetError>;

#[test]
fn every_exchange_error_has_a_sentence_with_its_numbers() {
    use ExchangeError::{FormBuffer, HeadBuffer, NoBody, Overrun, Request, WriteZero};
    let small = BufferTooSmall { needed: 700, given: 512 };
    let missing = RequestError::MissingBody { declared: 9, sent: 4 };
    // Other tests compare the sentences of the other errors.
    for (error, sentence) in [
        (HeadBuffer(small), &*format!("head of the request: {small}")),
        (FormBuffer(small), &*format!("form of the request: {small}")),
        (NoBody { declared: 9 }, "the request does not contain its body of 9 bytes: send it as an Upload"),
        (Request(missing), "request not completed: body ended after 4 of 9 bytes"),
        (WriteZero { given: 5 }, "stream wrote none of 5 bytes"),
        (Overrun { given: 256, count: 257 }, "stream reported 257 bytes read into a buffer of 256"),
    ] {
        assert_eq!(error.to_string(), sentence);
        let error: Error = error.into();
        assert_eq!(error.to_string(), sentence);
        assert_eq!(error.advice(), None);
        assert!(error.source().is_none(), "{error}");
    }
}

#[test]
fn errors_before_sending_have_the_sentence_of_their_cause() {
    let clock = ClockError::Source(OffsetError::Unset);
    let entropy = EntropyError::Source(OffsetError::Unset);
    let large = Invalid::TooLarge { limit: Limit::GetUrl, bytes: 40_000 };
    for (error, sentence) in [
        (Error::Clock(clock), clock.to_string()),
        (Error::Entropy(entropy), entropy.to_string()),
        (Error::Signer(SignError::Invalid(large)), large.to_string()),
    ] {
        assert_eq!(error.to_string(), sentence);
        assert!(error.source().is_none(), "{error}");
    }
}

#[test]
fn every_deadline_error_has_a_sentence_and_a_kind() {
    use DeadlineError::{Overrun, Stream, TimedOut, Unarmed, WriteZero};
    for (error, kind, sentence) in [
        (TimedOut { elapsed: 9, limit: 9 }, ErrorKind::TimedOut, "timed out after 9 ms"),
        (Unarmed, ErrorKind::InvalidInput, "no timeout was set"),
        (Overrun { given: 8, count: 9 }, ErrorKind::Other, "stream reported 9 bytes for a buffer of 8"),
        (WriteZero { given: 8 }, ErrorKind::WriteZero, "stream wrote none of 8 bytes"),
        (Stream(ErrorKind::NotConnected), ErrorKind::NotConnected, "NotConnected"),
    ] {
        assert_eq!((error.to_string().as_str(), error.kind()), (sentence, kind));
    }
}
