//! What the firmware examples share.
//!
//! Emulated boards communicate with their host by *semihosting*: they read parameters from the emulator's
//! command line, and print lines and set the exit status on the host. A device in the field has no
//! semihosting. The stream and the counter are each board's: it passes them to [`blocking::run`].
//!
//! Built for the host, the crate contains only the modules that can be tested there.
#![no_std]

#[cfg(target_os = "none")]
pub mod answer;
#[cfg(target_os = "none")]
pub mod blocking;
#[cfg(target_os = "none")]
pub mod buffers;
#[cfg(target_os = "none")]
pub mod calls;
#[cfg(target_os = "none")]
pub mod clock;
#[cfg(target_os = "none")]
pub mod command_line;
pub mod counter;
#[cfg(target_os = "none")]
pub mod entropy;
#[cfg(target_os = "none")]
pub mod file;
#[cfg(target_os = "none")]
pub mod memory;
#[cfg(target_os = "none")]
pub mod outcome;
pub mod parameters;
pub mod registers;
#[cfg(target_os = "none")]
pub mod trust;

#[cfg(all(feature = "defmt", target_os = "none"))]
use defmt_semihosting as _;
