//! Hash functions over blocks of 64 bytes (FIPS 180-4): SHA-256, and SHA-1 for HmacSHA1.

use crate::encode::{Sink, copy};
use core::slice;
use zeroize::Zeroize;

pub(super) const BLOCK: usize = 64;
const _: () = assert!(usize::BITS >= 32, "a `usize` counts the bytes of a message, which can have 10 MiB");

/// A hash function, as HMAC uses it. Digests have at most 32 bytes: HmacSHA512 is not planned.
pub(crate) trait Hash: Sink {
    /// Length of a digest in bytes.
    const LEN: usize;
    /// Starts a message.
    fn begin(&mut self);
    /// Ends the message and writes the first [`LEN`](Self::LEN) bytes of `digest`.
    fn finish(&mut self, digest: &mut [u8; 32]);
}

/// The compression function of a hash, and its initial state.
pub(super) trait Compress {
    /// The state, in 32-bit words.
    type State: Copy + AsRef<[u32]> + AsMut<[u32]>;
    /// The state while no message is open. Zeros save up to 132 B over [`INITIAL`](Self::INITIAL) on a
    /// Cortex-M0.
    const NONE: Self::State;
    const INITIAL: Self::State;
    fn compress(state: &mut Self::State, blocks: &[[u8; BLOCK]]);
}

/// A hash with its buffer.
// Not a hasher of RustCrypto: those are moved from step to step, which takes more stack, and can reach a panic.
// This one is borrowed.
#[derive(Clone)]
pub(super) struct Blocks<F: Compress> {
    pub(super) state: F::State,
    pub(super) block: [u8; BLOCK],
    /// Length of the message in bytes. A `u64` would align every caller to 8 bytes, which costs stack.
    pub(super) len: usize,
}

impl<F: Compress> Blocks<F> {
    pub(super) const fn new() -> Self {
        Self { state: F::NONE, block: [0; BLOCK], len: 0 }
    }

    fn compress(&mut self) {
        F::compress(&mut self.state, slice::from_ref(&self.block));
    }

    // Not inlined: saves up to 64 B on a Cortex-M0.
    #[inline(never)]
    pub(super) fn begin(&mut self) {
        self.state = F::INITIAL;
        self.len = 0;
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        let used = self.len % BLOCK;
        self.len = self.len.wrapping_add(bytes.len());
        let free = self.block.get_mut(used..).unwrap_or_default();
        let Some(rest) = bytes.get(free.len()..) else { return copy(free, bytes) };
        // Whole blocks are hashed in place: a copied block of a key would stay in the buffer.
        let bytes = if used > 0 {
            copy(free, bytes);
            self.compress();
            rest
        } else {
            bytes
        };
        let (blocks, tail) = bytes.as_chunks();
        if !blocks.is_empty() {
            F::compress(&mut self.state, blocks);
        }
        copy(&mut self.block, tail);
    }

    /// Bytes of `digest` beyond the hash's own length are left as they are.
    pub(super) fn finish(&mut self, digest: &mut [u8; 32]) {
        let used = self.len % BLOCK;
        if let Some([mark, zeros @ ..]) = self.block.get_mut(used..) {
            *mark = 0x80;
            zeros.fill(0);
        }
        if used >= BLOCK.wrapping_sub(size_of::<u64>()) {
            self.compress();
            self.block = [0; BLOCK];
        }
        if let Some(tail) = self.block.last_chunk_mut() {
            *tail = length_in_bits(self.len);
        }
        self.compress();
        self.block = [0; BLOCK];
        self.midstate(digest);
        self.begin();
    }

    pub(super) fn midstate(&self, state: &mut [u8; 32]) {
        store(self.state.as_ref(), state);
    }

    pub(super) fn resume(&mut self, state: &[u8; 32]) {
        for (word, bytes) in self.state.as_mut().iter_mut().zip(state.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        self.len = BLOCK;
    }
}

impl<F: Compress> Drop for Blocks<F> {
    fn drop(&mut self) {
        // As slices, which are wiped by words; an array is wiped by elements. Saves up to 60 B on a Cortex-M0.
        self.state.as_mut().zeroize();
        self.block.as_mut_slice().zeroize();
    }
}

/// The end of the padding: the length of the message in bits.
pub(super) fn length_in_bits(len: usize) -> [u8; 8] {
    u64::try_from(len).unwrap_or_default().wrapping_mul(8).to_be_bytes()
}

/// Writes a state as a digest.
pub(super) fn store(state: &[u32], digest: &mut [u8; 32]) {
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
}
