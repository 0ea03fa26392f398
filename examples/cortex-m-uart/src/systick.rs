//! The processor's own timer, extended to a counter that never goes back.

use core::cell::Cell;

use board::counter::Counter;
use cortex_m::interrupt::{self, Mutex};
use cortex_m::peripheral::{SCB, SYST, syst::SystClkSource};
use cortex_m_rt::exception;
use tc3_embedded::clock::Monotonic;

/// Of the board's clock, which drives the timer.
const TICKS_PER_MILLI: u32 = 25_000;
/// In an emulator that executes one instruction per nanosecond.
const INSTRUCTIONS_PER_TICK: u64 = 40;
/// The timer counts down from here to zero, and starts over.
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
    /// Starts the timer, which wakes the processor every millisecond from now on.
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
            let down = SYST::get_current();
            // It started over and could not say so yet, before or after it was looked at.
            if SCB::is_pendst_pending() {
                return (millis.saturating_add(1), SYST::get_current());
            }
            (millis, down)
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
        let (millis, down) = Self::now();
        let ticks = millis.saturating_mul(TICKS_PER_MILLI.into());
        let up = RELOAD.saturating_sub(down);
        ticks.saturating_add(up.into()).saturating_mul(INSTRUCTIONS_PER_TICK)
    }
}
