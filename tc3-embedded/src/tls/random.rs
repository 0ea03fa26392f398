//! The random generator of one connection.

use core::fmt;

use rand_core_tls::{CryptoRng, RngCore, impls};
use sha2_tls::{Digest, Sha256};
use zeroize::Zeroize;

use crate::entropy::{self, Entropy, EntropyError};

/// The seed of one connection's random generator: 32 bytes.
///
/// A seed is drawn before the handshake, because embedded-tls cannot report a generator that fails.
/// `connect` consumes the seed, so that no two connections use the same one. Dropping a seed
/// wipes it.
pub struct Seed([u8; 32]);

impl Seed {
    /// Draws a seed from an entropy source.
    ///
    /// # Errors
    /// [`EntropyError`] if the source fails, or returns the same 32 bytes twice.
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
        // zeroize overwrites slices word by word, but arrays byte by byte.
        self.0.as_mut_slice().zeroize();
    }
}

/// A generator whose blocks are SHA-256 of the seed and a counter. A handshake draws a few hundred
/// bytes.
pub(super) struct SeededRng {
    seed: Seed,
    counter: u64,
}

impl SeededRng {
    pub(super) const fn new(seed: Seed) -> Self {
        Self { seed, counter: 0 }
    }
}

impl RngCore for SeededRng {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            self.counter = self.counter.wrapping_add(1);
            let mut hash = Sha256::new();
            hash.update(self.seed.0);
            hash.update(self.counter.to_be_bytes());
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

impl CryptoRng for SeededRng {}
