//! embassy's time driver on two timers of Arm's Cortex-M system design kit (CMSDK): one counts, and one is set to
//! the next alarm, so that the processor sleeps until then.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use board::counter::Counter;
use board::registers::Registers;
use cortex_m::peripheral::NVIC;
use critical_section::{CriticalSection, Mutex};
use embassy_time::{Instant, Timer};
use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;
use tc3_embedded::clock::Monotonic;
use tc3_embedded::deadline;

use crate::interrupts::Interrupt;

/// Timers 0 and 1 of the MPS2 boards. They count down, 25 million times a second.
const COUNTER: usize = 0x4000_0000;
const ALARMS: usize = 0x4000_1000;
const TICKS_PER_MILLI: u64 = 25_000;
/// A tick is 40 ns, and `-icount shift=0` executes one instruction per nanosecond.
const INSTRUCTIONS_PER_TICK: u64 = 40;

/// The interrupt of timer 1.
pub(crate) const ALARM: Interrupt = Interrupt(9);

// Register indices, each followed by its bits.
const CONTROL: usize = 0;
const ENABLE: u32 = 1 << 0;
const ENABLE_INTERRUPT: u32 = 1 << 3;
const VALUE: usize = 1;
const RELOAD: usize = 2;
const INTERRUPT: usize = 3;

/// The counter's first value. It wraps after a second, so that every run shows that the time goes on then.
const FIRST: u32 = 25_000_000;
/// The ticks that the counter shows at the start.
const START: u64 = 0xFFFF_FFFF - 25_000_000;

/// The longest time to an alarm, in ticks. The counter wraps after 2^32 ticks, so the interrupt has to read it before.
const LONGEST: u64 = 1 << 31;

struct Time {
    /// [`START`], and the ticks from the start to the last reading of the counter.
    ticks: Mutex<Cell<u64>>,
    /// The ticks that were skipped.
    skipped: Mutex<Cell<u64>>,
    alarms: Mutex<RefCell<Queue>>,
}

time_driver_impl!(static TIME: Time = Time {
    ticks: Mutex::new(Cell::new(START)),
    skipped: Mutex::new(Cell::new(0)),
    alarms: Mutex::new(RefCell::new(Queue::new())),
});

/// The timer with registers at this address.
fn timer<const ADDRESS: usize>() -> Registers<u32, 4> {
    // SAFETY: the board has these registers at this address, and only this module uses them, in critical
    // sections.
    unsafe { Registers::at(ADDRESS) }
}

/// Starts both timers.
pub fn start() {
    let mut counter = timer::<COUNTER>();
    counter.write::<RELOAD>(u32::MAX);
    counter.write::<VALUE>(FIRST);
    counter.write::<CONTROL>(ENABLE);
    // SAFETY: no critical section relies on this interrupt being masked.
    unsafe { NVIC::unmask(ALARM) };
    critical_section::with(|section| TIME.set_alarm(section));
}

/// Handles the interrupt of the alarm.
pub(crate) fn interrupted() {
    critical_section::with(|section| TIME.set_alarm(section));
}

/// Advances embassy's time to the next alarm at once, without waiting.
pub(crate) fn skip() {
    critical_section::with(|section| {
        let (skipped, left) = (TIME.skipped.borrow(section), TIME.wake(section));
        skipped.set(skipped.get().saturating_add(left));
        TIME.set_alarm(section);
    });
}

impl Time {
    fn ticks(&self, section: CriticalSection<'_>) -> u64 {
        let before = self.ticks.borrow(section).get();
        let [a, b, c, d, ..] = before.to_le_bytes();
        let counted = u32::MAX.wrapping_sub(timer::<COUNTER>().read::<VALUE>());
        let passed = counted.wrapping_sub(u32::from_le_bytes([a, b, c, d]));
        let ticks = before.saturating_add(passed.into());
        self.ticks.borrow(section).set(ticks);
        ticks
    }

    /// The time of embassy, in ticks.
    fn now(&self, section: CriticalSection<'_>) -> u64 {
        let ticks = self.ticks(section).saturating_sub(START);
        ticks.saturating_add(self.skipped.borrow(section).get())
    }

    /// Wakes the tasks whose alarms have expired. Returns the ticks until the next alarm.
    fn wake(&self, section: CriticalSection<'_>) -> u64 {
        let now = self.now(section);
        let next = self.alarms.borrow_ref_mut(section).next_expiration(millis(now));
        next.saturating_mul(TICKS_PER_MILLI).saturating_sub(now)
    }

    /// Wakes the tasks whose alarms have expired, and sets timer 1 to the next alarm.
    fn set_alarm(&self, section: CriticalSection<'_>) {
        let mut alarm = timer::<ALARMS>();
        alarm.write::<CONTROL>(0);
        alarm.write::<INTERRUPT>(1);
        let left = u32::try_from(self.wake(section).clamp(1, LONGEST)).unwrap_or(u32::MAX);
        alarm.write::<RELOAD>(left);
        alarm.write::<VALUE>(left);
        alarm.write::<CONTROL>(ENABLE | ENABLE_INTERRUPT);
    }
}

const fn millis(ticks: u64) -> u64 {
    ticks / TICKS_PER_MILLI
}

impl Driver for Time {
    fn now(&self) -> u64 {
        millis(critical_section::with(|section| Self::now(self, section)))
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|section| {
            if self.alarms.borrow_ref_mut(section).schedule_wake(at, waker) {
                self.set_alarm(section);
            }
        });
    }
}

/// embassy's time, as the counter of the clock and the timer of deadlines.
#[derive(Clone, Copy, Debug)]
pub struct Embassy;

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
        critical_section::with(|section| TIME.ticks(section)).saturating_mul(INSTRUCTIONS_PER_TICK)
    }
}
