//! The time: told by a parameter, kept by the board's counter.

use tc3_core::Timestamp;
use tc3_embedded::clock::{self, ClockError, OffsetClock};

use crate::counter::Counter;
use crate::verdict::{Evidence, Refused, refuse};

/// The earliest time that it can be: that of the build, if the build was told.
#[allow(clippy::unwrap_used, reason = "does not compile rather")]
pub const FLOOR: Timestamp = match option_env!("SOURCE_DATE_EPOCH") {
    Some(seconds) => clock::floor(seconds).unwrap(),
    None => clock::RELEASED,
};

/// A clock that shows `now`, or is not set yet.
///
/// # Errors
/// The time is not to be believed.
pub fn start<C: Counter>(counter: C, now: Option<u64>) -> Result<OffsetClock<C>, Refused> {
    let mut clock = OffsetClock::new(counter, FLOOR);
    if let Some(now) = now {
        let now = Timestamp::from_unix(now).map_err(|error| refuse("clock", &error))?;
        clock::set(&mut clock, now, FLOOR).map_err(refused)?;
    }
    Ok(clock)
}

/// Says why a clock is not to be believed.
pub fn refused<E: Evidence>(error: ClockError<E>) -> Refused
where
    ClockError<E>: Evidence,
{
    match error {
        ClockError::Source(error) => refuse("clock", &error),
        error => refuse("clock", &error),
    }
}
