//! What the examples for the MPS2 board with Ethernet share: its drivers, timer and executor.
//!
//! embassy's HALs have all of this for real chips.
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
