//! Why a bounded stream stopped.

use core::{error::Error, fmt};
use embedded_io::ErrorKind;

/// Why a [`Deadline`](super::Deadline) ended a read or a write. What is above has to be given up
/// after any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DeadlineError<E> {
    /// The time of the call is over.
    TimedOut {
        /// Milliseconds since its first read or write.
        elapsed: u64,
        /// Milliseconds that it was granted.
        limit: u64,
    },
    /// Nobody said how long to wait: see [`Timeout::arm`](super::Timeout::arm).
    Unarmed,
    /// The stream claims to have moved more bytes than it was given.
    Overrun {
        /// Bytes that it was given to fill or to take.
        given: usize,
        /// Bytes that it claims.
        count: usize,
    },
    /// The stream takes no byte, and does not say why.
    WriteZero {
        /// Bytes that it was given.
        given: usize,
    },
    /// The stream itself failed.
    Stream(E),
}

impl<E: fmt::Display> fmt::Display for DeadlineError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut { elapsed, limit } => write!(f, "not done after {elapsed} of {limit} ms"),
            Self::Unarmed => f.write_str("nobody said how long to wait"),
            Self::Overrun { given, count } => write!(f, "stream moved {count} of {given} bytes"),
            Self::WriteZero { given } => write!(f, "stream took none of {given} bytes"),
            Self::Stream(error) => error.fmt(f),
        }
    }
}

impl<E: Error> Error for DeadlineError<E> {}

impl<E: embedded_io::Error> embedded_io::Error for DeadlineError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TimedOut { .. } => ErrorKind::TimedOut,
            Self::Unarmed => ErrorKind::InvalidInput,
            Self::Overrun { .. } => ErrorKind::Other,
            Self::WriteZero { .. } => ErrorKind::WriteZero,
            Self::Stream(error) => error.kind(),
        }
    }
}
