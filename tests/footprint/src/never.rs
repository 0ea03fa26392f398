//! A panic handler and an allocator. With the feature `panic-never` they call functions that are never defined: an
//! image that can panic or allocate does not link.

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

#[cfg(feature = "panic-never")]
unsafe extern "C" {
    safe fn a_panic_can_be_reached() -> !;
    safe fn a_heap_can_be_reached() -> *mut u8;
}

#[cfg(not(feature = "panic-never"))]
fn a_panic_can_be_reached() -> ! {
    semihosting::process::exit(101)
}

#[cfg(not(feature = "panic-never"))]
fn a_heap_can_be_reached() -> *mut u8 {
    core::ptr::null_mut()
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    a_panic_can_be_reached()
}

struct NoHeap;

#[global_allocator]
static HEAP: NoHeap = NoHeap;

// SAFETY: the allocator never returns memory.
unsafe impl GlobalAlloc for NoHeap {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        a_heap_can_be_reached()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
