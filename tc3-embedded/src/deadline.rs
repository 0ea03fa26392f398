//! One end for everything that a call waits for: a silent peer is an error and not a hang.
//!
//! [`Deadline`] goes round the bare stream, *under* TLS, so that nothing above it has to know
//! about time. Before every read and every write it looks at the [`Timeout`] that the caller armed,
//! even when bytes are ready: a peer that dribbles them, or sends records for ever, runs into the
//! same end as one that says nothing. A timeout that starts anew with each byte ends neither.
//!
//! ```
//! use core::time::Duration;
//! use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady};
//! use tc3_embedded::deadline::{Deadline, Timeout};
//!
//! /// A modem on whose other side nobody answers.
//! struct Silent;
//! # impl ErrorType for Silent { type Error = ErrorKind; }
//! # impl ReadReady for Silent { fn read_ready(&mut self) -> Result<bool, ErrorKind> { Ok(false) } }
//! # impl Read for Silent { fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> { Ok(0) } }
//!
//! # let mut ticks = 0;
//! # let millis = || { ticks += 100; ticks };
//! let due = Timeout::new();
//! let mut stream = Deadline::new(Silent, millis, &due);
//! // … TLS and a connection over it, and then, before each call:
//! due.arm(Duration::from_secs(10));
//! let error = stream.read(&mut [0; 64]).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::TimedOut);
//! assert_eq!(error.to_string(), "not done after 10000 of 10000 ms");
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

/// A stream that no read and no write outlasts a [`Timeout`] on ([example](self)).
///
/// The stream is blocking (`embedded_io`, with `ReadReady` and `WriteReady`, and any
/// [`Monotonic`](crate::clock::Monotonic) counter) or, with the feature `async`, asynchronous
/// (`embedded_io_async`, and a counter that is a [`Timer`] too).
///
/// A blocking one is asked in a loop whether it is ready: a device that would rather sleep does so
/// in its `read_ready` and `write_ready`. Its `flush` says nothing about its readiness beforehand:
/// where that can wait for the peer, the stream has to bound it itself.
pub struct Deadline<'d, S, M> {
    stream: S,
    counter: M,
    due: &'d Timeout,
}

impl<'d, S, M> Deadline<'d, S, M> {
    /// Bounds a stream. The counter may be a copy of the clock's.
    pub const fn new(stream: S, counter: M, due: &'d Timeout) -> Self {
        Self { stream, counter, due }
    }

    /// The stream.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// The stream again, without its end.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

impl<S: ErrorType, M> ErrorType for Deadline<'_, S, M> {
    type Error = DeadlineError<S::Error>;
}

/// A stream that ends every wait by itself, however much or little comes: none lasts beyond a moment
/// that was set before it.
///
/// Whoever implements it for a stream of another kind promises that; a timeout that starts anew
/// with each byte does not do.
pub trait Bounded {}

impl<S, M> Bounded for Deadline<'_, S, M> {}

impl<S: Bounded + ?Sized> Bounded for &mut S {}

/// Takes no stream at its word: what is above would look for bytes that are not there.
fn counted<E>(count: usize, given: usize) -> Result<usize, DeadlineError<E>> {
    if count > given {
        return Err(DeadlineError::Overrun { given, count });
    }
    Ok(count)
}

/// As [`counted`], and writing nothing is not writing: what is above would try for ever.
fn taken<E>(count: usize, given: usize) -> Result<usize, DeadlineError<E>> {
    if count == 0 && given != 0 {
        return Err(DeadlineError::WriteZero { given });
    }
    counted(count, given)
}

impl<S, M> fmt::Debug for Deadline<'_, S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline").field("due", self.due).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<S, M> defmt::Format for Deadline<'_, S, M> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Deadline({})", self.due);
    }
}
