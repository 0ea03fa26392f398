//! HMAC-SHA256 (RFC 2104) over a borrowed engine.
//!
//! By hand, because one lent engine and one 64-byte block need less stack than a keyed hasher that
//! is moved about; tested against the `hmac` crate.

use crate::{
    hash::{Sha256, copy},
    spell::Spell,
};
use zeroize::{Zeroize, Zeroizing};

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// A key filled up with zeros to one block, and masked in place while it is in use.
pub(crate) struct KeyBlock([u8; 64]);

impl KeyBlock {
    pub(crate) const NONE: Self = Self([0; 64]);

    /// Becomes `prefix` and `key` in a row, where it lies: a key that moves leaves a copy behind. One
    /// longer than a block is hashed first.
    pub(crate) fn set<H: Sha256>(&mut self, hash: &mut H, prefix: &[u8], key: &[u8]) {
        if prefix.len().saturating_add(key.len()) > self.0.len() {
            hash.begin();
            hash.update(prefix);
            hash.update(key);
            self.replace(&Zeroizing::new(hash.finish()));
        } else {
            self.0.fill(0);
            let (head, tail) = self.0.split_at_mut_checked(prefix.len()).unwrap_or_default();
            copy(head, prefix);
            copy(tail, key);
        }
    }

    fn replace(&mut self, key: &[u8; 32]) {
        let (head, tail) = self.0.split_at_mut(32);
        if let Some(head) = head.first_chunk_mut() {
            *head = *key;
        }
        tail.fill(0);
    }

    /// The key itself, when it has 32 bytes: lent, for what is returned leaves a copy behind.
    pub(crate) fn key(&self) -> &[u8; 32] {
        self.0.first_chunk().unwrap_or(&[0; 32])
    }

    pub(crate) fn begin<H: Sha256>(&mut self, hash: &mut H) {
        self.absorb(hash, INNER);
    }

    /// Ends the MAC of what the engine was given since `begin`; the key is none after it.
    pub(crate) fn finish<H: Sha256>(&mut self, hash: &mut H) -> [u8; 32] {
        self.finish_of(hash, 32)
    }

    /// As [`finish`](Self::finish), of an engine whose digests are `len` bytes and zeros after them.
    pub(crate) fn finish_of<H: Sha256>(&mut self, hash: &mut H, len: usize) -> [u8; 32] {
        let inner = Zeroizing::new(hash.finish());
        self.absorb(hash, INNER ^ OUTER);
        hash.update(inner.get(..len).unwrap_or_default());
        hash.finish()
    }

    /// Makes the MAC of a short message the next key.
    pub(crate) fn advance<H: Sha256>(&mut self, hash: &mut H, message: &dyn Spell) {
        self.begin(hash);
        message.spell(hash);
        let mac = Zeroizing::new(self.finish(hash));
        self.replace(&mac);
    }

    /// Masks the key, on top of the mask it has, and starts a message with it.
    fn absorb<H: Sha256>(&mut self, hash: &mut H, mask: u8) {
        self.0.iter_mut().for_each(|byte| *byte ^= mask);
        hash.begin();
        hash.update(&self.0);
    }
}

impl Drop for KeyBlock {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A key for many MACs, in the form that is quickest for the engine: its two midstates, or the key
/// itself where the engine cannot go back to a midstate.
pub(crate) struct MacKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl MacKey {
    pub(crate) const NONE: Self = Self { inner: [0; 8], outer: [0; 8] };

    pub(crate) fn set<H: Sha256>(&mut self, hash: &mut H, block: &mut KeyBlock) {
        if hash.midstate().is_none() {
            for (bytes, word) in block.key().as_chunks().0.iter().zip(&mut self.inner) {
                *word = u32::from_be_bytes(*bytes);
            }
            return;
        }
        block.begin(hash);
        self.inner = hash.midstate().unwrap_or_default();
        block.absorb(hash, INNER ^ OUTER);
        self.outer = hash.midstate().unwrap_or_default();
    }

    pub(crate) fn begin<H: Sha256>(&self, hash: &mut H) {
        match hash.midstate() {
            Some(_) => hash.resume(&self.inner),
            None => self.absorb(hash, INNER),
        }
    }

    pub(crate) fn finish<H: Sha256>(&self, hash: &mut H) -> [u8; 32] {
        let inner = hash.finish();
        match hash.midstate() {
            Some(_) => hash.resume(&self.outer),
            None => self.absorb(hash, OUTER),
        }
        hash.update(&inner);
        hash.finish()
    }

    fn absorb<H: Sha256>(&self, hash: &mut H, mask: u8) {
        let mut block = KeyBlock::NONE;
        block.set(hash, &[], Zeroizing::new(self.inner.map(u32::to_be_bytes)).as_flattened());
        block.absorb(hash, mask);
    }
}

impl Drop for MacKey {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "a test may panic"
    )]

    use super::*;
    use crate::hash::Software;
    use ::hmac::{Hmac, KeyInit, Mac};

    /// An engine as hardware has it: no midstates.
    struct Plain(Software);

    impl Sha256 for Plain {
        fn begin(&mut self) {
            self.0.begin();
        }

        fn update(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }

        fn finish(&mut self) -> [u8; 32] {
            self.0.finish()
        }
    }

    fn oracle(key: &[u8], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    fn mac<H: Sha256>(hash: &mut H, prefix: &[u8], key: &[u8], message: &[u8]) -> [u8; 32] {
        let mut block = KeyBlock::NONE;
        block.set(hash, prefix, key);
        block.begin(hash);
        hash.update(message);
        block.finish(hash)
    }

    #[test]
    fn every_key_length_agrees_with_the_hmac_crate() {
        let key: [u8; 203] = core::array::from_fn(|at| u8::try_from(at).unwrap() ^ 0x5a);
        let mut hash = Software::new();
        for len in 3..=key.len() {
            let (prefix, rest) = key[..len].split_at(3);
            let message = &key[..len / 2];
            assert_eq!(mac(&mut hash, prefix, rest, message), oracle(&key[..len], message), "{len}");
        }
    }

    #[test]
    fn a_kept_key_gives_the_same_mac_with_and_without_midstates() {
        fn kept<H: Sha256>(mut hash: H, key: &[u8], message: &[u8]) -> [[u8; 32]; 2] {
            let mut block = KeyBlock::NONE;
            block.set(&mut hash, &[], key);
            let mut key = MacKey::NONE;
            key.set(&mut hash, &mut block);
            [(); 2].map(|()| {
                key.begin(&mut hash);
                hash.update(message);
                key.finish(&mut hash)
            })
        }
        let (key, message) = ([0x17; 32], [0x2b; 118]);
        let expected = [oracle(&key, &message); 2];
        assert_eq!(kept(Software::new(), &key, &message), expected);
        assert_eq!(kept(Plain(Software::new()), &key, &message), expected);
    }
}
