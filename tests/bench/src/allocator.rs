//! Counts allocations.
#![allow(unsafe_code, reason = "`GlobalAlloc` is an unsafe trait, and the only way to see every allocation")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

struct Counting;

#[global_allocator]
static HEAP: Counting = Counting;
static ALLOCATIONS: AtomicU32 = AtomicU32::new(0);
static BYTES: AtomicU32 = AtomicU32::new(0);

// SAFETY: every call is forwarded to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller upholds the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, len: usize) -> *mut u8 {
        note(len);
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, len) }
    }
}

fn note(len: usize) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    BYTES.fetch_add(u32::try_from(len).unwrap_or(u32::MAX), Relaxed);
}

/// The number of allocations, and the sum of their bytes.
pub(crate) struct Heap {
    pub(crate) allocations: u32,
    pub(crate) bytes: u32,
}

/// Counts the allocations and reallocations of `work`.
pub(crate) fn measure(work: impl FnOnce()) -> Heap {
    ALLOCATIONS.store(0, Relaxed);
    BYTES.store(0, Relaxed);
    work();
    Heap { allocations: ALLOCATIONS.load(Relaxed), bytes: BYTES.load(Relaxed) }
}
