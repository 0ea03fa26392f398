//! SHA-256, and where a hardware engine plugs in.

mod recalling;

pub use recalling::CachingSha256;

use crate::encode::{Sink, copy};
use core::{fmt, slice};
use zeroize::Zeroize;

/// A SHA-256 engine, used by a [`Signer`](crate::Signer) for one message after the other.
///
/// [`Software`] is the default. Implement it for a peripheral to share its silicon; nothing else
/// of this crate changes.
///
/// ```
/// use tc3_core::{Credentials, Sha256Engine, Signer, Software};
///
/// /// Stands for a peripheral: it has one context and no way back to an earlier state.
/// struct Peripheral(Software);
///
/// impl Sha256Engine for Peripheral {
///     fn begin(&mut self) {
///         self.0.begin();
///     }
///
///     fn update(&mut self, bytes: &[u8]) {
///         self.0.update(bytes);
///     }
///
///     fn finish(&mut self, digest: &mut [u8; 32]) {
///         self.0.finish(digest);
///     }
/// }
///
/// let mut peripheral = Peripheral(Software::new());
/// let signer = Signer::with_hash(Credentials::new("AKIDEXAMPLE", "key")?, &mut peripheral);
/// # let _ = signer;
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
pub trait Sha256Engine {
    /// Starts a message; what was there before is gone. One that was not begun has no digest that says
    /// anything.
    fn begin(&mut self);

    /// Starts a message that is likely to begin with the same 64 bytes as the last one that was started
    /// so, and holds no secret: [`CachingSha256`] hashes them once.
    fn begin_cacheable(&mut self) {
        self.begin();
    }

    /// Adds bytes to the message: often few, and of names one by one.
    fn update(&mut self, bytes: &[u8]);

    /// Ends the message, and puts its digest where it is wanted: what is returned would leave a copy
    /// behind. All 32 bytes are written, whatever happens; the engine may keep nothing of them.
    fn finish(&mut self, digest: &mut [u8; 32]);

    /// Puts the chaining value after one 64-byte block into `state`, if the engine can go back to it.
    ///
    /// With it, a day's key is kept as two such values, and each signature is two blocks shorter.
    #[expect(unused_variables, reason = "named for those that can")]
    fn midstate(&self, state: &mut [u8; 32]) {}

    /// Starts a message whose first 64-byte block led to what [`midstate`](Self::midstate) gave. An
    /// engine that cannot says `false`, always, and does nothing: what it is lent is then a key.
    #[expect(unused_variables, reason = "named for those that can")]
    fn resume(&mut self, state: &[u8; 32]) -> bool {
        false
    }
}

impl<T: Sha256Engine + ?Sized> Sha256Engine for &mut T {
    fn begin(&mut self) {
        (**self).begin();
    }

    fn begin_cacheable(&mut self) {
        (**self).begin_cacheable();
    }

    fn update(&mut self, bytes: &[u8]) {
        (**self).update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        (**self).finish(digest);
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        (**self).midstate(state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        (**self).resume(state)
    }
}

/// Whatever this crate hashes is put: so `update` has one caller, and becomes a part of it; where a build is
/// for speed, of each that puts.
impl<H: Sha256Engine> Sink for H {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

const BLOCK: usize = 64;
const _: () =
    assert!(usize::BITS >= 32, "a message's bytes are counted in a usize, and a body can have 10 MiB");

/// A hash function as FIPS 180-4 has it for blocks of 64 bytes.
pub(crate) trait Function {
    /// Its 32-bit words.
    type State: Copy + AsRef<[u32]> + AsMut<[u32]>;
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
    /// Of the message, in bytes. No `u64`, the alignment of which would cost every caller some stack, and
    /// code to clear it.
    len: usize,
}

impl<F: Function> Blocks<F> {
    pub(crate) const fn new() -> Self {
        Self { state: F::NONE, block: [0; BLOCK], len: 0 }
    }

    // Where the stack is deepest, a frame of its own would lie on top.
    #[inline(always)]
    fn compress(&mut self) {
        F::compress(&mut self.state, slice::from_ref(&self.block));
    }
}

/// A digest of fewer than 32 bytes is followed by what was there.
impl<F: Function> Sha256Engine for Blocks<F> {
    #[inline(never)]
    fn begin(&mut self) {
        self.len = 0;
        // Last, so that nothing has to be kept over the copying.
        self.state = F::INITIAL;
    }

    #[inline]
    fn update(&mut self, bytes: &[u8]) {
        let used = self.len % BLOCK;
        self.len = self.len.wrapping_add(bytes.len());
        let room = self.block.get_mut(used..).unwrap_or_default();
        let Some(rest) = bytes.get(room.len()..) else { return copy(room, bytes) };
        // Whole blocks are hashed where they lie: a key's would leave a copy here.
        let bytes = if used > 0 {
            copy(room, bytes);
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

    #[inline]
    fn finish(&mut self, digest: &mut [u8; 32]) {
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
            *tail = bits(self.len);
        }
        self.compress();
        self.block = [0; BLOCK];
        self.midstate(digest);
        self.begin();
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        digest_of(self.state.as_ref(), state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        for (word, bytes) in self.state.as_mut().iter_mut().zip(state.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        self.len = BLOCK;
        true
    }
}

impl<F: Function> Drop for Blocks<F> {
    fn drop(&mut self) {
        // As slices, which are wiped by words, where an array is by elements.
        self.state.as_mut().zeroize();
        self.block.as_mut_slice().zeroize();
    }
}

/// What a message ends with: its length in bits.
#[inline]
fn bits(len: usize) -> [u8; 8] {
    u64::try_from(len).unwrap_or_default().wrapping_mul(8).to_be_bytes()
}

#[inline]
fn digest_of(state: &[u32], digest: &mut [u8; 32]) {
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
}

/// SHA-256 in software, by the compression function of the `sha2` crate; of messages shorter than 4 GiB
/// where a `usize` has 32 bits.
#[derive(Clone)]
pub struct Software(Blocks<Sha2>);

impl Software {
    /// An engine that has not begun a message.
    #[must_use]
    pub const fn new() -> Self {
        Self(Blocks::new())
    }
}

impl Default for Software {
    fn default() -> Self {
        Self::new()
    }
}

impl Sha256Engine for Software {
    fn begin(&mut self) {
        self.0.begin();
    }

    #[inline]
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    #[inline]
    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.0.finish(digest);
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        self.0.midstate(state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        self.0.resume(state)
    }
}

impl fmt::Debug for Software {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Software")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Software {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Software");
    }
}

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

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test may panic")]

    use super::*;
    use sha2::Digest;

    pub(super) fn bytes<const N: usize>() -> [u8; N] {
        core::array::from_fn(|at| u8::try_from(at * 7 % 251).unwrap_or_default())
    }

    pub(super) fn digest(hash: &mut impl Sha256Engine) -> [u8; 32] {
        let mut digest = [0xee; 32];
        hash.finish(&mut digest);
        digest
    }

    pub(super) fn expected(message: &[u8]) -> [u8; 32] {
        sha2::Sha256::digest(message).into()
    }

    /// Whole, in two pieces wherever they are split, and in many.
    pub(super) fn agrees_with_the_sha2_crate(hash: &mut impl Sha256Engine) {
        let message: [u8; 450] = bytes();
        for len in (0..=message.len()).filter(|len| *len < 200 || len % 64 > 54) {
            let message = &message[..len];
            let expected = expected(message);
            for split in 0..=len {
                hash.begin();
                hash.update(&message[..split]);
                hash.update(&message[split..]);
                assert_eq!(digest(hash), expected, "{len} bytes, split at {split}");
            }
            for pieces in [1, 20, 63, 64, 65, 128, 191, 192, 193] {
                hash.begin();
                message.chunks(pieces).for_each(|piece| hash.update(piece));
                assert_eq!(digest(hash), expected, "{len} bytes, by {pieces}");
            }
        }
    }

    #[test]
    fn every_length_and_every_split_agrees_with_the_sha2_crate() {
        agrees_with_the_sha2_crate(&mut Software::new());
    }

    #[test]
    fn whole_blocks_are_hashed_where_they_lie() {
        let message: [u8; 130] = bytes();
        for len in [64, 65, 128, 130] {
            let mut hash = Software::new();
            hash.begin();
            hash.update(&message[..len]);
            let (tail, rest) = hash.0.block.split_at(len % BLOCK);
            assert_eq!(tail, &message[len - tail.len()..len], "{len}");
            assert!(rest.iter().all(|byte| *byte == 0), "{len}");
        }
    }

    #[test]
    fn a_finished_engine_keeps_nothing_of_the_message() {
        let mut hash = Software::new();
        hash.begin();
        hash.update(&[0xa5; 100]);
        digest(&mut hash);
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
        let mut midstate = [0; 32];
        hash.midstate(&mut midstate);
        hash.update(b"something else");
        assert!(hash.resume(&midstate));
        hash.update(&message[64..]);
        assert_eq!(digest(&mut hash), expected(&message));
    }

    #[test]
    fn a_lent_engine_goes_back_too() {
        let (mut hash, mut state) = (Software::new(), [0; 32]);
        assert!(Sha256Engine::resume(&mut &mut hash, &[7; 32]));
        hash.midstate(&mut state);
        assert_eq!(state, [7; 32]);
    }
}
