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
            Method::HmacSha1 | Method::HmacSha1Unnamed => sha1(key, text),
            Method::HmacSha256 => {
                let mut block = KeyBlock::NONE;
                block.set(hash, &[], key.as_bytes());
                block.begin(hash);
                text.spell(hash);
                Self { bytes: block.finish(hash), len: 32 }
            }
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[cfg(feature = "hmacsha1")]
fn sha1(key: &str, text: &dyn Spell) -> Mac {
    use crate::spell::Sink;
    use hmac::{Hmac, KeyInit, Mac as _};

    struct Update(Hmac<sha1::Sha1>);

    impl Sink for Update {
        fn put(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
    }

    let mut bytes = [0; 32];
    // A key of any length is right for HMAC: there is no error.
    if let Ok(mac) = Hmac::new_from_slice(key.as_bytes()) {
        let mut update = Update(mac);
        text.spell(&mut update);
        let mac = update.0.finalize().into_bytes();
        bytes.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
    }
    Mac { bytes, len: 20 }
}
