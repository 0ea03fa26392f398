//! An engine that recalls how a message began.

use super::{BLOCK, Function, Sha2, Sha256Engine, bits, digest_of};
use crate::encode::copy;
use core::{fmt, slice};
use zeroize::Zeroize;

/// SHA-256 in software that recalls how the last canonical request began, for whoever signs often.
///
/// Method, path and the first headers are mostly the same from one request to the next: of such a
/// signature one block less is hashed, and the rest of a text in one call.
///
/// It takes up to 240 bytes of RAM more than [`Software`](crate::Software), and counts as it does: a message
/// is shorter than 4 GiB where a `usize` has 32 bits.
///
/// ```
/// use tc3_core::{Credentials, CachingSha256, Signer, Timestamp, api};
///
/// let credentials = Credentials::new("AKIDEXAMPLE", "key")?;
/// let call = api!("iotcloud", "2021-04-08").action("PublishMessage");
/// let (mut quick, mut plain) = (Signer::with_hash(credentials, CachingSha256::new()), Signer::new(credentials));
/// for body in [r#"{"Payload":"on"}"#, r#"{"Payload":"off"}"#] {
///     let (request, now) = (call.json(body)?, Timestamp::from_unix(1_551_113_065)?);
///     let signed = quick.sign(&request, now).authorization().to_string();
///     assert_eq!(signed, plain.sign(&request, now).authorization().to_string());
/// }
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone)]
// Not of `Blocks`, which are made to be small: this is made to be quick.
pub struct CachingSha256 {
    recall: Recall,
    state: [u32; 8],
    /// What is not hashed yet, and zeros.
    buffer: Buffer,
    /// Of the buffer, in bytes; never all of it.
    used: usize,
    /// Of the message, in bytes.
    hashed: usize,
}

/// Most canonical requests fit, and every string to sign of TC3.
type Buffer = [[u8; BLOCK]; 3];
const EMPTY: Buffer = [[0; BLOCK]; 3];

impl CachingSha256 {
    /// An engine that recalls nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { recall: Recall::NONE, state: Sha2::NONE, buffer: EMPTY, used: 0, hashed: 0 }
    }

    /// Starts a message of which so many bytes are hashed already, and that is like no other.
    #[inline]
    fn begin_at(&mut self, hashed: usize) {
        if self.used != 0 {
            self.buffer = EMPTY;
        }
        (self.used, self.hashed, self.recall.is_alike) = (0, hashed, false);
    }

    /// Hashes what has no room, and keeps what is left of it.
    #[inline(never)]
    fn overflow(&mut self, mut bytes: &[u8]) {
        if self.used != 0 {
            let room = self.buffer.as_flattened_mut().get_mut(self.used..).unwrap_or_default();
            copy(room, bytes);
            bytes = bytes.get(room.len()..).unwrap_or_default();
            self.recall.compress(&mut self.state, &self.buffer);
            self.hashed = self.hashed.wrapping_add(size_of::<Buffer>());
            self.buffer = EMPTY;
        }
        let (blocks, tail) = bytes.as_chunks();
        if !blocks.is_empty() {
            self.recall.compress(&mut self.state, blocks);
            self.hashed = self.hashed.wrapping_add(blocks.as_flattened().len());
        }
        copy(self.buffer.as_flattened_mut(), tail);
        self.used = tail.len();
    }
}

impl Sha256Engine for CachingSha256 {
    fn begin(&mut self) {
        self.state = Sha2::INITIAL;
        self.begin_at(0);
    }

    fn begin_cacheable(&mut self) {
        self.begin();
        self.recall.is_alike = true;
    }

    #[inline]
    fn update(&mut self, bytes: &[u8]) {
        let end = self.used.wrapping_add(bytes.len());
        // Whole blocks are hashed where they lie, if nothing waits before them: a key's would leave a copy here.
        match self.buffer.as_flattened_mut().get_mut(self.used..end) {
            Some(room) if end < size_of::<Buffer>() && (self.used != 0 || bytes.len() < BLOCK) => {
                copy(room, bytes);
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
            self.recall.compress(&mut self.state, &self.buffer);
            self.buffer = EMPTY;
            last = 0;
        }
        let blocks = self.buffer.get_mut(..=last).unwrap_or_default();
        if let Some(tail) = blocks.as_flattened_mut().last_chunk_mut() {
            *tail = bits(len);
        }
        self.recall.compress(&mut self.state, blocks);
        digest_of(&self.state, digest);
        (self.state, self.buffer, self.used, self.hashed) = (Sha2::NONE, EMPTY, 0, 0);
    }

    // In the order of a digest. As it lies it would be copied by many registers at once, and what they hold
    // is found on the stack, where the next function saves them.
    fn midstate(&self, state: &mut [u8; 32]) {
        digest_of(&self.state, state);
        // A block that came in pieces waits in the buffer.
        if let Some(blocks @ [_, ..]) = self.buffer.get(..self.used / BLOCK) {
            let mut words = self.state;
            Sha2::compress(&mut words, blocks);
            digest_of(&words, state);
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

// A query can be at the beginning of a request, and is nobody's business; a state can be a key's.
impl Drop for CachingSha256 {
    fn drop(&mut self) {
        // As slices, which are wiped by words, where an array is by elements.
        self.state.as_mut_slice().zeroize();
        self.buffer.as_flattened_mut().zeroize();
        self.recall.words.as_mut_slice().zeroize();
        self.recall.state.as_mut_slice().zeroize();
    }
}

#[derive(Clone)]
struct Recall {
    /// Whether the next block is the one to recall.
    is_alike: bool,
    /// Whether there is a block, and the state that it led to.
    is_known: bool,
    words: [u32; BLOCK / 4],
    state: [u32; 8],
}

impl Recall {
    const NONE: Self = Self { is_alike: false, is_known: false, words: [0; BLOCK / 4], state: Sha2::NONE };

    #[inline]
    fn compress(&mut self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        if self.is_alike {
            self.compress_first(state, blocks);
        } else {
            Sha2::compress(state, blocks);
        }
    }

    /// Not inlined: most blocks are not the first ones of such a message.
    #[inline(never)]
    fn compress_first(&mut self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        self.is_alike = false;
        let [first, rest @ ..] = blocks else { return };
        self.recall(state, first);
        if !rest.is_empty() {
            Sha2::compress(state, rest);
        }
    }

    /// Goes to the state that a first block leads to.
    fn recall(&mut self, state: &mut [u32; 8], block: &[u8; BLOCK]) {
        // By words, and to the end: so it is quickest.
        let words = block.as_chunks().0.iter().map(|bytes| u32::from_ne_bytes(*bytes));
        let differ = self.words.iter().zip(words.clone()).fold(0, |differ, (a, b)| differ | a ^ b);
        if self.is_known && differ == 0 {
            *state = self.state;
        } else {
            self.words.iter_mut().zip(words).for_each(|(to, word)| *to = word);
            Sha2::compress(state, slice::from_ref(block));
            (self.is_known, self.state) = (true, *state);
        }
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
    use crate::hash::{
        Software,
        tests::{agrees_with_the_sha2_crate, bytes, digest, expected},
    };

    #[test]
    fn what_is_recalled_is_what_would_be_hashed() {
        let mut hash = CachingSha256::new();
        let mut message: [u8; 130] = [0; 130];
        // Zeros, which nothing was recalled of before; the same again; and another in each byte.
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
    fn words_that_all_changed_alike_are_no_known_block() {
        let mut hash = CachingSha256::new();
        for block in [[0; BLOCK], [0x55; BLOCK]] {
            hash.begin_cacheable();
            hash.update(&block);
            assert_eq!(digest(&mut hash), expected(&block));
        }
    }

    #[test]
    fn of_a_long_message_in_pieces_the_first_block_alone_is_recalled() {
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

    fn recalled(hash: &CachingSha256) -> Option<[u8; BLOCK]> {
        let Recall { is_known, words, .. } = &hash.recall;
        words.map(u32::to_ne_bytes).as_flattened().as_array().copied().filter(|_| *is_known)
    }

    #[test]
    fn nothing_is_recalled_of_a_message_that_was_not_begun_alike() {
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
            assert_eq!(recalled(&hash), None);
            hash.begin_cacheable();
            hash.update(&public[..10]);
        }
        digest(&mut hash);
        hash.update(&secret);
        // Of a message that was shorter, the one block it came to.
        let mut padded = [0; 64];
        padded[..10].copy_from_slice(&public[..10]);
        (padded[10], padded[63]) = (0x80, 80);
        assert_eq!(recalled(&hash), Some(padded));
        hash.begin_cacheable();
        hash.update(&public);
        hash.update(&secret);
        digest(&mut hash);
        hash.update(&secret);
        assert_eq!(recalled(&hash), Some(public));
    }

    /// All but how a message began.
    fn kept(hash: &CachingSha256) -> ([u32; 8], Buffer, usize, usize, bool) {
        (hash.state, hash.buffer, hash.used, hash.hashed, hash.recall.is_alike)
    }

    #[test]
    fn nothing_is_kept_of_a_message_that_is_finished_or_given_up() {
        let mut hash = CachingSha256::new();
        for len in [0, 1, 50, 64, 100, 191, 192, 250, 300] {
            let fill = |hash: &mut CachingSha256| {
                hash.begin_cacheable();
                [0xa5; 300][..len].chunks(50).for_each(|piece| hash.update(piece));
            };
            fill(&mut hash);
            digest(&mut hash);
            assert_eq!(kept(&hash), (Sha2::NONE, EMPTY, 0, 0, false), "{len}");
            fill(&mut hash);
            hash.begin();
            assert_eq!(kept(&hash), (Sha2::INITIAL, EMPTY, 0, 0, false), "{len}");
            fill(&mut hash);
            assert!(hash.resume(&[0; 32]));
            assert_eq!(kept(&hash), (Sha2::NONE, EMPTY, 0, BLOCK, false), "{len}");
        }
    }

    #[test]
    fn whole_blocks_are_hashed_where_they_lie() {
        let mut hash = CachingSha256::new();
        for len in [64, 128, 192, 256] {
            hash.begin();
            hash.update(&[0xa5; 256][..len]);
            assert_eq!((hash.buffer, hash.used, hash.hashed), (EMPTY, 0, len));
        }
    }

    #[test]
    fn a_midstate_goes_on_where_it_was_taken() {
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
    fn recalling_takes_240_bytes() {
        assert_eq!(size_of::<CachingSha256>() - size_of::<Software>(), 240);
    }

    #[test]
    fn a_lent_engine_recalls_too() {
        let mut hash = CachingSha256::new();
        let mut lent = &mut hash;
        Sha256Engine::begin_cacheable(&mut lent);
        Sha256Engine::update(&mut lent, &[7; 64]);
        assert_eq!(recalled(&hash), Some([7; BLOCK]));
    }

    #[test]
    fn a_known_block_is_not_hashed_again() {
        let mut hash = CachingSha256::new();
        hash.begin_cacheable();
        hash.update(&[7; 64]);
        // Whatever stands there is taken for the state.
        hash.recall.state = [0x0102_0304; 8];
        hash.begin_cacheable();
        hash.update(&[7; 64]);
        assert_eq!(hash.state, [0x0102_0304; 8]);
    }
}
