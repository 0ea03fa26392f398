//! HMAC-SHA256 (RFC 2104) over a borrowed engine.
//!
//! By hand, because one lent engine and one 64-byte block need half the stack of a keyed hasher
//! that is moved about; tested against the `hmac` crate.

use crate::hash::Sha256;
use zeroize::{Zeroize, Zeroizing};

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// A key filled up with zeros to one block, and masked in place while it is in use.
pub(crate) struct KeyBlock([u8; 64]);

impl KeyBlock {
    /// The key is `prefix` and `key` in a row; one longer than a block is hashed first.
    pub(crate) fn new<H: Sha256>(hash: &mut H, prefix: &[u8], key: &[u8]) -> Self {
        let mut block = Self([0; 64]);
        if prefix.len().saturating_add(key.len()) > block.0.len() {
            hash.begin();
            hash.update(prefix);
            hash.update(key);
            block.replace(&Zeroizing::new(hash.finish()));
        } else {
            let bytes = prefix.iter().chain(key);
            block.0.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        }
        block
    }

    fn replace(&mut self, key: &[u8; 32]) {
        let (head, tail) = self.0.split_at_mut(32);
        if let Some(head) = head.first_chunk_mut() {
            *head = *key;
        }
        tail.fill(0);
    }

    /// The key itself, when it has 32 bytes.
    pub(crate) fn key(&self) -> [u8; 32] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    pub(crate) fn begin<H: Sha256>(&mut self, hash: &mut H) {
        self.absorb(hash, INNER);
    }

    /// Ends the MAC of what the engine was given since `begin`.
    pub(crate) fn finish<H: Sha256>(&mut self, hash: &mut H) -> [u8; 32] {
        let inner = hash.finish();
        self.absorb(hash, OUTER);
        hash.update(&inner);
        hash.finish()
    }

    /// Makes the MAC of a short message the next key.
    pub(crate) fn advance<H: Sha256>(&mut self, hash: &mut H, message: &[u8]) {
        self.begin(hash);
        hash.update(message);
        let mac = Zeroizing::new(self.finish(hash));
        self.replace(&mac);
    }

    fn absorb<H: Sha256>(&mut self, hash: &mut H, mask: u8) {
        self.mask(mask);
        hash.begin();
        hash.update(&self.0);
        self.mask(mask);
    }

    fn mask(&mut self, mask: u8) {
        self.0.iter_mut().for_each(|byte| *byte ^= mask);
    }
}

impl Drop for KeyBlock {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A key for many MACs, in the form that is quickest for the engine: its two midstates, or the
/// bytes where the engine cannot go back to a midstate.
pub(crate) enum MacKey {
    Midstates { inner: [u32; 8], outer: [u32; 8] },
    Bytes([u8; 32]),
}

impl MacKey {
    pub(crate) fn new<H: Sha256>(hash: &mut H, block: &mut KeyBlock) -> Self {
        block.absorb(hash, INNER);
        let inner = hash.midstate();
        block.absorb(hash, OUTER);
        let outer = hash.midstate();
        match (inner, outer) {
            (Some(inner), Some(outer)) => Self::Midstates { inner, outer },
            _ => Self::Bytes(block.key()),
        }
    }

    pub(crate) fn begin<H: Sha256>(&self, hash: &mut H) {
        match self {
            Self::Midstates { inner, .. } => hash.resume(inner),
            Self::Bytes(key) => KeyBlock::new(hash, &[], key).begin(hash),
        }
    }

    pub(crate) fn finish<H: Sha256>(&self, hash: &mut H) -> [u8; 32] {
        match self {
            Self::Midstates { outer, .. } => {
                let inner = hash.finish();
                hash.resume(outer);
                hash.update(&inner);
                hash.finish()
            }
            Self::Bytes(key) => KeyBlock::new(hash, &[], key).finish(hash),
        }
    }
}

impl Drop for MacKey {
    fn drop(&mut self) {
        match self {
            Self::Midstates { inner, outer } => {
                inner.zeroize();
                outer.zeroize();
            }
            Self::Bytes(key) => key.zeroize(),
        }
    }
}
