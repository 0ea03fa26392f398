//! The cache: one block, and the state after it.

use crate::crypto::{
    block::{BLOCK, Compress},
    software::Sha256,
};
use core::slice;

#[derive(Clone)]
pub(super) struct Cache {
    /// Whether the next block is the first of a cacheable message.
    pub(super) is_cacheable: bool,
    /// Whether `words` and `state` hold a block and the state after it.
    pub(super) is_filled: bool,
    pub(super) words: [u32; BLOCK / 4],
    pub(super) state: [u32; 8],
}

impl Cache {
    pub(super) const EMPTY: Self =
        Self { is_cacheable: false, is_filled: false, words: [0; BLOCK / 4], state: Sha256::NONE };

    #[inline]
    pub(super) fn compress(&mut self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        if self.is_cacheable {
            self.compress_first(state, blocks);
        } else {
            Sha256::compress(state, blocks);
        }
    }

    fn compress_first(&mut self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        self.is_cacheable = false;
        let [first, rest @ ..] = blocks else { return };
        self.look_up(state, first);
        if !rest.is_empty() {
            Sha256::compress(state, rest);
        }
    }

    /// Sets `state` to the state after the first block, from the cache if it holds that block.
    fn look_up(&mut self, state: &mut [u32; 8], block: &[u8; BLOCK]) {
        let words = block.as_chunks().0.iter().map(|bytes| u32::from_ne_bytes(*bytes));
        // All words, without an early end: 36 instructions fewer.
        let differ = self.words.iter().zip(words.clone()).fold(0, |differ, (a, b)| differ | a ^ b);
        if self.is_filled && differ == 0 {
            *state = self.state;
        } else {
            self.words.iter_mut().zip(words).for_each(|(to, word)| *to = word);
            Sha256::compress(state, slice::from_ref(block));
            (self.is_filled, self.state) = (true, *state);
        }
    }
}
