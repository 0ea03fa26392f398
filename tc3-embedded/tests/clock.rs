//! Which times a clock may show.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use core::{cell::Cell, convert::Infallible};
use std::error::Error;
use tc3_core::Timestamp;
use tc3_embedded::clock::{self, ClockError, OffsetClock, OffsetError, RELEASED, SetClock, UnixClock};

const LAST: u64 = 253_402_300_799; // 9999-12-31T23:59:59Z

fn at(unix: u64) -> Timestamp {
    Timestamp::from_unix(unix).unwrap()
}

fn shows(now: u64) -> impl UnixClock<Error = Infallible> {
    move || Ok(now)
}

#[test]
fn times_from_the_floor_to_the_end_of_the_year_9999_are_accepted() {
    let floor = RELEASED.unix();
    for now in [0, floor - 1] {
        let before = ClockError::BeforeFloor { now: at(now), floor: RELEASED };
        assert_eq!(clock::read(&mut shows(now), RELEASED), Err(before));
    }
    assert_eq!(clock::read(&mut shows(floor), RELEASED), Ok(RELEASED));
    assert_eq!(clock::read(&mut shows(LAST), RELEASED), Ok(at(LAST)));
    for now in [LAST + 1, floor * 1000, u64::MAX] {
        assert_eq!(clock::read(&mut shows(now), RELEASED), Err(ClockError::OutOfRange { now }));
    }
}

#[test]
fn the_error_of_the_clock_itself_is_the_source() {
    let mut silent = || Err(OffsetError::Unset);
    let error = clock::read(&mut silent, RELEASED).unwrap_err();
    assert_eq!(error, ClockError::Source(OffsetError::Unset));
    assert_eq!(error.source().unwrap().to_string(), "clock was not set since the start");
    assert!(clock::read(&mut shows(0), RELEASED).unwrap_err().source().is_none());
}

#[test]
fn a_trait_object_is_a_clock() {
    let mut clock = shows(LAST);
    let clock: &mut dyn UnixClock<Error = Infallible> = &mut clock;
    assert_eq!(clock::read(clock, RELEASED), Ok(at(LAST)));
}

#[test]
fn an_offset_clock_has_no_time_until_it_is_set() {
    let mut clock = OffsetClock::new(|| 123_456_789, RELEASED);
    assert_eq!(clock.unix_seconds(), Err(OffsetError::Unset));
    assert_eq!(clock.since_set(), None);
    clock.set(at(1_795_279_182)).unwrap();
    assert_eq!(clock.unix_seconds(), Ok(1_795_279_182));
    assert_eq!(clock.since_set(), Some(0));
}

#[test]
fn an_offset_clock_returns_its_floor_and_debug_shows_that_it_is_not_set() {
    let clock = OffsetClock::new(|| 0, at(1_767_225_600));
    assert_eq!(clock.floor().unix(), 1_767_225_600);
    let floor = clock.floor();
    assert_eq!(format!("{clock:?}"), format!("OffsetClock {{ floor: {floor:?}, set: None, .. }}"));
}

#[test]
fn an_offset_clock_advances_with_its_counter_whatever_the_counter_starts_at() {
    for start in [0, 1, u64::from(u32::MAX) - 500, u64::MAX - 86_400_000] {
        let counter = Cell::new(start);
        let mut clock = OffsetClock::new(|| counter.get(), RELEASED);
        clock.set_millis(at(1_795_279_182), 250).unwrap();
        for (elapsed, seconds) in [(749, 0), (750, 1), (1_749, 1), (1_750, 2), (86_400_000, 86_400)] {
            counter.set(start + elapsed);
            assert_eq!(clock.unix_seconds(), Ok(1_795_279_182 + seconds), "{start} + {elapsed}");
            assert_eq!(clock.since_set(), Some(elapsed));
        }
    }
}

#[test]
fn more_than_999_milliseconds_carry_over() {
    let mut clock = OffsetClock::new(|| 0, RELEASED);
    clock.set_millis(at(1_795_279_182), 1_000).unwrap();
    assert_eq!(clock.unix_seconds(), Ok(1_795_279_183));
    clock.set_millis(at(1_795_279_182), u16::MAX).unwrap();
    assert_eq!(clock.unix_seconds(), Ok(1_795_279_182 + 65));
}

#[test]
fn a_counter_that_decreases_stops_the_clock() {
    let counter = Cell::new(5_000);
    let mut clock = OffsetClock::new(|| counter.get(), RELEASED);
    clock.set(at(1_795_279_182)).unwrap();
    counter.set(0);
    assert_eq!(clock.unix_seconds(), Ok(1_795_279_182));
    counter.set(6_000);
    assert_eq!(clock.unix_seconds(), Ok(1_795_279_183));
}

#[test]
fn a_counter_at_its_maximum_moves_the_clock_out_of_range() {
    let counter = Cell::new(0);
    let mut clock = OffsetClock::new(|| counter.get(), RELEASED);
    clock.set(at(LAST)).unwrap();
    counter.set(u64::MAX);
    let now = u64::MAX / 1000;
    assert_eq!(clock::read(&mut clock, RELEASED), Err(ClockError::OutOfRange { now }));
}

#[test]
fn a_time_before_the_floor_is_refused_and_the_clock_is_unchanged() {
    let (now, floor) = (at(RELEASED.unix() - 1), RELEASED);
    let mut clock = OffsetClock::new(|| 0, RELEASED);
    assert_eq!(clock.set(now), Err(OffsetError::BeforeFloor { now, floor }));
    assert_eq!(clock.unix_seconds(), Err(OffsetError::Unset));
    clock.set(floor).unwrap();
    assert_eq!(clock.unix_seconds(), Ok(floor.unix()));
    clock.set(at(LAST)).unwrap();
    assert_eq!(clock.set_millis(now, 999), Err(OffsetError::BeforeFloor { now, floor }));
    assert_eq!(clock.unix_seconds(), Ok(LAST));
}

#[test]
fn a_caller_can_require_a_later_floor_than_the_clock() {
    let mut clock = OffsetClock::new(|| 0, RELEASED);
    let (now, floor) = (at(1_795_279_182), at(1_795_279_183));
    assert_eq!(clock::set(&mut clock, now, floor), Err(ClockError::BeforeFloor { now, floor }));
    assert_eq!(clock.unix_seconds(), Err(OffsetError::Unset));
    clock::set(&mut clock, floor, floor).unwrap();
    assert_eq!(clock::read(&mut clock, floor), Ok(floor));
    let later = at(1_795_279_184);
    let refused = ClockError::BeforeFloor { now: floor, floor: later };
    assert_eq!(clock::read(&mut clock, later), Err(refused));
}

#[test]
fn a_clock_that_was_set_too_late_can_be_set_back() {
    let mut clock = OffsetClock::new(|| 0, RELEASED);
    clock.set(at(LAST)).unwrap();
    clock.set(at(1_795_279_182)).unwrap();
    assert_eq!(clock.unix_seconds(), Ok(1_795_279_182));
}

#[test]
fn a_floor_is_decimal_seconds_that_a_timestamp_can_hold() {
    assert_eq!(RELEASED.unix(), 1_767_225_600);
    assert_eq!(clock::floor("0"), Some(at(0)));
    assert_eq!(clock::floor("253402300799"), Some(at(LAST)));
    for wrong in ["", "soon", "1767225600.5", "-1", "253402300800", "99999999999999999999"] {
        assert_eq!(clock::floor(wrong), None, "{wrong}");
    }
}

#[test]
fn debug_output_shows_the_floor_and_the_moment_at_which_the_clock_was_set() {
    let mut clock = OffsetClock::new(|| 4_711, RELEASED);
    assert_eq!(format!("{clock:?}"), format!("OffsetClock {{ floor: {RELEASED:?}, set: None, .. }}"));
    clock.set_millis(at(1_795_279_182), 250).unwrap();
    let shown = format!("{clock:?}");
    assert!(shown.ends_with("set: Some(Set { counter: 4711, unix: 1795279182250 }), .. }"), "{shown}");
}

#[test]
fn error_sentences_show_dates() {
    let sentences = [
        (ClockError::Source(OffsetError::Unset), "clock could not be read or set"),
        (
            ClockError::BeforeFloor { now: at(17), floor: RELEASED },
            "clock shows 1970-01-01T00:00:17Z, before the earliest possible time, 2026-01-01T00:00:00Z",
        ),
        (
            ClockError::OutOfRange { now: LAST + 1 },
            "clock shows 253402300800 s since 1970, which is after the year 9999",
        ),
    ];
    for (error, sentence) in sentences {
        assert_eq!(error.to_string(), sentence);
    }
    let refused = OffsetError::BeforeFloor { now: at(17), floor: RELEASED };
    let sentence = "clock cannot be set to 1970-01-01T00:00:17Z, before the earliest possible time, 2026-01-01T00:00:00Z";
    assert_eq!(refused.to_string(), sentence);
}
