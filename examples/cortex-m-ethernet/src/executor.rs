//! Runs the tasks, and sleeps by `wfi` while none is ready.
//!
//! On hardware use embassy's executor, which sleeps by `wfe`. QEMU does not sleep on `wfe`: waiting two
//! seconds would keep it busy for minutes.

use core::marker::PhantomData;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m::{asm, interrupt};
use embassy_executor::{Spawner, raw};

static TASK_READY: AtomicBool = AtomicBool::new(false);

// SAFETY: embassy calls the function of this name with this signature.
#[unsafe(export_name = "__pender")]
fn pend(_: *mut ()) {
    TASK_READY.store(true, Ordering::Release);
}

pub(crate) struct Executor {
    tasks: raw::Executor,
    /// Makes the executor neither `Send` nor `Sync`.
    thread: PhantomData<*mut ()>,
}

impl Executor {
    pub(crate) fn new() -> Self {
        Self { tasks: raw::Executor::new(core::ptr::null_mut()), thread: PhantomData }
    }

    pub(crate) fn run(&'static mut self, start: impl FnOnce(Spawner)) -> ! {
        start(self.tasks.spawner());
        loop {
            // SAFETY: this is the only call of `poll`, so calls do not overlap.
            unsafe { self.tasks.poll() };
            interrupt::free(|_| {
                // A pending interrupt ends `wfi` even in this critical section. The handler runs afterwards.
                if !TASK_READY.swap(false, Ordering::Acquire) {
                    asm::wfi();
                }
            });
        }
    }
}
