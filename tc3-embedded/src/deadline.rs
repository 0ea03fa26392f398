//! A deadline for everything that a call waits for, so that a silent peer is an error and not a hang.
//!
//! [`Deadline`] wraps the bare stream, *under* TLS, so that nothing above it has to handle time. Before
//! every read and write it checks the [`Timeout`] that the caller armed, even when bytes are ready. A
//! peer that sends single bytes or empty records for ever meets the same deadline as a silent one,
//! which a timeout that restarts with each byte would not achieve.
//!
//! ```
//! use core::time::Duration;
//! use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady};
//! use tc3_embedded::deadline::{Deadline, Timeout};
//!
//! /// A modem with a peer that never answers.
//! struct Silent;
//! # impl ErrorType for Silent { type Error = ErrorKind; }
//! # impl ReadReady for Silent { fn read_ready(&mut self) -> Result<bool, ErrorKind> { Ok(false) } }
//! # impl Read for Silent { fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> { Ok(0) } }
//!
//! # let mut ticks = 0;
//! # let millis = || { ticks += 100; ticks };
//! let timeout = Timeout::new();
//! let mut stream = Deadline::new(Silent, millis, &timeout);
//! // … TLS and a connection over it, and then, before each call:
//! timeout.arm(Duration::from_secs(10));
//! let error = stream.read(&mut [0; 64]).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::TimedOut);
//! assert_eq!(error.to_string(), "timed out after 10000 ms");
//! ```

#[cfg(feature = "async")]
mod asynchronous;
mod blocking;
mod error;
mod timeout;

#[cfg(feature = "async")]
pub use asynchronous::Timer;
pub use error::DeadlineError;
pub use timeout::Timeout;

use core::fmt;
use embedded_io::ErrorType;

/// A stream whose reads and writes end when a [`Timeout`] expires ([example](self)).
///
/// The stream is blocking (`embedded_io`, with `ReadReady` and `WriteReady`, and any
/// [`Monotonic`](crate::clock::Monotonic) counter) or, with the feature `async`, asynchronous
/// (`embedded_io_async`, with a counter that is a [`Timer`]).
///
/// A blocking stream is polled for readiness in a loop; to sleep meanwhile, a device sleeps in its
/// `read_ready` and `write_ready`. There is no readiness to poll for `flush`: if it can wait for the
/// peer, the stream itself has to bound it.
pub struct Deadline<'d, S, M> {
    stream: S,
    counter: M,
    timeout: &'d Timeout,
}

impl<'d, S, M> Deadline<'d, S, M> {
    /// Wraps a stream. The counter may be a copy of the one in the clock.
    pub const fn new(stream: S, counter: M, timeout: &'d Timeout) -> Self {
        Self { stream, counter, timeout }
    }

    /// The stream.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// Returns the stream without the deadline.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

impl<S: ErrorType, M> ErrorType for Deadline<'_, S, M> {
    type Error = DeadlineError<S::Error>;
}

/// A stream on which every wait ends at a moment that was set before, whatever the peer sends.
///
/// Implementing this trait is a promise to do so. A timeout that restarts with each byte does not
/// keep it.
pub trait Bounded {}

impl<S, M> Bounded for Deadline<'_, S, M> {}

impl<S: Bounded + ?Sized> Bounded for &mut S {}

/// Checks the count that a stream reports, because the caller would otherwise use bytes beyond it.
fn check_count<E>(count: usize, given: usize) -> Result<usize, DeadlineError<E>> {
    if count > given {
        return Err(DeadlineError::Overrun { given, count });
    }
    Ok(count)
}

/// Checks the count of a write, which must not be zero either: the caller would retry for ever.
fn check_written<E>(count: usize, given: usize) -> Result<usize, DeadlineError<E>> {
    if count == 0 && given != 0 {
        return Err(DeadlineError::WriteZero { given });
    }
    check_count(count, given)
}

impl<S, M> fmt::Debug for Deadline<'_, S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline").field("timeout", self.timeout).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<S, M> defmt::Format for Deadline<'_, S, M> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Deadline({})", self.timeout);
    }
}
