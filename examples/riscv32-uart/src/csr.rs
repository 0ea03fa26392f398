//! The time and instruction counters in a RISC-V core's control and status registers.

use board::counter::Counter;
use riscv::register::{minstret, time};
use tc3_embedded::clock::Monotonic;

/// The register `time` mirrors the board's 10 MHz counter `mtime`.
pub(crate) const TICKS_PER_MILLI: u64 = 10_000;

#[derive(Clone, Copy)]
pub(crate) struct CsrCounter;

impl Monotonic for CsrCounter {
    fn millis(&mut self) -> u64 {
        time::read64() / TICKS_PER_MILLI
    }
}

impl Counter for CsrCounter {
    fn instructions(self) -> u64 {
        minstret::read64()
    }
}
