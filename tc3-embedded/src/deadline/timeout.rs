//! The timeout of a call, shared by the caller and the stream under TLS.

use super::error::DeadlineError;
use crate::clock::Monotonic;
use core::{cell::Cell, convert::Infallible, time::Duration};

/// The time limit of the current call. The caller arms it, and a [`Deadline`](super::Deadline)
/// enforces it.
///
/// The time starts at the first read, write or [`remaining`](Self::remaining) after [`arm`](Self::arm), so `arm` needs
/// no counter.
/// Before the first `arm`, every read and write fails. A call for which the timeout was not armed
/// *again* has only the time that the previous call left.
///
/// Arm the timeout for the handshake and again before each call, or once for the handshake and the
/// first call together.
#[derive(Debug)]
pub struct Timeout(Cell<State>);

#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum State {
    Unarmed,
    /// The limit in milliseconds. The next read or write starts the time.
    Armed(u64),
    Running(Span),
}

/// An interval of the counter, in milliseconds.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Span {
    start: u64,
    limit: u64,
}

impl Timeout {
    /// A timeout that is not armed yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Cell::new(State::Unarmed))
    }

    /// Sets the limit, rounded down to milliseconds. The next read or write starts the time.
    pub fn arm(&self, limit: Duration) {
        let millis = limit.as_secs().saturating_mul(1000);
        self.0.set(State::Armed(millis.saturating_add(u64::from(limit.subsec_millis()))));
    }

    /// The time that is left, in milliseconds: zero after the end or if the timeout is not armed. Starts the
    /// time, as a read or write does.
    ///
    /// For what no [`Deadline`](super::Deadline) wraps: a dialer limits the lookup of a name and the connection
    /// of its socket with it. `counter` must be the same as that of the `Deadline`.
    ///
    /// ```
    /// use core::time::Duration;
    /// use tc3_embedded::{clock, deadline::Timeout};
    ///
    /// let mut ticks = [5_000, 5_400].into_iter();
    /// let mut millis = clock::from_fn(|| ticks.next().unwrap());
    /// let timeout = Timeout::new();
    /// timeout.arm(Duration::from_secs(10));
    /// assert_eq!(timeout.remaining(&mut millis), Duration::from_millis(10_000));
    /// assert_eq!(timeout.remaining(&mut millis), Duration::from_millis(9_600));
    /// ```
    pub fn remaining(&self, counter: &mut impl Monotonic) -> Duration {
        let now = counter.millis();
        let span = self.span::<Infallible>(now);
        let left = span.map_or(0, |span| span.limit.saturating_sub(now.saturating_sub(span.start)));
        Duration::from_millis(left)
    }

    /// Starts the time if it is not running yet. Returns its interval, or an error if it is over.
    pub(super) fn span<E>(&self, now: u64) -> Result<Span, DeadlineError<E>> {
        let span = match self.0.get() {
            State::Unarmed => return Err(DeadlineError::Unarmed),
            State::Armed(limit) => Span { start: now, limit },
            State::Running(span) => span,
        };
        self.0.set(State::Running(span));
        // A counter that decreased is faulty and might never reach the end.
        if now < span.start || now.saturating_sub(span.start) >= span.limit {
            return Err(span.timed_out(now));
        }
        Ok(span)
    }
}

impl Span {
    #[cfg(feature = "async")]
    pub(super) const fn end(self) -> u64 {
        self.start.saturating_add(self.limit)
    }

    pub(super) const fn timed_out<E>(self, now: u64) -> DeadlineError<E> {
        DeadlineError::TimedOut { elapsed: now.saturating_sub(self.start), limit: self.limit }
    }
}

impl Default for Timeout {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Timeout {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Timeout({})", self.0.get());
    }
}
