//! The randomness of one connection.

use core::fmt;

use rand_core_tls::{CryptoRng, RngCore, impls};
use sha2_tls::{Digest, Sha256};
use zeroize::Zeroize;

use crate::entropy::{self, Entropy, EntropyError};

/// What the random numbers of one connection are made from.
///
/// Drawn before anything is sent, because embedded-tls cannot be told later that there is none. It
/// serves one connection and is wiped with it.
pub struct Seed([u8; 32]);

impl Seed {
    /// Draws from the device's own source.
    ///
    /// # Errors
    /// [`EntropyError`] if there is no randomness to be had.
    pub fn draw<S: Entropy + ?Sized>(source: &mut S) -> Result<Self, EntropyError<S::Error>> {
        let mut seed = Self([0; 32]);
        entropy::seed(source, &mut seed.0)?;
        Ok(seed)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(***)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Seed {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Seed(***)");
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        // A slice is wiped by words.
        self.0.as_mut_slice().zeroize();
    }
}

/// SHA-256 over the seed and a counter: some hundred bytes are all that a handshake takes.
pub(super) struct Random {
    seed: Seed,
    count: u64,
}

impl Random {
    pub(super) const fn new(seed: Seed) -> Self {
        Self { seed, count: 0 }
    }
}

impl RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            self.count = self.count.wrapping_add(1);
            let mut hash = Sha256::new();
            hash.update(self.seed.0);
            hash.update(self.count.to_be_bytes());
            let mut block = hash.finalize();
            for (to, from) in piece.iter_mut().zip(block.iter()) {
                *to = *from;
            }
            block.zeroize();
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core_tls::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Random {}
