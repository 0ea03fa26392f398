//! Counts the instructions of a signature and of the handshake, except those executed while waiting.

use core::cell::Cell;
use core::fmt::{self, Display};

use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use tc3_embedded::clock::Monotonic;

/// A board's millisecond clock and instruction counter.
pub trait Counter: Copy + Monotonic {
    /// Instructions executed since the start. Valid only in an emulator that executes one
    /// instruction per nanosecond.
    fn instructions(self) -> u64;
}

/// How many instructions the processor executes in a millisecond of the board's clock.
pub fn per_milli(counter: impl Counter) -> u64 {
    const MILLIS: u64 = 10;
    let mut clock = counter;
    let first = clock.millis().saturating_add(1);
    let mut wait = |until: u64| while clock.millis() < until {};
    wait(first);
    let start = counter.instructions();
    wait(first.saturating_add(MILLIS));
    counter.instructions().saturating_sub(start) / MILLIS
}

/// Instruction counts of a run. 0 means not measured.
#[derive(Debug, Default)]
pub struct InstructionCounts {
    waiting: Cell<u64>,
    signature: Cell<u64>,
    handshake: Cell<u64>,
}

impl InstructionCounts {
    /// All zero.
    #[must_use]
    pub const fn new() -> Self {
        Self { waiting: Cell::new(0), signature: Cell::new(0), handshake: Cell::new(0) }
    }

    /// Runs `sign` and counts its instructions.
    pub fn count_signature<T>(&self, counter: impl Counter, sign: impl FnOnce() -> T) -> T {
        self.count(&self.signature, counter, sign)
    }

    /// Runs `connect` and counts its instructions, except those executed while waiting for the server.
    pub fn count_handshake<T>(&self, counter: impl Counter, connect: impl FnOnce() -> T) -> T {
        self.count(&self.handshake, counter, connect)
    }

    fn count<T>(&self, total: &Cell<u64>, counter: impl Counter, work: impl FnOnce() -> T) -> T {
        let (start, waiting_before) = (counter.instructions(), self.waiting.get());
        let result = work();
        let waited = self.waiting.get().saturating_sub(waiting_before);
        total.set(counter.instructions().saturating_sub(start).saturating_sub(waited));
        result
    }
}

impl Display for InstructionCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sign-insns=")?;
        number_or_dash(f, self.signature.get())?;
        f.write_str(" handshake-insns=")?;
        number_or_dash(f, self.handshake.get())
    }
}

/// Writes a dash for zero, which means "not measured".
fn number_or_dash(f: &mut fmt::Formatter<'_>, number: u64) -> fmt::Result {
    if number == 0 { f.write_str("-") } else { number.fmt(f) }
}

/// A stream that counts the instructions executed while waiting, from the first poll for readiness until
/// the stream is ready.
///
/// They are subtracted, so that the handshake's count does not depend on how fast the server is.
pub struct Metered<'s, S, C> {
    stream: S,
    counter: C,
    waiting_since: Option<u64>,
    counts: &'s InstructionCounts,
}

impl<'s, S, C: Counter> Metered<'s, S, C> {
    /// Adds the instructions executed while waiting for `stream` to `counts`.
    pub const fn new(stream: S, counter: C, counts: &'s InstructionCounts) -> Self {
        Self { stream, counter, waiting_since: None, counts }
    }

    fn poll<E>(&mut self, is_ready: impl FnOnce(&mut S) -> Result<bool, E>) -> Result<bool, E> {
        let since = self.waiting_since.take().unwrap_or(self.counter.instructions());
        let ready = is_ready(&mut self.stream);
        if matches!(ready, Ok(false)) {
            self.waiting_since = Some(since);
        } else {
            let waited = self.counter.instructions().saturating_sub(since);
            self.counts.waiting.set(self.counts.waiting.get().saturating_add(waited));
        }
        ready
    }
}

impl<S: ErrorType, C> ErrorType for Metered<'_, S, C> {
    type Error = S::Error;
}

impl<S: ReadReady, C: Counter> ReadReady for Metered<'_, S, C> {
    fn read_ready(&mut self) -> Result<bool, S::Error> {
        self.poll(S::read_ready)
    }
}

impl<S: WriteReady, C: Counter> WriteReady for Metered<'_, S, C> {
    fn write_ready(&mut self) -> Result<bool, S::Error> {
        self.poll(S::write_ready)
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
        f.debug_struct("Metered").field("counts", self.counts).finish_non_exhaustive()
    }
}
