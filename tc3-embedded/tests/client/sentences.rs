//! What errors say.

use crate::world::{Error, NoBattery};
use embedded_io::{Error as _, ErrorKind};
use std::error::Error as _;
use tc3_core::{BufferTooSmall, Invalid, Limit, Timestamp};
use tc3_embedded::{
    client::{CallError, ExchangeError},
    clock::{ClockError, RELEASED},
    deadline::DeadlineError,
    entropy::EntropyError,
    http::{RequestError, ResponseError},
};

#[test]
fn each_way_of_failing_is_a_sentence_with_its_evidence() {
    let small = BufferTooSmall { needed: 700, given: 512 };
    let too_long = ResponseError::BodyTooLong { size: 300, limit: 256 };
    let sentences = [
        (ExchangeError::Spent, "connection was ended by an earlier exchange"),
        (ExchangeError::HeadBuffer(small), "head of the request: text needs 700 bytes, buffer has 512"),
        (ExchangeError::FormBuffer(small), "form of the request: text needs 700 bytes, buffer has 512"),
        (
            ExchangeError::Request(RequestError::MissingBody { declared: 9, sent: 4 }),
            "request broken off: body ended after 4 of 9 bytes",
        ),
        (
            ExchangeError::Stream(DeadlineError::TimedOut { elapsed: 2_001, limit: 2_000 }),
            "connection broken: not done after 2001 of 2000 ms",
        ),
        (ExchangeError::WriteZero { given: 5 }, "stream took none of 5 bytes"),
        (ExchangeError::Overrun { given: 256, count: 257 }, "stream received 257 bytes into a room of 256"),
        (
            ExchangeError::Response(too_long),
            "answer refused: body of at least 300 bytes, more than the 256 allowed",
        ),
        (ExchangeError::Unproven, "answer ends with the connection, and nothing proves that it is whole"),
        (ExchangeError::Stopped { before: 512 }, "stopped by the caller after 512 bytes of body"),
    ];
    for (error, sentence) in sentences {
        assert_eq!(error.to_string(), sentence);
        let error: Error<'_> = error.into();
        assert_eq!(error.to_string(), sentence);
        assert_eq!(error.advice(), None);
        assert!(error.source().is_none());
    }
}

#[test]
fn a_call_names_what_was_wrong_before_anything_was_sent() {
    let clock: Error<'_> = CallError::Clock(ClockError::Source(NoBattery));
    assert_eq!(clock.source().unwrap().to_string(), "no battery");
    let (now, floor) = (Timestamp::from_unix(7).unwrap(), RELEASED);
    let early: Error<'_> = CallError::Clock(ClockError::BeforeFloor { now, floor });
    assert_eq!(
        early.to_string(),
        "clock shows 1970-01-01T00:00:07Z, but it is 2026-01-01T00:00:00Z or later"
    );
    let dead: Error<'_, NoBattery, NoBattery> = CallError::Entropy(EntropyError::Source(NoBattery));
    assert_eq!(dead.to_string(), "source of randomness failed");
    assert_eq!(dead.source().unwrap().to_string(), "no battery");
    let large: Error<'_> = CallError::Invalid(Invalid::TooLarge { limit: Limit::GetUrl, bytes: 40_000 });
    assert_eq!(large.to_string(), "URL of a GET has 40000 bytes, the service takes 32768");
}

#[test]
fn each_way_of_a_stream_to_stop_is_a_sentence_and_a_kind() {
    let sentences = [
        (DeadlineError::TimedOut { elapsed: 9, limit: 9 }, ErrorKind::TimedOut, "not done after 9 of 9 ms"),
        (DeadlineError::Unarmed, ErrorKind::InvalidInput, "nobody said how long to wait"),
        (DeadlineError::Overrun { given: 8, count: 9 }, ErrorKind::Other, "stream moved 9 of 8 bytes"),
        (DeadlineError::WriteZero { given: 8 }, ErrorKind::WriteZero, "stream took none of 8 bytes"),
        (DeadlineError::Stream(ErrorKind::NotConnected), ErrorKind::NotConnected, "NotConnected"),
    ];
    for (error, kind, sentence) in sentences {
        assert_eq!(error.to_string(), sentence);
        assert_eq!(error.kind(), kind);
    }
}
