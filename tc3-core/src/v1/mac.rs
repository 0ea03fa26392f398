//! The MACs of signature v1.

use super::Algorithm;
#[cfg(feature = "hmacsha1")]
use crate::hash::{Blocks, Function};
use crate::{encode::Encode, hash::Sha256Engine, hmac::Key, stack};

/// A MAC of 20 or 32 bytes.
#[derive(Clone, Copy)]
pub(crate) struct Mac {
    bytes: [u8; 32],
    len: usize,
}

impl Mac {
    /// Of all MACs of a algorithm, one that is the longest in percent-encoded base64: all slashes.
    pub(crate) const fn longest(algorithm: Algorithm) -> Self {
        let len = match algorithm {
            #[cfg(feature = "hmacsha1")]
            Algorithm::HmacSha1 | Algorithm::HmacSha1Unnamed => 20,
            Algorithm::HmacSha256 => 32,
        };
        Self { bytes: [0xff; 32], len }
    }

    pub(crate) fn new<H: Sha256Engine>(
        hash: &mut H,
        algorithm: Algorithm,
        key: &str,
        text: &impl Encode,
    ) -> Self {
        match algorithm {
            #[cfg(feature = "hmacsha1")]
            Algorithm::HmacSha1 | Algorithm::HmacSha1Unnamed => {
                let mut hash = Blocks::<Sha1>::new();
                Self::of(&mut hash, 20, key, text)
            }
            Algorithm::HmacSha256 => Self::of(hash, 32, key, text),
        }
    }

    fn of<H: Sha256Engine>(hash: &mut H, len: usize, key: &str, text: &impl Encode) -> Self {
        let (mut block, mut mac) = (Key::NONE, Self { bytes: [0; 32], len });
        block.set(hash, &[], key.as_bytes());
        block.begin(hash);
        text.encode_to(hash);
        block.finish(hash, &mut mac.bytes, len);
        stack::cover();
        mac
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[cfg(feature = "hmacsha1")]
struct Sha1;

#[cfg(feature = "hmacsha1")]
impl Function for Sha1 {
    type State = [u32; 5];
    const NONE: Self::State = [0; 5];
    const INITIAL: Self::State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

    fn compress(state: &mut Self::State, blocks: &[[u8; 64]]) {
        sha1::block_api::compress(state, blocks);
    }
}
