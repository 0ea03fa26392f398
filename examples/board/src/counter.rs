//! What a board counts, and how much of it was spent waiting.

use core::cell::Cell;
use core::fmt;

use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};

/// A handle to the counters of a board.
pub trait Counter: Copy {
    /// Milliseconds since the start; never goes back.
    fn millis(self) -> u64;

    /// Instructions executed since the start, as exact as the board can tell. Means what it says
    /// only in an emulator that executes one instruction per nanosecond.
    fn instructions(self) -> u64;
}

/// A stream that notes for how many instructions it was asked again and again whether it is ready.
///
/// What the peer needs to answer is not what a handshake costs.
pub struct Metered<'w, S, C> {
    stream: S,
    counter: C,
    since: Option<u64>,
    waited: &'w Cell<u64>,
}

impl<'w, S, C: Counter> Metered<'w, S, C> {
    /// Adds what is spent waiting for `stream` to `waited`.
    pub const fn new(stream: S, counter: C, waited: &'w Cell<u64>) -> Self {
        Self { stream, counter, since: None, waited }
    }

    fn note<E>(&mut self, ready: Result<bool, E>) -> Result<bool, E> {
        let now = self.counter.instructions();
        let since = self.since.take().unwrap_or(now);
        if matches!(ready, Ok(false)) {
            self.since = Some(since);
        } else {
            let waited = now.saturating_sub(since);
            self.waited.set(self.waited.get().saturating_add(waited));
        }
        ready
    }
}

impl<S: ErrorType, C> ErrorType for Metered<'_, S, C> {
    type Error = S::Error;
}

impl<S: ReadReady, C: Counter> ReadReady for Metered<'_, S, C> {
    fn read_ready(&mut self) -> Result<bool, S::Error> {
        let ready = self.stream.read_ready();
        self.note(ready)
    }
}

impl<S: WriteReady, C: Counter> WriteReady for Metered<'_, S, C> {
    fn write_ready(&mut self) -> Result<bool, S::Error> {
        let ready = self.stream.write_ready();
        self.note(ready)
    }
}

impl<S: Read, C> Read for Metered<'_, S, C> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, S::Error> {
        self.stream.read(into)
    }
}

impl<S: Write, C> Write for Metered<'_, S, C> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, S::Error> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> Result<(), S::Error> {
        self.stream.flush()
    }
}

impl<S, C> fmt::Debug for Metered<'_, S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metered").field("waited", self.waited).finish_non_exhaustive()
    }
}
