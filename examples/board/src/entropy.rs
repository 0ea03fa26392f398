//! Randomness from the machine that emulates the board.
//!
//! **NEVER SHIP THIS.** A device without a debugger has no semihosting, and a device without an
//! entropy source of its own must not do TLS. Use the hardware generator of the chip, a secure
//! element's or a modem's.

use core::fmt;

use semihosting::experimental::random;
use tc3_embedded::entropy::Entropy;

/// The host's random device.
#[derive(Clone, Copy, Debug)]
pub struct HostEntropy;

impl Entropy for HostEntropy {
    type Error = HostError;

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), HostError> {
        random::fill_bytes(bytes).map_err(|_| HostError)
    }
}

/// The host's random device gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HostError;

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no random device on the emulator's host")
    }
}

impl core::error::Error for HostError {}
