//! Counts allocations.
#![allow(unsafe_code, reason = "`GlobalAlloc` is an unsafe trait, and the only way to see every allocation")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

struct Counting;

#[global_allocator]
static HEAP: Counting = Counting;
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

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
    BYTES.fetch_add(u64::try_from(len).unwrap_or(u64::MAX), Relaxed);
}

/// The number of allocations, and the sum of their bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heap {
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
}

/// Counts the allocations and reallocations of `work`.
pub(crate) fn measure(work: impl FnOnce()) -> Heap {
    let now = || Heap { allocations: ALLOCATIONS.load(Relaxed), bytes: BYTES.load(Relaxed) };
    let before = now();
    work();
    let after = now();
    Heap {
        allocations: after.allocations.wrapping_sub(before.allocations),
        bytes: after.bytes.wrapping_sub(before.bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::{Heap, measure};
    use std::hint::black_box;

    #[test]
    fn an_allocation_and_a_reallocation_are_counted() {
        let heap = measure(|| {
            let mut text = String::with_capacity(10);
            text.push_str(black_box("twenty bytes of text"));
            drop(black_box(text));
        });
        assert_eq!(heap, Heap { allocations: 2, bytes: 30 });
    }
}
