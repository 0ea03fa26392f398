//! HMAC-SHA256 (RFC 2104) over a borrowed engine.
//!
//! By hand, because one lent engine and one 64-byte block need less stack than a keyed hasher that
//! is moved about; tested against the `hmac` crate.

use crate::{
    encode::{Sink, copy},
    hash::Sha256Engine,
};
use zeroize::Zeroize;

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// A key filled up with zeros to one block, and masked in place while it is in use. One that is kept for
/// many MACs becomes the two states that its two masks lead to, if the engine can go back to them.
pub(crate) struct Key([[u8; 32]; 2]);

impl Key {
    pub(crate) const NONE: Self = Self([[0; 32]; 2]);

    /// Becomes `prefix` and `key` in a row, where it lies: a key that moves leaves a copy behind. One
    /// longer than a block is hashed first.
    pub(crate) fn set<H: Sha256Engine>(&mut self, hash: &mut H, prefix: &[u8], key: &[u8]) {
        let block = self.0.as_flattened_mut();
        block.fill(0);
        if prefix.len().saturating_add(key.len()) > block.len() {
            hash.begin();
            hash.put(prefix);
            hash.put(key);
            let [head, _] = &mut self.0;
            hash.finish(head);
        } else if let Some((head, tail)) = block.split_at_mut_checked(prefix.len()) {
            copy(head, prefix);
            copy(tail, key);
        }
    }

    /// Begins a MAC of what the engine is given from now on.
    pub(crate) fn begin<H: Sha256Engine>(&mut self, hash: &mut H) {
        self.absorb(hash, INNER);
    }

    /// Ends the MAC, of an engine whose digests are `len` bytes; the key is none after it.
    pub(crate) fn finish<H: Sha256Engine>(&mut self, hash: &mut H, mac: &mut [u8; 32], len: usize) {
        self.finish_inner(hash, mac, len);
        hash.finish(mac);
    }

    /// Makes the MAC of a short message the next key, in the place of the last one.
    pub(crate) fn advance<H: Sha256Engine>(&mut self, hash: &mut H, message: &[u8], inner: &mut [u8; 32]) {
        self.begin(hash);
        hash.put(message);
        self.finish_inner(hash, inner, 32);
        let [head, tail] = &mut self.0;
        hash.finish(head);
        *tail = [0; 32];
    }

    /// The key, of one that has [advanced](Self::advance).
    pub(crate) const fn advanced(&self) -> &[u8; 32] {
        let [head, _] = &self.0;
        head
    }

    /// Ends the inner message, and gives its digest to the outer one.
    fn finish_inner<H: Sha256Engine>(&mut self, hash: &mut H, inner: &mut [u8; 32], len: usize) {
        hash.finish(inner);
        self.absorb(hash, INNER ^ OUTER);
        hash.put(inner.get(..len).unwrap_or_default());
    }

    /// Makes the key one that is kept; what is left in `inner` is as secret.
    pub(crate) fn keep<H: Sha256Engine>(&mut self, hash: &mut H, inner: &mut [u8; 32]) {
        self.absorb(hash, INNER);
        hash.midstate(inner);
        if hash.resume(inner) {
            self.absorb(hash, INNER ^ OUTER);
            let [head, tail] = &mut self.0;
            *head = *inner;
            hash.midstate(tail);
        } else {
            self.mask(INNER);
        }
    }

    /// Begins a MAC with a kept key.
    pub(crate) fn begin_kept<H: Sha256Engine>(&mut self, hash: &mut H) {
        let [inner, _] = &self.0;
        if !hash.resume(inner) {
            self.absorb(hash, INNER);
        }
    }

    /// Ends a MAC with a kept key, which is kept.
    pub(crate) fn finish_kept<H: Sha256Engine>(&mut self, hash: &mut H, mac: &mut [u8; 32]) {
        hash.finish(mac);
        let [_, outer] = &self.0;
        let resumed = hash.resume(outer);
        if !resumed {
            self.absorb(hash, INNER ^ OUTER);
        }
        hash.put(mac);
        hash.finish(mac);
        if !resumed {
            self.mask(OUTER);
        }
    }

    /// Masks the key, on top of the mask it has, and starts a message with it.
    fn absorb<H: Sha256Engine>(&mut self, hash: &mut H, mask: u8) {
        self.mask(mask);
        hash.begin();
        hash.put(self.0.as_flattened());
    }

    fn mask(&mut self, mask: u8) {
        self.0.as_flattened_mut().iter_mut().for_each(|byte| *byte ^= mask);
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.as_flattened_mut().zeroize();
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

    /// An engine that cannot go back; as hardware has it, it does not tell where it is either.
    struct Plain {
        hash: Software,
        tells: bool,
    }

    impl Sha256Engine for Plain {
        fn begin(&mut self) {
            self.hash.begin();
        }

        fn update(&mut self, bytes: &[u8]) {
            self.hash.update(bytes);
        }

        fn finish(&mut self, digest: &mut [u8; 32]) {
            self.hash.finish(digest);
        }

        fn midstate(&self, state: &mut [u8; 32]) {
            if self.tells {
                self.hash.midstate(state);
            }
        }
    }

    fn oracle(key: &[u8], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    fn mac<H: Sha256Engine>(hash: &mut H, prefix: &[u8], key: &[u8], message: &[u8]) -> [u8; 32] {
        let (mut block, mut mac) = (Key::NONE, [0; 32]);
        block.set(hash, prefix, key);
        block.begin(hash);
        hash.update(message);
        block.finish(hash, &mut mac, 32);
        mac
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
        fn kept<H: Sha256Engine>(mut hash: H, key: &[u8], message: &[u8]) -> [[u8; 32]; 2] {
            let mut block = Key::NONE;
            block.set(&mut hash, &[], key);
            block.keep(&mut hash, &mut [0; 32]);
            [(); 2].map(|()| {
                let mut mac = [0; 32];
                block.begin_kept(&mut hash);
                hash.update(message);
                block.finish_kept(&mut hash, &mut mac);
                mac
            })
        }
        let (key, message) = ([0x17; 32], [0x2b; 118]);
        let expected = [oracle(&key, &message); 2];
        assert_eq!(kept(Software::new(), &key, &message), expected);
        for tells in [false, true] {
            assert_eq!(kept(Plain { hash: Software::new(), tells }, &key, &message), expected, "{tells}");
        }
    }
}
