//! The processor's own timer, extended to a counter that never goes back.

use core::sync::atomic::{AtomicU32, Ordering};

use board::counter::Counter;
use cortex_m::peripheral::{SCB, SYST, syst::SystClkSource};
use cortex_m_rt::exception;

/// Of the board's clock, which drives the timer.
const TICKS_PER_MILLI: u64 = 25_000;
/// In an emulator that executes one instruction per nanosecond.
const INSTRUCTIONS_PER_TICK: u64 = 40;
/// The timer counts down from here, 24 bits, and starts over.
const RELOAD: u32 = 0x00FF_FFFF;

/// How often it started over: enough for 91 years.
static ROUNDS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    // Nothing interrupts this, and a core without compare-and-swap has loads and stores.
    ROUNDS.store(ROUNDS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

#[derive(Clone, Copy)]
pub(crate) struct SysTickCounter(());

impl SysTickCounter {
    pub(crate) fn start(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(RELOAD);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
        while SYST::get_current() == 0 {}
        Self(())
    }

    fn ticks() -> u64 {
        loop {
            let round = Self::round();
            let down = SYST::get_current();
            if round == Self::round() {
                let up = RELOAD.saturating_sub(down);
                return (u64::from(round) << 24) | u64::from(up);
            }
        }
    }

    /// Counts a round whose interrupt is still to come: they may be masked now.
    fn round() -> u32 {
        let pending = SCB::is_pendst_pending();
        ROUNDS.load(Ordering::Relaxed).wrapping_add(pending.into())
    }
}

impl Counter for SysTickCounter {
    fn millis(self) -> u64 {
        Self::ticks() / TICKS_PER_MILLI
    }

    fn instructions(self) -> u64 {
        Self::ticks().saturating_mul(INSTRUCTIONS_PER_TICK)
    }
}
