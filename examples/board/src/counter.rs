//! What a board counts, and how much of it was spent waiting.

use core::cell::Cell;
use core::fmt::{self, Display};

use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use tc3_embedded::clock::Monotonic;

/// A handle to the counters of a board.
pub trait Counter: Copy + Monotonic {
    /// Instructions executed since the start, as exact as the board can tell. Means what it says
    /// only in an emulator that executes one instruction per nanosecond.
    fn instructions(self) -> u64;
}

/// What was spent, in instructions.
#[derive(Debug, Default)]
pub struct Spent {
    waiting: Cell<u64>,
    signing: Cell<u64>,
    handshake: Cell<u64>,
}

impl Spent {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { waiting: Cell::new(0), signing: Cell::new(0), handshake: Cell::new(0) }
    }

    /// Signs, and notes what it took.
    pub fn on_signing<T>(&self, counter: impl Counter, sign: impl FnOnce() -> T) -> T {
        self.on(&self.signing, counter, sign)
    }

    /// Does a handshake, and notes what it took beside waiting.
    pub fn on_handshake<T>(&self, counter: impl Counter, connect: impl FnOnce() -> T) -> T {
        self.on(&self.handshake, counter, connect)
    }

    fn on<T>(&self, note: &Cell<u64>, counter: impl Counter, work: impl FnOnce() -> T) -> T {
        let (start, waited) = (counter.instructions(), self.waiting.get());
        let result = work();
        let waited = self.waiting.get().saturating_sub(waited);
        note.set(counter.instructions().saturating_sub(start).saturating_sub(waited));
        result
    }
}

impl Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sign-insns=")?;
        known(f, self.signing.get())?;
        f.write_str(" handshake-insns=")?;
        known(f, self.handshake.get())
    }
}

/// A dash for what did not happen, or was not measured.
fn known(f: &mut fmt::Formatter<'_>, number: u64) -> fmt::Result {
    if number == 0 { f.write_str("-") } else { number.fmt(f) }
}

/// A stream that notes how much is spent on asking it whether it is ready, until it is.
///
/// What the peer needs to answer is not what a handshake costs.
pub struct Metered<'s, S, C> {
    stream: S,
    counter: C,
    since: Option<u64>,
    spent: &'s Spent,
}

impl<'s, S, C: Counter> Metered<'s, S, C> {
    /// Notes what is spent waiting for the stream.
    pub const fn new(stream: S, counter: C, spent: &'s Spent) -> Self {
        Self { stream, counter, since: None, spent }
    }

    fn asked<E>(&mut self, ask: impl FnOnce(&mut S) -> Result<bool, E>) -> Result<bool, E> {
        let since = self.since.take().unwrap_or(self.counter.instructions());
        let ready = ask(&mut self.stream);
        if matches!(ready, Ok(false)) {
            self.since = Some(since);
        } else {
            let waited = self.counter.instructions().saturating_sub(since);
            self.spent.waiting.set(self.spent.waiting.get().saturating_add(waited));
        }
        ready
    }
}

impl<S: ErrorType, C> ErrorType for Metered<'_, S, C> {
    type Error = S::Error;
}

impl<S: ReadReady, C: Counter> ReadReady for Metered<'_, S, C> {
    fn read_ready(&mut self) -> Result<bool, S::Error> {
        self.asked(S::read_ready)
    }
}

impl<S: WriteReady, C: Counter> WriteReady for Metered<'_, S, C> {
    fn write_ready(&mut self) -> Result<bool, S::Error> {
        self.asked(S::write_ready)
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
        f.debug_struct("Metered").field("spent", self.spent).finish_non_exhaustive()
    }
}
