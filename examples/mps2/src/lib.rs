//! What the examples for the MPS2 board with Ethernet share: drivers, network, executor, and a UART on which
//! credentials arrive.
//!
//! For a real chip, a HAL of embassy has the drivers and the executor.
//! Elsewhere than on the board, only its tests are compiled.
#![no_std]

#[cfg(all(target_os = "none", feature = "device"))]
pub mod device;
#[cfg(target_os = "none")]
pub mod ethernet;
#[cfg(target_os = "none")]
pub mod executor;
#[cfg(target_os = "none")]
mod interrupts;
#[cfg(all(target_os = "none", feature = "device"))]
pub mod keys;
#[cfg(any(test, all(target_os = "none", feature = "device")))]
pub mod line;
#[cfg(target_os = "none")]
pub mod network;
#[cfg(target_os = "none")]
pub mod time;

#[cfg(target_os = "none")]
pub use executor::Executor;
