//! One deadline for all reads and writes of a call, so that a silent peer causes an error and not a
//! hang.
//!
//! [`Deadline`] wraps the transport's stream, *under* TLS, so that the layers above need no timers. It
//! checks the [`Timeout`] before every read and write, even when bytes are ready. The time does not
//! restart with each byte: a peer that endlessly sends single bytes or empty records is stopped at the
//! same deadline as a silent peer.
//!
//! ```
//! use core::time::Duration;
//! use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady};
//! use tc3_embedded::{clock, deadline::{Deadline, Timeout}};
//!
//! /// A modem whose peer never responds.
//! struct Silent;
//! # impl ErrorType for Silent { type Error = ErrorKind; }
//! # impl ReadReady for Silent { fn read_ready(&mut self) -> Result<bool, ErrorKind> { Ok(false) } }
//! # impl Read for Silent { fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> { Ok(0) } }
//!
//! # let mut ticks = 0;
//! # let millis = clock::from_fn(|| { ticks += 100; ticks });
//! let timeout = Timeout::new();
//! let mut stream = Deadline::new(Silent, millis, &timeout);
//! // Put TLS and a `Connection` over the stream. Then, before each call:
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

/// A stream whose reads and writes fail when a [`Timeout`] expires ([example](self)).
///
/// A blocking stream (`embedded_io`) needs `ReadReady` and `WriteReady`, and any
/// [`Monotonic`](crate::clock::Monotonic) counter. With the feature `async`, the stream can be
/// asynchronous (`embedded_io_async`); its counter must then be a [`Timer`].
///
/// A blocking stream is polled in a busy loop until it is ready. To save power, sleep in `read_ready`
/// and `write_ready`. `flush` cannot be polled: if it can block, the wrapped stream must limit the
/// time.
pub struct Deadline<'d, S, M> {
    stream: S,
    counter: M,
    timeout: &'d Timeout,
}

impl<'d, S, M> Deadline<'d, S, M> {
    /// Wraps a stream. `counter` can be a copy of the counter of an `OffsetClock`.
    pub const fn new(stream: S, counter: M, timeout: &'d Timeout) -> Self {
        Self { stream, counter, timeout }
    }

    /// Borrows the stream.
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

/// A stream whose reads and writes all fail after a deadline, whatever the peer sends.
///
/// Implementing this trait promises that. A timeout that restarts with each byte is not sufficient.
pub trait Bounded {}

impl<S, M> Bounded for Deadline<'_, S, M> {}

impl<S: Bounded + ?Sized> Bounded for &mut S {}

/// Refuses a count that exceeds the buffer: the caller will use it as an index.
fn check_count<E>(count: usize, given: usize) -> Result<usize, DeadlineError<E>> {
    if count > given {
        return Err(DeadlineError::Overrun { given, count });
    }
    Ok(count)
}

/// Also refuses a write of zero bytes: the caller would retry for ever.
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
