//! The counter that a RISC-V core has for it: in the emulator, of nanoseconds.

use core::sync::atomic::{AtomicU32, Ordering};

use riscv::register::minstret;

/// Of an instruction.
const NANOSECONDS: u32 = 128;

static STARTED: AtomicU32 = AtomicU32::new(0);

pub(crate) fn start() {
    STARTED.store(low(), Ordering::Relaxed);
}

/// Since [`start`].
pub(crate) fn instructions() -> u32 {
    low().wrapping_sub(STARTED.load(Ordering::Relaxed)) / NANOSECONDS
}

fn low() -> u32 {
    u32::try_from(minstret::read()).unwrap_or_default()
}
