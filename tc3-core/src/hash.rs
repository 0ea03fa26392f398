//! SHA-256, HMAC over it, and where a hardware engine plugs in.

use crate::spell::Sink;
use zeroize::{Zeroize, Zeroizing};

/// A SHA-256 engine, used by a [`Signer`](crate::Signer) for one message after the other.
///
/// [`Software`] is the default. Implement it for a peripheral to share its silicon; nothing else
/// of this crate changes.
///
/// ```
/// use tc3_core::{Credentials, Sha256, Signer, Software};
///
/// /// Stands for a peripheral: it has one context and no way back to an earlier state.
/// struct Peripheral(Software);
///
/// impl Sha256 for Peripheral {
///     fn begin(&mut self) {
///         self.0.begin();
///     }
///
///     fn update(&mut self, bytes: &[u8]) {
///         self.0.update(bytes);
///     }
///
///     fn finish(&mut self) -> [u8; 32] {
///         self.0.finish()
///     }
/// }
///
/// let mut peripheral = Peripheral(Software::new());
/// let signer = Signer::with_hash(Credentials::new("AKIDEXAMPLE", "key")?, &mut peripheral);
/// # let _ = signer;
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
pub trait Sha256 {
    /// Starts a message; what was there before is gone.
    fn begin(&mut self);

    /// Adds bytes to the message.
    fn update(&mut self, bytes: &[u8]);

    /// Ends the message. The engine may keep nothing of it.
    fn finish(&mut self) -> [u8; 32];

    /// The chaining value after whole 64-byte blocks, from an engine that can go back to it.
    ///
    /// With it, a day's key is kept as two such values, and each signature is two blocks shorter.
    /// An engine has it always or never.
    fn midstate(&self) -> Option<[u32; 8]> {
        None
    }

    /// Starts a message whose first 64-byte block led to `midstate`.
    ///
    /// Only ever called with what [`midstate`](Self::midstate) returned.
    fn resume(&mut self, midstate: &[u32; 8]) {
        let _ = midstate;
    }
}

impl<T: Sha256 + ?Sized> Sha256 for &mut T {
    fn begin(&mut self) {
        (**self).begin();
    }

    fn update(&mut self, bytes: &[u8]) {
        (**self).update(bytes);
    }

    fn finish(&mut self) -> [u8; 32] {
        (**self).finish()
    }

    fn midstate(&self) -> Option<[u32; 8]> {
        (**self).midstate()
    }

    fn resume(&mut self, midstate: &[u32; 8]) {
        (**self).resume(midstate);
    }
}

impl<H: Sha256> Sink for H {
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

const BLOCK: usize = 64;

/// A hash function as FIPS 180-4 has it for blocks of 64 bytes.
pub(crate) trait Function {
    /// Its 32-bit words.
    type State: Copy + AsRef<[u32]> + Zeroize;
    /// Before a message was begun: zeros are less than what a message begins with.
    const NONE: Self::State;
    const INITIAL: Self::State;
    fn compress(state: &mut Self::State, blocks: &[[u8; BLOCK]]);
}

/// An engine from a function, under a buffer of our own.
///
/// The buffer is ours because it is lent from step to step instead of being moved and copied, which
/// takes less stack, and because no panic is in it.
#[derive(Clone)]
pub(crate) struct Blocks<F: Function> {
    state: F::State,
    block: [u8; BLOCK],
    len: u64,
}

impl<F: Function> Blocks<F> {
    pub(crate) const NONE: Self = Self { state: F::NONE, block: [0; BLOCK], len: 0 };

    fn used(&self) -> usize {
        usize::from(self.len.to_le_bytes()[0]) % BLOCK
    }

    fn compress(&mut self) {
        F::compress(&mut self.state, core::slice::from_ref(&self.block));
    }
}

/// A digest of fewer than 32 bytes is followed by zeros.
impl<F: Function> Sha256 for Blocks<F> {
    #[inline(never)]
    fn begin(&mut self) {
        (self.state, self.len) = (F::INITIAL, 0);
    }

    fn update(&mut self, bytes: &[u8]) {
        let used = self.used();
        self.len = self.len.wrapping_add(u64::try_from(bytes.len()).unwrap_or_default());
        let room = self.block.get_mut(used..).unwrap_or_default();
        let fits = bytes.len() < room.len();
        let (head, rest) = bytes.split_at_checked(room.len()).unwrap_or((bytes, &[]));
        copy(room, head);
        if fits {
            return;
        }
        self.compress();
        let (blocks, tail) = rest.as_chunks();
        if !blocks.is_empty() {
            F::compress(&mut self.state, blocks);
        }
        copy(&mut self.block, tail);
    }

    fn finish(&mut self) -> [u8; 32] {
        let bits = self.len.wrapping_mul(8).to_be_bytes();
        let used = self.used();
        let mut padding = 0x80;
        for byte in self.block.get_mut(used..).unwrap_or_default() {
            *byte = padding;
            padding = 0;
        }
        if used >= BLOCK.wrapping_sub(bits.len()) {
            self.compress();
            self.block = [0; BLOCK];
        }
        if let Some(tail) = self.block.last_chunk_mut() {
            *tail = bits;
        }
        self.compress();
        self.block = [0; BLOCK];
        // It can be a key, and what is returned leaves a copy behind.
        let mut digest = Zeroizing::new([0; 32]);
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.state.as_ref()) {
            *bytes = word.to_be_bytes();
        }
        self.begin();
        *digest
    }
}

impl<F: Function> Drop for Blocks<F> {
    fn drop(&mut self) {
        self.state.zeroize();
        self.block.zeroize();
    }
}

/// SHA-256 in software, by the compression function of the `sha2` crate.
#[derive(Clone)]
pub struct Software(Blocks<Sha2>);

#[derive(Clone)]
struct Sha2;

impl Function for Sha2 {
    type State = [u32; 8];
    const NONE: Self::State = [0; 8];
    const INITIAL: Self::State = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];

    fn compress(state: &mut Self::State, blocks: &[[u8; BLOCK]]) {
        sha2::block_api::compress256(state, blocks);
    }
}

impl Software {
    /// An engine that has not begun a message.
    #[must_use]
    pub const fn new() -> Self {
        Self(Blocks::NONE)
    }
}

impl Default for Software {
    fn default() -> Self {
        Self::new()
    }
}

impl Sha256 for Software {
    fn begin(&mut self) {
        self.0.begin();
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&mut self) -> [u8; 32] {
        self.0.finish()
    }

    fn midstate(&self) -> Option<[u32; 8]> {
        Some(self.0.state)
    }

    fn resume(&mut self, midstate: &[u32; 8]) {
        (self.0.state, self.0.len) = (*midstate, 64);
    }
}

impl core::fmt::Debug for Software {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Software")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Software {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Software");
    }
}

/// Copies without the length check of `copy_from_slice`, which can panic.
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test may panic")]

    use super::*;
    use sha2::Digest;

    fn bytes<const N: usize>() -> [u8; N] {
        core::array::from_fn(|at| u8::try_from(at * 7 % 251).unwrap_or_default())
    }

    #[test]
    fn every_length_and_every_split_agrees_with_the_sha2_crate() {
        let message: [u8; 200] = bytes();
        let mut hash = Software::new();
        for len in 0..=message.len() {
            let expected: [u8; 32] = sha2::Sha256::digest(&message[..len]).into();
            for split in 0..=len {
                hash.begin();
                hash.update(&message[..split]);
                hash.update(&message[split..len]);
                assert_eq!(hash.finish(), expected, "{len} bytes, split at {split}");
            }
        }
    }

    #[test]
    fn a_finished_engine_keeps_nothing_of_the_message() {
        let mut hash = Software::new();
        hash.begin();
        hash.update(&[0xa5; 100]);
        hash.finish();
        assert_eq!(hash.0.state, Sha2::INITIAL);
        assert!(hash.0.block.iter().all(|byte| *byte == 0));
        assert_eq!(hash.0.len, 0);
    }

    #[test]
    fn a_midstate_goes_on_where_it_was_taken() {
        let message: [u8; 128] = bytes();
        let mut hash = Software::new();
        hash.begin();
        hash.update(&message[..64]);
        let midstate = hash.midstate().unwrap_or_default();
        hash.update(b"something else");
        hash.resume(&midstate);
        hash.update(&message[64..]);
        assert_eq!(hash.finish(), <[u8; 32]>::from(sha2::Sha256::digest(message)));
    }
}
