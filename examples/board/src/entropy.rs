//! Randomness from the machine that emulates the board.
//!
//! **NEVER SHIP THIS.** A device without a debugger has no semihosting, and a device without an
//! entropy source of its own must not do TLS. Use the hardware generator of the chip, a secure
//! element's or a modem's.

use core::fmt;

/// Fills the buffer from the host's random device.
///
/// # Errors
/// The host has none, or it gives too little.
pub fn fill(bytes: &mut [u8]) -> Result<(), HostError> {
    semihosting::experimental::random::fill_bytes(bytes).map_err(|_| HostError)
}

/// The host's random device gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostError;

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no random device on the emulator's host")
    }
}

impl core::error::Error for HostError {}
