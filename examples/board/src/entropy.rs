//! Random bytes from the machine that runs the emulator.
//!
//! **NEVER SHIP THIS.** Semihosting needs a debugger or an emulator. On a device, use the hardware random
//! number generator of the chip, of a secure element or of the modem. Without one, do not use TLS.

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

/// The host's random device cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HostError;

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the emulator's host provides no random device")
    }
}

impl core::error::Error for HostError {}
