//! The instruction counter of a RISC-V core. QEMU with `-icount` counts nanoseconds in this register.

use core::sync::atomic::{AtomicU32, Ordering};

use riscv::register::minstret;

/// Nanoseconds per instruction with `-icount shift=7`.
const NANOSECONDS: u32 = 128;

static STARTED: AtomicU32 = AtomicU32::new(0);

pub(crate) fn start() {
    STARTED.store(low(), Ordering::Relaxed);
}

/// The number of instructions since [`start`].
pub(crate) fn instructions() -> u32 {
    low().wrapping_sub(STARTED.load(Ordering::Relaxed)) / NANOSECONDS
}

fn low() -> u32 {
    u32::try_from(minstret::read()).unwrap_or_default()
}
