//! What the images of this package share: their inputs, and how they measure themselves.
//!
//! An image does one thing with tc3-core, and says what came of it, how many instructions it took
//! and how deep the stack went. How large the image is, is read from its file: less what
//! `bin/empty.rs` takes, which measures nothing and is otherwise the same.
#![no_std]
#![cfg(target_os = "none")]

#[cfg_attr(target_arch = "arm", path = "counter/systick.rs")]
#[cfg_attr(target_arch = "riscv32", path = "counter/minstret.rs")]
mod counter;
pub mod fixture;
mod heap;
mod meter;
mod panic;
mod peripheral;
mod stack;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

pub use meter::{Meter, OUT, run};
pub use peripheral::Peripheral;
pub use stack::paint;

/// Makes a function the whole of an image.
#[macro_export]
macro_rules! image {
    ($case:path) => {
        #[$crate::entry]
        fn main() -> ! {
            $crate::run($case)
        }
    };
}
