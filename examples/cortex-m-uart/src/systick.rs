//! The processor's SysTick timer, extended to a 64-bit counter of milliseconds.

use core::cell::Cell;

use board::counter::Counter;
use cortex_m::interrupt::{self, Mutex};
use cortex_m::peripheral::{SCB, SYST, syst::SystClkSource};
use cortex_m_rt::exception;
use tc3_embedded::clock::Monotonic;

/// The timer runs at the board's 25 MHz.
const TICKS_PER_MILLI: u32 = 25_000;
/// A tick is 40 ns, and `-icount shift=0` executes one instruction per nanosecond.
const INSTRUCTIONS_PER_TICK: u64 = 40;
/// The timer counts down from this value to zero, then starts over.
const RELOAD: u32 = TICKS_PER_MILLI - 1;

static MILLIS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

#[exception]
fn SysTick() {
    interrupt::free(|section| {
        let millis = MILLIS.borrow(section);
        millis.set(millis.get().saturating_add(1));
    });
}

#[derive(Clone, Copy)]
pub(crate) struct SysTickCounter(());

impl SysTickCounter {
    /// Starts the timer, which then wakes the processor every millisecond.
    pub(crate) fn start(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(RELOAD);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
        while SYST::get_current() == 0 {}
        Self(())
    }

    fn now() -> (u64, u32) {
        interrupt::free(|section| {
            let millis = MILLIS.borrow(section).get();
            let remaining = SYST::get_current();
            // The timer wrapped before or after the read above, and `MILLIS` does not include that yet.
            if SCB::is_pendst_pending() {
                return (millis.saturating_add(1), SYST::get_current());
            }
            (millis, remaining)
        })
    }
}

impl Monotonic for SysTickCounter {
    fn millis(&mut self) -> u64 {
        Self::now().0
    }
}

impl Counter for SysTickCounter {
    fn instructions(self) -> u64 {
        let (millis, remaining) = Self::now();
        let ticks = millis.saturating_mul(TICKS_PER_MILLI.into());
        let elapsed = RELOAD.saturating_sub(remaining);
        ticks.saturating_add(elapsed.into()).saturating_mul(INSTRUCTIONS_PER_TICK)
    }
}
