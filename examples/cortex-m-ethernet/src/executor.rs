//! Runs the tasks, and sleeps when there is nothing to do.
//!
//! embassy's own executor for these cores sleeps by `wfe`, which QEMU takes for a short pause:
//! waiting for two seconds would keep it busy for minutes. Hardware is better off with that one.

use core::marker::PhantomData;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m::{asm, interrupt};
use embassy_executor::{Spawner, raw};

static WORK: AtomicBool = AtomicBool::new(false);

// SAFETY: the name by which embassy finds it, and the signature that it calls it with.
#[unsafe(export_name = "__pender")]
fn pend(_: *mut ()) {
    WORK.store(true, Ordering::Release);
}

pub(crate) struct Executor {
    tasks: raw::Executor,
    /// It stays where it is run.
    thread: PhantomData<*mut ()>,
}

impl Executor {
    pub(crate) fn new() -> Self {
        Self { tasks: raw::Executor::new(core::ptr::null_mut()), thread: PhantomData }
    }

    pub(crate) fn run(&'static mut self, start: impl FnOnce(Spawner)) -> ! {
        start(self.tasks.spawner());
        loop {
            // SAFETY: called here only, and so by no task.
            unsafe { self.tasks.poll() };
            interrupt::free(|_| {
                // An interrupt that comes from here on ends the sleep, and is taken after it.
                if !WORK.swap(false, Ordering::Acquire) {
                    asm::wfi();
                }
            });
        }
    }
}
