//! The MACs of signature v1.

use super::algorithm::Algorithm;
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
    /// The MAC whose percent-encoded base64 is the longest possible: the base64 of `0xff` bytes is nearly all slashes, and each becomes `%2F`.
    pub(super) const fn longest(algorithm: Algorithm) -> Self {
        let len = match algorithm {
            #[cfg(feature = "hmacsha1")]
            Algorithm::HmacSha1 | Algorithm::HmacSha1Unnamed => 20,
            Algorithm::HmacSha256 => 32,
        };
        Self { bytes: [0xff; 32], len }
    }

    /// Computes `HMAC(key, message)`.
    pub(crate) fn new<H: Sha256Engine>(
        hash: &mut H,
        algorithm: Algorithm,
        key: &str,
        message: &impl Encode,
    ) -> Self {
        match algorithm {
            #[cfg(feature = "hmacsha1")]
            Algorithm::HmacSha1 | Algorithm::HmacSha1Unnamed => Self::with(&mut Sha1::new(), key, message),
            Algorithm::HmacSha256 => Self::with(hash, key, message),
        }
    }

    fn with<H: Hash>(hash: &mut H, key: &str, message: &impl Encode) -> Self {
        let (mut hmac, mut mac) = (Key::NONE, Self { bytes: [0; 32], len: H::LEN });
        hmac.set(hash, &[], key.as_bytes());
        hmac.begin(hash);
        message.encode_to(hash);
        hmac.finish(hash, &mut mac.bytes);
        wipe_stack();
        mac
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}
