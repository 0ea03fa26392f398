//! The MACs of signature v1.

use super::Method;
use crate::{hash::Sha256, hmac::KeyBlock, spell::Spell};

/// A MAC of 20 or 32 bytes.
#[derive(Clone, Copy)]
pub(crate) struct Mac {
    bytes: [u8; 32],
    len: usize,
}

impl Mac {
    /// Of all MACs of a method, one that is the longest in percent-encoded base64: all slashes.
    pub(crate) const fn longest(method: Method) -> Self {
        let len = match method {
            #[cfg(feature = "hmacsha1")]
            Method::HmacSha1 | Method::HmacSha1Unnamed => 20,
            Method::HmacSha256 => 32,
        };
        Self { bytes: [0xff; 32], len }
    }

    pub(crate) fn new<H: Sha256>(hash: &mut H, method: Method, key: &str, text: &dyn Spell) -> Self {
        match method {
            #[cfg(feature = "hmacsha1")]
            Method::HmacSha1 | Method::HmacSha1Unnamed => Self::of(&mut Sha1::default(), 20, key, text),
            Method::HmacSha256 => Self::of(hash, 32, key, text),
        }
    }

    fn of<H: Sha256>(hash: &mut H, len: usize, key: &str, text: &dyn Spell) -> Self {
        let mut block = KeyBlock::NONE;
        block.set(hash, &[], key.as_bytes());
        block.begin(hash);
        text.spell(hash);
        Self { bytes: block.finish_of(hash, len), len }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// An engine like the others, but that its digests are filled up with zeros.
#[cfg(feature = "hmacsha1")]
#[derive(Default)]
struct Sha1(sha1::Sha1);

#[cfg(feature = "hmacsha1")]
impl Sha256 for Sha1 {
    fn begin(&mut self) {
        sha1::Digest::reset(&mut self.0);
    }

    fn update(&mut self, bytes: &[u8]) {
        sha1::Digest::update(&mut self.0, bytes);
    }

    fn finish(&mut self) -> [u8; 32] {
        let mut digest = [0; 32];
        if let Some(head) = digest.first_chunk_mut::<20>() {
            sha1::Digest::finalize_into_reset(&mut self.0, head.into());
        }
        digest
    }
}
