//! Why a time is refused.

use core::{error::Error, fmt};
use tc3_core::Timestamp;

/// Why the time of a clock cannot be used, or the clock cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ClockError<E> {
    /// The clock itself failed.
    Source(E),
    /// The time is before the floor. The clock was probably never set.
    BeforeFloor {
        /// The refused time.
        now: Timestamp,
        /// The floor.
        floor: Timestamp,
    },
    /// The time is after the year 9999. The clock probably returns milliseconds.
    OutOfRange {
        /// The refused time, in seconds since 1970.
        now: u64,
    },
}

impl<E: fmt::Display> fmt::Display for ClockError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => write!(f, "clock could not be read or set: {error}"),
            Self::BeforeFloor { now, floor } => {
                write!(f, "clock shows {now}, before the earliest possible time, {floor}")
            }
            Self::OutOfRange { now } => {
                write!(f, "clock shows {now} s since 1970, which is after the year 9999")
            }
        }
    }
}

impl<E: Error> Error for ClockError<E> {}

/// Why an [`OffsetClock`](super::OffsetClock) could not be read or set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum OffsetError {
    /// The clock was not set since the device started.
    Unset,
    /// The new time is before the floor. The clock is unchanged.
    BeforeFloor {
        /// The new time.
        now: Timestamp,
        /// The clock's floor.
        floor: Timestamp,
    },
}

impl fmt::Display for OffsetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => f.write_str("clock was not set since the start"),
            Self::BeforeFloor { now, floor } => {
                write!(f, "clock cannot be set to {now}, before the earliest possible time, {floor}")
            }
        }
    }
}

impl Error for OffsetError {}
