//! The MACs of signature v1.

use super::request::Algorithm;
#[cfg(feature = "hmacsha1")]
use crate::crypto::sha1::Sha1;
use crate::{
    crypto::{block::Hash, hmac::Key, sha256::Sha256Engine, stack::wipe_stack},
    encode::Encode,
};

/// A MAC of 20 or 32 bytes.
#[derive(Clone, Copy)]
pub(crate) struct Mac {
    bytes: [u8; 32],
    len: usize,
}

impl Mac {
    /// The MAC with the longest percent-encoded base64 of all MACs of an algorithm: only slashes.
    pub(super) const fn longest(algorithm: Algorithm) -> Self {
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
            Algorithm::HmacSha1 | Algorithm::HmacSha1Unnamed => Self::with(&mut Sha1::new(), key, text),
            Algorithm::HmacSha256 => Self::with(hash, key, text),
        }
    }

    fn with<H: Hash>(hash: &mut H, key: &str, text: &impl Encode) -> Self {
        let (mut block, mut mac) = (Key::NONE, Self { bytes: [0; 32], len: H::LEN });
        block.set(hash, &[], key.as_bytes());
        block.begin(hash);
        text.encode_to(hash);
        block.finish(hash, &mut mac.bytes);
        wipe_stack();
        mac
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}
