//! An engine that caches the state after the first block of canonical requests.

mod cache;

use super::{
    block::{self, BLOCK, Compress},
    sha256::Sha256Engine,
    software::Sha256,
};
use crate::encode::copy;
use cache::Cache;
use core::fmt;
use zeroize::Zeroize;

/// SHA-256 in software for devices that sign often: it caches the state after the first block of the last
/// canonical request.
///
/// Method, path and the first headers rarely change between requests. If the first block is the same, it
/// is not hashed again, and the rest of the message is hashed in one call.
///
/// The engine takes up to 240 bytes of RAM more than [`Software`](crate::Software). Where a `usize` has 32 bits, a
/// message must be shorter than 4 GiB.
///
/// ```
/// use tc3_core::{Credentials, CachingSha256, Signer, Timestamp, api};
///
/// let credentials = Credentials::new("AKIDEXAMPLE", "key")?;
/// let call = api!("iotcloud", "2021-04-08").action("PublishMessage");
/// let (mut caching, mut plain) = (Signer::with_hash(credentials, CachingSha256::new()), Signer::new(credentials));
/// for body in [r#"{"Payload":"on"}"#, r#"{"Payload":"off"}"#] {
///     let (request, now) = (call.json(body)?, Timestamp::from_unix(1_551_113_065)?);
///     let signed = caching.sign(&request, now).authorization().to_string();
///     assert_eq!(signed, plain.sign(&request, now).authorization().to_string());
/// }
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone)]
// Shares no code with `Software`, which is written for size: this engine is written for speed.
pub struct CachingSha256 {
    cache: Cache,
    state: [u32; 8],
    /// Bytes not hashed yet, followed by zeros.
    buffer: Buffer,
    /// Number of bytes in the buffer; the buffer is never full.
    used: usize,
    /// Number of bytes of the message that are hashed.
    hashed: usize,
}

/// Large enough for most canonical requests, and for every string to sign of TC3.
type Buffer = [[u8; BLOCK]; 3];
const EMPTY: Buffer = [[0; BLOCK]; 3];

impl CachingSha256 {
    /// An engine with an empty cache.
    #[must_use]
    pub const fn new() -> Self {
        Self { cache: Cache::EMPTY, state: Sha256::NONE, buffer: EMPTY, used: 0, hashed: 0 }
    }

    /// Starts a message that is not cached, and of which `hashed` bytes are hashed already.
    fn begin_at(&mut self, hashed: usize) {
        if self.used != 0 {
            self.buffer = EMPTY;
        }
        (self.used, self.hashed, self.cache.is_cacheable) = (0, hashed, false);
    }

    /// Hashes the buffer and `bytes`, which do not fit into it, and buffers the incomplete last block.
    // Not inlined: a repeated signature takes 1.8 % fewer instructions on RV32IMC.
    #[inline(never)]
    fn overflow(&mut self, mut bytes: &[u8]) {
        if self.used != 0 {
            let free = self.buffer.as_flattened_mut().get_mut(self.used..).unwrap_or_default();
            copy(free, bytes);
            bytes = bytes.get(free.len()..).unwrap_or_default();
            self.cache.compress(&mut self.state, &self.buffer);
            self.hashed = self.hashed.wrapping_add(size_of::<Buffer>());
            self.buffer = EMPTY;
        }
        let (blocks, tail) = bytes.as_chunks();
        if !blocks.is_empty() {
            self.cache.compress(&mut self.state, blocks);
            self.hashed = self.hashed.wrapping_add(blocks.as_flattened().len());
        }
        copy(self.buffer.as_flattened_mut(), tail);
        self.used = tail.len();
    }
}

impl Sha256Engine for CachingSha256 {
    fn begin(&mut self) {
        self.state = Sha256::INITIAL;
        self.begin_at(0);
    }

    fn begin_cacheable(&mut self) {
        self.begin();
        self.cache.is_cacheable = true;
    }

    // Inlining this, `finish` and `compress` saves 83 of the 1,400 instructions that a signature may add to hashing.
    #[inline]
    fn update(&mut self, bytes: &[u8]) {
        let end = self.used.wrapping_add(bytes.len());
        // If the buffer is empty, whole blocks are hashed in place: a copy of a key's block would stay in it.
        match self.buffer.as_flattened_mut().get_mut(self.used..end) {
            Some(free) if end < size_of::<Buffer>() && (self.used != 0 || bytes.len() < BLOCK) => {
                copy(free, bytes);
                self.used = end;
            }
            _ => self.overflow(bytes),
        }
    }

    #[inline]
    fn finish(&mut self, digest: &mut [u8; 32]) {
        let used = self.used;
        let len = self.hashed.wrapping_add(used);
        if let Some(mark) = self.buffer.as_flattened_mut().get_mut(used) {
            *mark = 0x80;
        }
        let mut last = used.wrapping_add(size_of::<u64>()) / BLOCK;
        if last >= self.buffer.len() {
            self.cache.compress(&mut self.state, &self.buffer);
            self.buffer = EMPTY;
            last = 0;
        }
        let blocks = self.buffer.get_mut(..=last).unwrap_or_default();
        if let Some(tail) = blocks.as_flattened_mut().last_chunk_mut() {
            *tail = block::length_in_bits(len);
        }
        self.cache.compress(&mut self.state, blocks);
        block::store(&self.state, digest);
        (self.state, self.buffer, self.used, self.hashed) = (Sha256::NONE, EMPTY, 0, 0);
    }

    // Converts the words to the byte order of a digest. A plain copy would go through many registers at once. The
    // next function would save these registers on the stack, and with them parts of a key.
    fn midstate(&self, state: &mut [u8; 32]) {
        block::store(&self.state, state);
        // A block that arrived in pieces is still in the buffer.
        if let Some(blocks @ [_, ..]) = self.buffer.get(..self.used / BLOCK) {
            let mut words = self.state;
            Sha256::compress(&mut words, blocks);
            block::store(&words, state);
        }
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        for (word, bytes) in self.state.iter_mut().zip(state.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        self.begin_at(BLOCK);
        true
    }
}

// The cached block may contain a private query, and the state may belong to a key.
impl Drop for CachingSha256 {
    fn drop(&mut self) {
        // As slices, which are wiped by words; an array is wiped by elements.
        self.state.as_mut_slice().zeroize();
        self.buffer.as_flattened_mut().zeroize();
        self.cache.words.as_mut_slice().zeroize();
        self.cache.state.as_mut_slice().zeroize();
    }
}

impl Default for CachingSha256 {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for CachingSha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CachingSha256")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for CachingSha256 {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "CachingSha256");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test may panic")]

    use super::*;
    use crate::crypto::software::{
        Software,
        tests::{agrees_with_the_sha2_crate, bytes, digest, expected},
    };

    #[test]
    fn a_cached_state_equals_the_computed_state() {
        let mut hash = CachingSha256::new();
        let mut message: [u8; 130] = [0; 130];
        // Zeros with an empty cache, zeros again, and a message that differs in one byte.
        for changed in [None, None].into_iter().chain((0..message.len()).map(Some)) {
            if let Some(at) = changed {
                message[at] ^= 0x55;
            }
            for len in [0usize, 1, 63, 64, 65, 127, 128, 130] {
                for split in [0, 1.min(len), len / 2, len.saturating_sub(1), len] {
                    hash.begin_cacheable();
                    hash.update(&message[..split]);
                    hash.update(&message[split..len]);
                    let expected = expected(&message[..len]);
                    assert_eq!(digest(&mut hash), expected, "{len} bytes, split at {split}, {changed:?}");
                }
            }
        }
    }

    #[test]
    fn a_block_whose_words_all_changed_in_the_same_way_is_not_the_cached_one() {
        let mut hash = CachingSha256::new();
        for block in [[0; BLOCK], [0x55; BLOCK]] {
            hash.begin_cacheable();
            hash.update(&block);
            assert_eq!(digest(&mut hash), expected(&block));
        }
    }

    #[test]
    fn only_the_first_block_of_a_long_message_is_cached() {
        let mut hash = CachingSha256::new();
        for len in [180, 184, 192, 200, 300] {
            for first in 0..3 {
                let mut message = [7; 300];
                message[0] = first;
                hash.begin_cacheable();
                message[..len].chunks(20).for_each(|piece| hash.update(piece));
                assert_eq!(digest(&mut hash), expected(&message[..len]), "{len} bytes, {first}");
            }
        }
    }

    #[test]
    fn every_length_and_every_split_agrees_with_the_sha2_crate() {
        agrees_with_the_sha2_crate(&mut CachingSha256::new());
    }

    fn cached_block(hash: &CachingSha256) -> Option<[u8; BLOCK]> {
        let Cache { is_filled, words, .. } = &hash.cache;
        words.map(u32::to_ne_bytes).as_flattened().as_array().copied().filter(|_| *is_filled)
    }

    #[test]
    fn a_message_that_was_not_begun_as_cacheable_is_not_cached() {
        let (secret, public): ([u8; 64], [u8; 64]) = ([0x5c; 64], bytes());
        let mut hash = CachingSha256::default();
        hash.begin_cacheable();
        hash.update(&public[..10]);
        for is_resumed in [false, true] {
            if is_resumed {
                assert!(hash.resume(&[1; 32]));
            } else {
                hash.begin();
            }
            hash.update(&secret);
            assert_eq!(cached_block(&hash), None);
            hash.begin_cacheable();
            hash.update(&public[..10]);
        }
        digest(&mut hash);
        hash.update(&secret);
        // A message of less than a block is cached with its padding.
        let mut padded = [0; 64];
        padded[..10].copy_from_slice(&public[..10]);
        (padded[10], padded[63]) = (0x80, 80);
        assert_eq!(cached_block(&hash), Some(padded));
        hash.begin_cacheable();
        hash.update(&public);
        hash.update(&secret);
        digest(&mut hash);
        hash.update(&secret);
        assert_eq!(cached_block(&hash), Some(public));
    }

    /// Everything but the cached block.
    fn uncached(hash: &CachingSha256) -> ([u32; 8], Buffer, usize, usize, bool) {
        (hash.state, hash.buffer, hash.used, hash.hashed, hash.cache.is_cacheable)
    }

    #[test]
    fn nothing_remains_of_a_message_that_is_finished_or_abandoned() {
        let mut hash = CachingSha256::new();
        for len in [0, 1, 50, 64, 100, 191, 192, 250, 300] {
            let fill = |hash: &mut CachingSha256| {
                hash.begin_cacheable();
                [0xa5; 300][..len].chunks(50).for_each(|piece| hash.update(piece));
            };
            fill(&mut hash);
            digest(&mut hash);
            assert_eq!(uncached(&hash), (Sha256::NONE, EMPTY, 0, 0, false), "{len}");
            fill(&mut hash);
            hash.begin();
            assert_eq!(uncached(&hash), (Sha256::INITIAL, EMPTY, 0, 0, false), "{len}");
            fill(&mut hash);
            assert!(hash.resume(&[0; 32]));
            assert_eq!(uncached(&hash), (Sha256::NONE, EMPTY, 0, BLOCK, false), "{len}");
        }
    }

    #[test]
    fn whole_blocks_are_hashed_in_place() {
        let mut hash = CachingSha256::new();
        for len in [64, 128, 192, 256] {
            hash.begin();
            hash.update(&[0xa5; 256][..len]);
            assert_eq!((hash.buffer, hash.used, hash.hashed), (EMPTY, 0, len));
        }
    }

    #[test]
    fn a_message_resumes_from_its_midstate() {
        let message: [u8; 128] = bytes();
        let (mut hash, mut midstate) = (CachingSha256::new(), [0; 32]);
        for pieces in [64, 63, 20, 1] {
            hash.begin();
            message[..64].chunks(pieces).for_each(|piece| hash.update(piece));
            hash.midstate(&mut midstate);
            hash.update(b"something else");
            assert!(hash.resume(&midstate));
            hash.update(&message[64..]);
            assert_eq!(digest(&mut hash), expected(&message), "by {pieces}");
        }
    }

    #[test]
    fn the_cache_takes_240_bytes() {
        assert_eq!(size_of::<CachingSha256>() - size_of::<Software>(), 240);
    }

    #[test]
    fn a_borrowed_engine_caches_too() {
        let mut hash = CachingSha256::new();
        let mut borrowed = &mut hash;
        Sha256Engine::begin_cacheable(&mut borrowed);
        Sha256Engine::update(&mut borrowed, &[7; 64]);
        assert_eq!(cached_block(&hash), Some([7; BLOCK]));
    }

    #[test]
    fn a_cached_block_is_not_hashed_again() {
        let mut hash = CachingSha256::new();
        hash.begin_cacheable();
        hash.update(&[7; 64]);
        // A planted state shows that the cache is used.
        hash.cache.state = [0x0102_0304; 8];
        hash.begin_cacheable();
        hash.update(&[7; 64]);
        assert_eq!(hash.state, [0x0102_0304; 8]);
    }
}
