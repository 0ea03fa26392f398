//! An engine that recalls how a message began.

use super::{BLOCK, Blocks, Function, Sha2, engine};
use core::slice;
use zeroize::Zeroize;

/// SHA-256 in software that recalls how the last canonical request began.
///
/// Method, path and the first headers are mostly the same from one request to the next: of such a
/// signature one block less is hashed. It takes 104 bytes of RAM more than [`Software`](crate::Software).
///
/// ```
/// use tc3_core::{Credentials, Recalling, Signer, Timestamp, api};
///
/// let credentials = Credentials::new("AKIDEXAMPLE", "key")?;
/// let call = api!("iotcloud", "2021-04-08").action("PublishMessage");
/// let (mut quick, mut plain) = (Signer::with_hash(credentials, Recalling::new()), Signer::new(credentials));
/// for body in [r#"{"Payload":"on"}"#, r#"{"Payload":"off"}"#] {
///     let (request, now) = (call.json(body)?, Timestamp::from_unix(1_551_113_065)?);
///     let signed = quick.sign(&request, now).authorization().to_string();
///     assert_eq!(signed, plain.sign(&request, now).authorization().to_string());
/// }
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone)]
pub struct Recalling(Blocks<Recall>);

impl Recalling {
    /// An engine that recalls nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Blocks::new(Recall {
            is_alike: false,
            is_known: false,
            words: [0; BLOCK / 4],
            state: Sha2::NONE,
        }))
    }
}

engine!(Recalling, "Recalling");

#[derive(Clone)]
struct Recall {
    /// Whether the next block is the one to recall.
    is_alike: bool,
    /// Whether there is a block, and the state that it led to.
    is_known: bool,
    words: [u32; BLOCK / 4],
    state: [u32; 8],
}

impl Function for Recall {
    type State = [u32; 8];
    const NONE: Self::State = Sha2::NONE;
    const INITIAL: Self::State = Sha2::INITIAL;

    fn begin(&mut self, is_alike: bool) {
        self.is_alike = is_alike;
    }

    fn compress(&mut self, state: &mut Self::State, blocks: &[[u8; BLOCK]]) {
        if self.is_alike {
            self.compress_first(state, blocks);
        } else {
            Sha2.compress(state, blocks);
        }
    }
}

impl Recall {
    /// Not inlined: most blocks are not the first ones of such a message.
    #[inline(never)]
    fn compress_first(&mut self, state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
        self.is_alike = false;
        let [first, rest @ ..] = blocks else { return };
        self.recall(state, first);
        if !rest.is_empty() {
            Sha2.compress(state, rest);
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
            Sha2.compress(state, slice::from_ref(block));
            (self.is_known, self.state) = (true, *state);
        }
    }
}

/// A query can be at the beginning of a request, and is nobody's business.
impl Drop for Recall {
    fn drop(&mut self) {
        self.words.zeroize();
        self.state.zeroize();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test may panic")]

    use super::*;
    use crate::hash::{
        Sha256,
        tests::{bytes, digest},
    };
    use sha2::Digest;

    #[test]
    fn what_is_recalled_is_what_would_be_hashed() {
        let mut hash = Recalling::new();
        let mut message: [u8; 130] = [0; 130];
        // Zeros, which nothing was recalled of before; the same again; and another in each byte.
        for changed in [None, None].into_iter().chain((0..message.len()).map(Some)) {
            if let Some(at) = changed {
                message[at] ^= 0x55;
            }
            for len in [0usize, 1, 63, 64, 65, 127, 128, 130] {
                for split in [0, 1.min(len), len / 2, len.saturating_sub(1), len] {
                    hash.begin_alike();
                    hash.update(&message[..split]);
                    hash.update(&message[split..len]);
                    let expected: [u8; 32] = sha2::Sha256::digest(&message[..len]).into();
                    assert_eq!(digest(&mut hash), expected, "{len} bytes, split at {split}, {changed:?}");
                }
            }
        }
    }

    #[test]
    fn words_that_all_changed_alike_are_no_known_block() {
        let mut hash = Recalling::new();
        for block in [[0; BLOCK], [0x55; BLOCK]] {
            hash.begin_alike();
            hash.update(&block);
            let expected: [u8; 32] = sha2::Sha256::digest(block).into();
            assert_eq!(digest(&mut hash), expected);
        }
    }

    fn recalled(hash: &Recalling) -> Option<[u8; BLOCK]> {
        let Recall { is_known, words, .. } = &hash.0.function;
        words.map(u32::to_ne_bytes).as_flattened().as_array().copied().filter(|_| *is_known)
    }

    #[test]
    fn nothing_is_recalled_of_a_message_that_was_not_begun_alike() {
        let (secret, public): ([u8; 64], [u8; 64]) = ([0x5c; 64], bytes());
        let mut hash = Recalling::default();
        hash.begin_alike();
        hash.update(&public[..10]);
        for is_resumed in [false, true] {
            if is_resumed {
                assert!(hash.resume(&[1; 32]));
            } else {
                hash.begin();
            }
            hash.update(&secret);
            assert_eq!(recalled(&hash), None);
            hash.begin_alike();
            hash.update(&public[..10]);
        }
        digest(&mut hash);
        hash.update(&secret);
        // Of a message that was shorter, the one block it came to.
        let mut padded = [0; 64];
        padded[..10].copy_from_slice(&public[..10]);
        (padded[10], padded[63]) = (0x80, 80);
        assert_eq!(recalled(&hash), Some(padded));
        hash.begin_alike();
        hash.update(&public);
        hash.update(&secret);
        digest(&mut hash);
        hash.update(&secret);
        assert_eq!(recalled(&hash), Some(public));
    }

    #[test]
    fn recalling_takes_104_bytes() {
        assert_eq!(size_of::<Recalling>() - size_of::<Blocks<Sha2>>(), 104);
    }

    #[test]
    fn a_lent_engine_recalls_too() {
        let mut hash = Recalling::new();
        let mut lent = &mut hash;
        Sha256::begin_alike(&mut lent);
        Sha256::update(&mut lent, &[7; 64]);
        assert_eq!(recalled(&hash), Some([7; BLOCK]));
    }

    #[test]
    fn a_known_block_is_not_hashed_again() {
        let mut hash = Recalling::new();
        hash.begin_alike();
        hash.update(&[7; 64]);
        // Whatever stands there is taken for the state.
        hash.0.function.state = [0x0102_0304; 8];
        hash.begin_alike();
        hash.update(&[7; 64]);
        let mut state = [0; 32];
        hash.midstate(&mut state);
        assert_eq!(state.as_chunks().0, [[1, 2, 3, 4]; 8]);
    }
}
