//! The clock: set by the parameter `now=`, advanced by the board's counter.

use tc3_core::Timestamp;
use tc3_embedded::clock::{self, ClockError, OffsetClock};

use crate::counter::Counter;
use crate::outcome::{Failed, Reportable, report_error};

/// The earliest time that the clock accepts: the build time in `SOURCE_DATE_EPOCH`, or the release of
/// `tc3-embedded` if that is not set.
#[allow(clippy::unwrap_used, reason = "evaluated by the compiler: a bad value fails the build")]
pub const FLOOR: Timestamp = match option_env!("SOURCE_DATE_EPOCH") {
    Some(seconds) => clock::floor(seconds).unwrap(),
    None => clock::RELEASED,
};

/// Starts a clock and sets it to `now`. If `now` is `None`, the clock stays unset.
///
/// # Errors
/// `now` is before [`FLOOR`] or after the year 9999.
pub fn start<C: Counter>(counter: C, now: Option<u64>) -> Result<OffsetClock<C>, Failed> {
    let mut clock = OffsetClock::new(counter, FLOOR);
    if let Some(now) = now {
        let now = Timestamp::from_unix(now).map_err(|error| report_error("clock", &error))?;
        clock::set(&mut clock, now, FLOOR).map_err(report_clock_error)?;
    }
    Ok(clock)
}

/// Prints why there is no valid time: `error: clock: …`.
pub fn report_clock_error<E: Reportable>(error: ClockError<E>) -> Failed
where
    ClockError<E>: Reportable,
{
    match error {
        ClockError::Source(error) => report_error("clock", &error),
        error => report_error("clock", &error),
    }
}
