//! The inputs and the measurement that all images share.
//!
//! An image does one thing with tc3-core, and prints the result, the number of instructions and the depth of the
//! stack. Its size is read from its ELF file. The figures of `bin/empty.rs`, which does nothing, are subtracted.
#![no_std]
#![cfg(target_os = "none")]

#[cfg_attr(target_arch = "arm", path = "counter/systick.rs")]
#[cfg_attr(target_arch = "riscv32", path = "counter/minstret.rs")]
mod counter;
pub mod fixture;
mod meter;
mod never;
pub mod server;
mod stack;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

pub use meter::{Meter, OUT, hex, run};
pub use stack::paint;

/// Makes a function or a closure the program of an image.
#[macro_export]
macro_rules! image {
    ($case:expr) => {
        #[$crate::entry]
        fn main() -> ! {
            $crate::run($case)
        }
    };
}
