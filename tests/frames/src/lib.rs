//! What a value is as a `defmt` frame: the logger that a board would have, on this machine.
#![allow(unsafe_code, reason = "a logger promises that it is called as defmt calls it")]

use std::cell::RefCell;

thread_local! {
    static FRAME: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what is written, for each thread by itself.
#[defmt::global_logger]
struct Kept;

// SAFETY: a thread has its own frame, so that there is nothing that another one could be in.
unsafe impl defmt::Logger for Kept {
    fn acquire() {}

    unsafe fn flush() {}

    unsafe fn release() {}

    unsafe fn write(bytes: &[u8]) {
        FRAME.with_borrow_mut(|frame| frame.extend_from_slice(bytes));
    }
}

// No frame is of any time.
defmt::timestamp!("");

/// What the chip would send of a value: numbers of format strings, which stay on the host, and the bytes
/// of the values in them.
pub fn frame(value: &impl defmt::Format) -> Vec<u8> {
    FRAME.take();
    defmt::println!("{}", value);
    FRAME.take()
}
