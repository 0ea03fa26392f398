//! Why a clock is not believed, with the evidence.

use core::{error::Error, fmt};

/// The clock gave no time, or one that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ClockError<E> {
    /// The clock itself failed.
    Source(E),
    /// It is later than that: the clock was never set, or was set wrong.
    BeforeFloor {
        /// What the clock shows, in seconds since 1970.
        now: u64,
        /// The earliest time that it can be, in seconds since 1970.
        floor: u64,
    },
    /// After the year 9999: milliseconds, most likely.
    OutOfRange {
        /// What the clock shows as seconds since 1970.
        now: u64,
    },
}

impl<E> fmt::Display for ClockError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(_) => f.write_str("clock could not be read or set"),
            Self::BeforeFloor { now, floor } => {
                write!(f, "clock shows {now} s since 1970, and it is {floor} s at least")
            }
            Self::OutOfRange { now } => write!(f, "clock shows {now} s, after the year 9999"),
        }
    }
}

impl<E: Error + 'static> Error for ClockError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Source(source) => Some(source),
            _ => None,
        }
    }
}

/// An [`OffsetClock`](super::OffsetClock) has no time to give, or refused one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum OffsetError {
    /// It was not set since the device started.
    Unset,
    /// The time is before the floor; the clock is left as it was.
    BeforeFloor {
        /// The time, in seconds since 1970.
        now: u64,
        /// The clock's floor, in seconds since 1970.
        floor: u64,
    },
}

impl fmt::Display for OffsetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => f.write_str("clock was not set since the start"),
            Self::BeforeFloor { now, floor } => {
                write!(f, "time of {now} s since 1970 is before the clock's floor of {floor} s")
            }
        }
    }
}

impl Error for OffsetError {}
