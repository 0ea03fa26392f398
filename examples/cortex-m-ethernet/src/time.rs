//! embassy's time driver on the processor's SysTick timer: one tick is a millisecond.
//!
//! The timer interrupts a thousand times a second. A device that must save power sets an alarm for
//! the next event instead; most HALs have such a driver.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use board::counter::Counter;
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::exception;
use critical_section::Mutex;
use embassy_time::{Instant, Timer};
use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;
use tc3_embedded::clock::Monotonic;
use tc3_embedded::deadline;

/// The timer runs at the board's 25 MHz.
const TICKS_PER_MILLI: u32 = 25_000;
/// A tick is 40 ns, and `-icount shift=0` executes one instruction per nanosecond.
const INSTRUCTIONS_PER_TICK: u64 = 40;

struct Time {
    millis: Mutex<Cell<u64>>,
    alarms: Mutex<RefCell<Queue>>,
}

time_driver_impl!(static TIME: Time = Time {
    millis: Mutex::new(Cell::new(0)),
    alarms: Mutex::new(RefCell::new(Queue::new())),
});

pub(crate) fn start(mut timer: SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(TICKS_PER_MILLI.saturating_sub(1));
    timer.clear_current();
    timer.enable_interrupt();
    timer.enable_counter();
}

#[exception]
fn SysTick() {
    critical_section::with(|section| {
        let millis = TIME.millis.borrow(section);
        millis.set(millis.get().saturating_add(1));
        // Called for its side effect: it wakes the expired alarms.
        TIME.alarms.borrow_ref_mut(section).next_expiration(millis.get());
    });
}

impl Driver for Time {
    fn now(&self) -> u64 {
        critical_section::with(|section| self.millis.borrow(section).get())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|section| {
            self.alarms.borrow_ref_mut(section).schedule_wake(at, waker);
        });
    }
}

/// embassy's time, as the counter of the clock and the timer of deadlines.
#[derive(Clone, Copy)]
pub(crate) struct Embassy;

impl Monotonic for Embassy {
    fn millis(&mut self) -> u64 {
        Instant::now().as_millis()
    }
}

impl deadline::Timer for Embassy {
    fn until(&mut self, millis: u64) -> impl Future<Output = ()> {
        Timer::at(Instant::from_millis(millis))
    }
}

impl Counter for Embassy {
    fn instructions(self) -> u64 {
        loop {
            let millis = Instant::now().as_millis();
            let remaining = SYST::get_current();
            if millis == Instant::now().as_millis() {
                let ticks = millis.saturating_mul(TICKS_PER_MILLI.into());
                let elapsed = TICKS_PER_MILLI.saturating_sub(1).saturating_sub(remaining);
                return ticks.saturating_add(elapsed.into()).saturating_mul(INSTRUCTIONS_PER_TICK);
            }
        }
    }
}
