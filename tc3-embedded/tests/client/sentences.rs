//! The sentences of errors.

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
fn every_exchange_error_has_a_sentence_with_its_numbers() {
    let small = BufferTooSmall { needed: 700, given: 512 };
    let too_long = ResponseError::BodyTooLong { size: 300, limit: 256 };
    let sentences = [
        (ExchangeError::NotReusable, "connection was ended by an earlier exchange"),
        (ExchangeError::HeadBuffer(small), &format!("head of the request: {small}")),
        (ExchangeError::FormBuffer(small), &format!("form of the request: {small}")),
        (
            ExchangeError::Request(RequestError::MissingBody { declared: 9, sent: 4 }),
            "request not completed: body ended after 4 of 9 bytes",
        ),
        (
            ExchangeError::Stream(DeadlineError::TimedOut { elapsed: 2_001, limit: 2_000 }),
            "connection failed: timed out after 2001 ms",
        ),
        (ExchangeError::WriteZero { given: 5 }, "stream wrote none of 5 bytes"),
        (
            ExchangeError::Overrun { given: 256, count: 257 },
            "stream reported 257 bytes read into a buffer of 256",
        ),
        (
            ExchangeError::Response(too_long),
            "answer refused: body of at least 300 bytes, more than the 256 allowed",
        ),
        (
            ExchangeError::UnauthenticatedEnd,
            "the answer has no length, and its end is not authenticated: it may be truncated",
        ),
        (ExchangeError::Stopped { handed_out: 512 }, "stopped by the caller after 512 bytes of body"),
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
fn errors_before_sending_have_a_sentence_and_a_source() {
    let clock: Error<'_> = CallError::Clock(ClockError::Source(NoBattery));
    assert_eq!(clock.source().unwrap().to_string(), "no battery");
    let (now, floor) = (Timestamp::from_unix(7).unwrap(), RELEASED);
    let early: Error<'_> = CallError::Clock(ClockError::BeforeFloor { now, floor });
    assert_eq!(
        early.to_string(),
        "clock shows 1970-01-01T00:00:07Z, before the earliest possible time, 2026-01-01T00:00:00Z"
    );
    let dead: Error<'_, NoBattery, NoBattery> = CallError::Entropy(EntropyError::Source(NoBattery));
    assert_eq!(dead.to_string(), "random source failed");
    assert_eq!(dead.source().unwrap().to_string(), "no battery");
    let large = Invalid::TooLarge { limit: Limit::GetUrl, bytes: 40_000 };
    let error: Error<'_> = CallError::Invalid(large);
    assert_eq!(error.to_string(), large.to_string());
}

#[test]
fn every_deadline_error_has_a_sentence_and_a_kind() {
    let sentences = [
        (DeadlineError::TimedOut { elapsed: 9, limit: 9 }, ErrorKind::TimedOut, "timed out after 9 ms"),
        (DeadlineError::Unarmed, ErrorKind::InvalidInput, "no timeout was set"),
        (
            DeadlineError::Overrun { given: 8, count: 9 },
            ErrorKind::Other,
            "stream reported 9 bytes for a buffer of 8",
        ),
        (DeadlineError::WriteZero { given: 8 }, ErrorKind::WriteZero, "stream wrote none of 8 bytes"),
        (DeadlineError::Stream(ErrorKind::NotConnected), ErrorKind::NotConnected, "NotConnected"),
    ];
    for (error, kind, sentence) in sentences {
        assert_eq!(error.to_string(), sentence);
        assert_eq!(error.kind(), kind);
    }
}
