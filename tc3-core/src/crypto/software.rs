//! SHA-256 in software.

use super::{
    block::{BLOCK, Blocks, Compress},
    sha256::Sha256Engine,
};
use core::fmt;

/// SHA-256 in software, by the compression function of the `sha2` crate.
///
/// Where a `usize` has 32 bits, a message must be shorter than 4 GiB.
#[derive(Clone)]
pub struct Software(Blocks<Sha256>);

impl Software {
    /// An engine that has not started a message.
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

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        self.0.finish(digest);
    }

    fn midstate(&self, state: &mut [u8; 32]) {
        self.0.midstate(state);
    }

    fn resume(&mut self, state: &[u8; 32]) -> bool {
        self.0.resume(state);
        true
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

/// The compression function of SHA-256.
#[derive(Clone)]
pub(super) struct Sha256;

impl Compress for Sha256 {
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
pub(in crate::crypto) mod tests {
    #![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test may panic")]

    use super::*;
    use crate::crypto::block::BLOCK;
    use sha2::Digest;

    pub(in crate::crypto) fn bytes<const N: usize>() -> [u8; N] {
        core::array::from_fn(|at| u8::try_from(at * 7 % 251).unwrap_or_default())
    }

    pub(in crate::crypto) fn digest(hash: &mut impl Sha256Engine) -> [u8; 32] {
        let mut digest = [0xee; 32];
        hash.finish(&mut digest);
        digest
    }

    pub(in crate::crypto) fn expected(message: &[u8]) -> [u8; 32] {
        sha2::Sha256::digest(message).into()
    }

    /// Hashes each message in two pieces at every split, and in many pieces.
    pub(in crate::crypto) fn agrees_with_the_sha2_crate(hash: &mut impl Sha256Engine) {
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
    fn whole_blocks_are_hashed_in_place() {
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
        assert_eq!(hash.0.state, Sha256::INITIAL);
        assert!(hash.0.block.iter().all(|byte| *byte == 0));
        assert_eq!(hash.0.len, 0);
    }

    #[test]
    fn a_message_resumes_from_its_midstate() {
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
    fn a_borrowed_engine_resumes_too() {
        let (mut hash, mut state) = (Software::new(), [0; 32]);
        assert!(Sha256Engine::resume(&mut &mut hash, &[7; 32]));
        hash.midstate(&mut state);
        assert_eq!(state, [7; 32]);
    }
}
