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

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::{Seed, SeededRng};
    use rand_core_tls::RngCore;
    use sha2_tls::{Digest, Sha256};
    use std::{vec, vec::Vec};

    const SEED: [u8; 32] = *b"a-seed-of-32-bytes-that-is-known";

    fn block(n: u64) -> Vec<u8> {
        Sha256::digest([&SEED[..], &n.to_be_bytes()].concat()).to_vec()
    }

    #[test]
    fn each_draw_starts_a_block_of_its_own_and_no_block_is_used_twice() {
        let mut generator = SeededRng::new(Seed(SEED));
        let mut used = 0;
        for len in [32, 0, 1, 31, 33, 64, 80, 32] {
            let mut drawn = vec![0; len];
            generator.fill_bytes(&mut drawn);
            let blocks = u64::try_from(len.div_ceil(32)).unwrap();
            let mut expected: Vec<u8> = (used + 1..=used + blocks).flat_map(block).collect();
            expected.truncate(len);
            assert_eq!(drawn, expected, "{len} bytes after {used} blocks");
            used += blocks;
        }
        let mut drawn = [0; 32];
        generator.try_fill_bytes(&mut drawn).unwrap();
        assert_eq!(drawn[..], block(used + 1));
        let next = |n: u64| -> [u8; 8] { block(used + n)[..8].try_into().unwrap() };
        assert_eq!(generator.next_u64(), u64::from_le_bytes(next(2)));
        assert_eq!(u64::from(generator.next_u32()), u64::from_le_bytes(next(3)) & u64::from(u32::MAX));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_dropped_generator_is_wiped_and_a_used_one_keeps_no_block() {
        let mut slot = Some(SeededRng::new(Seed(SEED)));
        if let Some(generator) = &mut slot {
            generator.fill_bytes(&mut [0; 100]);
        }
        let used = memory(&slot);
        assert!(used.windows(32).any(|it| it == SEED), "no seed in {}", used.escape_ascii());
        slot = None;
        for (memory, secrets) in [(used, vec![block(1), block(2)]), (memory(&slot), vec![SEED.to_vec()])] {
            for part in secrets.iter().flat_map(|it| it.windows(4)) {
                let found = memory.windows(4).position(|it| it == part);
                assert_eq!(found, None, "{} is in {}", part.escape_ascii(), memory.escape_ascii());
            }
        }
    }

    /// The bytes of a value, read by the kernel, because reading a dropped value is undefined behaviour.
    #[cfg(target_os = "linux")]
    fn memory<T>(value: &T) -> Vec<u8> {
        use std::os::unix::fs::FileExt;
        let mut bytes = vec![0; size_of::<T>()];
        let at = core::ptr::from_ref(core::hint::black_box(value)).addr();
        let file = std::fs::File::open("/proc/self/mem").unwrap();
        file.read_exact_at(&mut bytes, u64::try_from(at).unwrap()).unwrap();
        bytes
    }
}
