//! The SysTick timer of an Arm processor. The timer ticks more than once per instruction, so the count is exact.

use cortex_m::Peripherals;
use cortex_m::peripheral::{SYST, syst::SystClkSource};

/// The start value of the timer, which counts down and has 24 bits.
const RELOAD: u32 = 0x00FF_FFFF;

unsafe extern "C" {
    // The address of this symbol is the number. The board's `memory.x` defines it.
    static _instructions_in_256_ticks: u8;
}

pub(crate) fn start() {
    // SAFETY: nothing else in an image uses a peripheral.
    let mut timer = unsafe { Peripherals::steal() }.SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(RELOAD);
    timer.clear_current();
    timer.enable_counter();
}

/// The number of instructions since [`start`].
pub(crate) fn instructions() -> u32 {
    let ticks = RELOAD.wrapping_sub(SYST::get_current());
    let rate = (&raw const _instructions_in_256_ticks).addr();
    ticks.wrapping_mul(u32::try_from(rate).unwrap_or_default()) >> 8
}
