//! Runs the tasks, and sleeps by `wfi` while none is ready.
//!
//! On hardware use embassy's executor, which sleeps by `wfe`. QEMU does not sleep on `wfe`: waiting two
//! seconds would keep it busy for minutes.

use core::marker::PhantomData;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m::{asm, interrupt};
use embassy_executor::{Spawner, raw};

use crate::time;

static TASK_READY: AtomicBool = AtomicBool::new(false);

/// Whether the time until the next alarm is skipped while no task is ready.
static SKIPS: AtomicBool = AtomicBool::new(false);

// SAFETY: embassy calls the function of this name with this signature.
#[unsafe(export_name = "__pender")]
fn pend(_: *mut ()) {
    TASK_READY.store(true, Ordering::Release);
}

/// Runs the tasks of embassy.
pub struct Executor {
    tasks: raw::Executor,
    /// Makes the executor neither `Send` nor `Sync`.
    thread: PhantomData<*mut ()>,
}

impl Executor {
    /// An executor without tasks.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "embassy's macro calls it once")]
    pub fn new() -> Self {
        Self { tasks: raw::Executor::new(core::ptr::null_mut()), thread: PhantomData }
    }

    /// Starts the first tasks and runs all, without end.
    pub fn run(&'static mut self, start: impl FnOnce(Spawner)) -> ! {
        start(self.tasks.spawner());
        loop {
            // SAFETY: this is the only call of `poll`, so calls do not overlap.
            unsafe { self.tasks.poll() };
            interrupt::free(|_| {
                // A pending interrupt ends `wfi` even in this critical section. The handler runs afterwards.
                match (TASK_READY.swap(false, Ordering::Acquire), SKIPS.load(Ordering::Relaxed)) {
                    (true, _) => {}
                    (false, true) => time::skip(),
                    (false, false) => asm::wfi(),
                }
            });
        }
    }
}

/// Waits for the end of `until`. Call this only while no packet is expected from the network.
///
/// A real device saves power meanwhile. In the emulator, the time until the next alarm is skipped while no task is
/// ready, so that hours pass in seconds. All other waits take real time, because the servers answer in real time.
pub async fn deep_sleep<T>(until: impl Future<Output = T>) -> T {
    SKIPS.store(true, Ordering::Relaxed);
    let end = until.await;
    SKIPS.store(false, Ordering::Relaxed);
    end
}
