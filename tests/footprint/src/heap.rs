//! An allocator that cannot be reached: an image that allocates does not link.

use core::alloc::{GlobalAlloc, Layout};

struct NoHeap;

#[global_allocator]
static HEAP: NoHeap = NoHeap;

// SAFETY: the allocator never returns memory.
unsafe impl GlobalAlloc for NoHeap {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        refuse()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[cfg(not(feature = "panic-never"))]
fn refuse() -> *mut u8 {
    core::ptr::null_mut()
}

#[cfg(feature = "panic-never")]
unsafe extern "C" {
    // Never defined, so an image that allocates does not link.
    fn a_heap_can_be_reached() -> *mut u8;
}

#[cfg(feature = "panic-never")]
fn refuse() -> *mut u8 {
    // SAFETY: an image that contains this call does not link.
    unsafe { a_heap_can_be_reached() }
}
