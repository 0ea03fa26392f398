//! Which times a clock may show.

use crate::world::{NOW, at};
use core::{cell::Cell, convert::Infallible};
use std::error::Error;
use tc3_embedded::clock::{self, ClockError, OffsetClock, OffsetError, RELEASED, SetClock, UnixClock};

const LAST: u64 = 253_402_300_799; // 9999-12-31T23:59:59Z

#[test]
fn times_from_the_floor_to_the_end_of_the_year_9999_are_accepted() {
    let floor = RELEASED.unix();
    let before = |now| Err(ClockError::BeforeFloor { now: at(now), floor: RELEASED });
    let out_of_range = |now| Err(ClockError::OutOfRange { now });
    for (now, expected) in [
        (0, before(0)),
        (floor - 1, before(floor - 1)),
        (floor, Ok(RELEASED)),
        (LAST, Ok(at(LAST))),
        (LAST + 1, out_of_range(LAST + 1)),
        (floor * 1000, out_of_range(floor * 1000)),
        (u64::MAX, out_of_range(u64::MAX)),
    ] {
        let mut clock = clock::from_fn(|| Ok::<u64, Infallible>(now));
        let clock: &mut dyn UnixClock<Error = Infallible> = &mut clock;
        assert_eq!(clock::read(clock, RELEASED), expected);
    }
}

#[test]
fn an_offset_clock_has_no_time_until_it_is_set() {
    let mut counter = clock::from_fn(|| 4_711);
    let mut clock = OffsetClock::new(&mut counter, at(NOW));
    assert_eq!((clock.unix_seconds(), clock.since_set()), (Err(OffsetError::Unset), None));
    assert_eq!(clock.floor(), at(NOW));
    assert_eq!(format!("{clock:?}"), format!("OffsetClock {{ floor: {:?}, set: None, .. }}", at(NOW)));
    clock.set_millis(at(NOW), 250).unwrap();
    assert_eq!((clock.unix_seconds(), clock.since_set()), (Ok(NOW), Some(0)));
    let shown = format!("{clock:?}");
    assert!(shown.ends_with("set: Some(Set { counter: 4711, unix: 1795279182250 }), .. }"), "{shown}");
}

#[test]
fn a_clock_advances_from_the_milliseconds_it_was_set_to_and_a_counter_that_decreases_stops_it() {
    let counter = Cell::new(0);
    let mut clock = OffsetClock::new(clock::from_fn(|| counter.get()), RELEASED);
    for start in [5_000, 1 << 32, u64::MAX - (1 << 60)] {
        counter.set(start);
        // The milliseconds may be more than a second: half of a round trip was added.
        clock.set_millis(at(NOW), 1_250).unwrap();
        for (count, shown, since) in [
            (start, NOW + 1, 0),
            (start + 749, NOW + 1, 749),
            (start + 750, NOW + 2, 750),
            (start + 400 * 86_400_000, NOW + 1 + 400 * 86_400, 400 * 86_400_000),
            (start - 1, NOW + 1, 0),
        ] {
            counter.set(count);
            let found = (clock.unix_seconds(), clock.since_set());
            assert_eq!(found, (Ok(shown), Some(since)), "set at {start}, the counter at {count}");
        }
    }
}

#[test]
fn a_counter_at_its_maximum_moves_an_offset_clock_out_of_range() {
    let counter = Cell::new(0);
    let mut clock = OffsetClock::new(clock::from_fn(|| counter.get()), RELEASED);
    clock.set(at(LAST)).unwrap();
    counter.set(u64::MAX);
    let now = u64::MAX / 1000;
    assert_eq!(clock::read(&mut clock, RELEASED), Err(ClockError::OutOfRange { now }));
}

#[test]
fn a_time_before_the_floor_is_refused_and_the_clock_is_unchanged() {
    let (now, floor) = (at(RELEASED.unix() - 1), RELEASED);
    let mut clock = OffsetClock::new(clock::from_fn(|| 0), RELEASED);
    assert_eq!(clock.set(now), Err(OffsetError::BeforeFloor { now, floor }));
    assert_eq!(clock.unix_seconds(), Err(OffsetError::Unset));
    // A clock that was set too late can be set back.
    for valid in [floor, at(LAST), at(NOW)] {
        clock.set(valid).unwrap();
        assert_eq!(clock.set_millis(now, 999), Err(OffsetError::BeforeFloor { now, floor }));
        assert_eq!(clock.unix_seconds(), Ok(valid.unix()));
    }
    // The caller can require a later floor.
    let (now, later) = (at(NOW + 1), at(NOW + 2));
    assert_eq!(clock::set(&mut clock, now, later), Err(ClockError::BeforeFloor { now, floor: later }));
    assert_eq!(clock.unix_seconds(), Ok(NOW));
    // A reference to a clock is a clock.
    clock::set(&mut &mut clock, now, now).unwrap();
    assert_eq!(clock::read(&mut &mut clock, now), Ok(now));
    assert_eq!(clock::read(&mut clock, later), Err(ClockError::BeforeFloor { now, floor: later }));
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
fn error_sentences_show_dates_and_the_error_of_the_clock_itself() {
    let unset = "clock could not be read or set: clock was not set since the start";
    let (now, floor) = (at(17), RELEASED);
    let early = "1970-01-01T00:00:17Z, before the earliest possible time, 2026-01-01T00:00:00Z";
    let late = "clock shows 253402300800 s since 1970, which is after the year 9999";
    for (error, sentence) in [
        (ClockError::Source(OffsetError::Unset), unset),
        (ClockError::BeforeFloor { now, floor }, &*format!("clock shows {early}")),
        (ClockError::OutOfRange { now: LAST + 1 }, late),
    ] {
        assert_eq!(error.to_string(), sentence);
        assert!(error.source().is_none(), "{error} twice");
    }
    let refused = OffsetError::BeforeFloor { now, floor };
    assert_eq!(refused.to_string(), format!("clock cannot be set to {early}"));
}
