//! Errors of a stream with a deadline.

use core::{error::Error, fmt};
use embedded_io::ErrorKind;

/// Why a read or write on a [`Deadline`](super::Deadline) failed. After any of these errors, the
/// connection over the stream must not be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DeadlineError<E> {
    /// The timeout expired.
    TimedOut {
        /// Milliseconds since the first read or write after the timeout was armed.
        elapsed: u64,
        /// The timeout in milliseconds.
        limit: u64,
    },
    /// [`Timeout::arm`](super::Timeout::arm) was never called.
    Unarmed,
    /// The stream reported more bytes read or written than it was given.
    Overrun {
        /// Length of the buffer passed to the stream.
        given: usize,
        /// Bytes that the stream reported.
        count: usize,
    },
    /// The stream wrote no byte and reported no error.
    WriteZero {
        /// Bytes passed to the stream.
        given: usize,
    },
    /// The stream itself failed.
    Stream(E),
}

impl<E: fmt::Display> fmt::Display for DeadlineError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut { elapsed, .. } => write!(f, "timed out after {elapsed} ms"),
            Self::Unarmed => f.write_str("no timeout was set"),
            Self::Overrun { given, count } => {
                write!(f, "stream reported {count} bytes for a buffer of {given}")
            }
            Self::WriteZero { given } => write!(f, "stream wrote none of {given} bytes"),
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
