//! What the firmware examples share.
//!
//! Emulated boards talk to their host by *semihosting*: parameters come from the emulator's command
//! line, lines of text and the exit status go back. A device in the field has none of this; what it
//! does have, a stream, a counter and a clock, the examples hand to [`blocking::run`] themselves.
//!
//! Built for this machine there is only what can be tested here.
#![no_std]

#[cfg(target_os = "none")]
pub mod answer;
#[cfg(target_os = "none")]
pub mod blocking;
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
pub mod parameters;
pub mod registers;
#[cfg(target_os = "none")]
pub mod room;
#[cfg(target_os = "none")]
pub mod trust;
#[cfg(target_os = "none")]
pub mod verdict;

#[cfg(all(feature = "defmt", target_os = "none"))]
use defmt_semihosting as _;
