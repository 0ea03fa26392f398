//! What the examples for the MPS2 board with Ethernet share: drivers, network, executor, and a UART on which
//! credentials arrive.
//!
//! For a real chip, a HAL of embassy has the drivers and the executor.
#![no_std]
#![cfg(target_os = "none")]

#[cfg(feature = "device")]
pub mod device;
pub mod ethernet;
pub mod executor;
mod interrupts;
#[cfg(feature = "device")]
pub mod keys;
pub mod network;
pub mod time;

pub use executor::Executor;
