//! What an allocation comes to: nothing, for there is no heap.

use core::alloc::{GlobalAlloc, Layout};

struct NoHeap;

// An image has one allocator at most: another would not compile beside it.
#[global_allocator]
static HEAP: NoHeap = NoHeap;

// SAFETY: no memory is ever given out.
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
    // Defined nowhere: only what does not allocate can be linked.
    fn a_heap_can_be_reached() -> *mut u8;
}

#[cfg(feature = "panic-never")]
fn refuse() -> *mut u8 {
    // SAFETY: never called, as it is never linked.
    unsafe { a_heap_can_be_reached() }
}
