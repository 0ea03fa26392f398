//! HMAC (RFC 2104) over a borrowed hash: with SHA-256, and with SHA-1 for HmacSHA1.
//!
//! [A page](crate::how_unused_features_are_not_linked#hmac-key-caching-and-wiping) explains the order of steps, what
//! is cached and what is wiped.

use super::{block::Hash, sha256::Sha256Engine};
use crate::encode::{Sink, copy};
use zeroize::Zeroize;

const IPAD: u8 = 0x36;
const OPAD: u8 = 0x5c;

/// A key for one MAC, as one block in two halves. Wiped when dropped.
pub(crate) struct Key([[u8; 32]; 2]);

impl Key {
    pub(crate) const NONE: Self = Self([[0; 32]; 2]);

    /// Sets the key to `prefix` followed by `key`.
    pub(crate) fn set<H: Hash>(&mut self, hash: &mut H, prefix: &[u8], key: &[u8]) {
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

    /// Starts the inner hash.
    pub(crate) fn begin<H: Hash>(&mut self, hash: &mut H) {
        self.absorb(hash, IPAD);
    }

    /// Finishes the MAC. The key cannot be used again.
    pub(crate) fn finish<H: Hash>(&mut self, hash: &mut H, mac: &mut [u8; 32]) {
        self.finish_inner(hash, mac);
        hash.finish(mac);
    }

    /// Replaces the key by the MAC of a message: one step of a key derivation.
    pub(crate) fn derive<H: Hash>(&mut self, hash: &mut H, message: &[u8], inner: &mut [u8; 32]) {
        self.begin(hash);
        hash.put(message);
        self.finish_inner(hash, inner);
        let [head, tail] = &mut self.0;
        hash.finish(head);
        *tail = [0; 32];
    }

    /// The derived key, after [`derive`](Self::derive).
    pub(crate) const fn derived(&self) -> &[u8; 32] {
        let [head, _] = &self.0;
        head
    }

    /// Ends the inner hash, and starts the outer hash with the inner digest.
    fn finish_inner<H: Hash>(&mut self, hash: &mut H, inner: &mut [u8; 32]) {
        hash.finish(inner);
        self.absorb(hash, IPAD ^ OPAD);
        hash.put(inner.get(..H::LEN).unwrap_or_default());
    }

    /// Masks the key, on top of the mask it has, and starts a hash with it.
    fn absorb<H: Hash>(&mut self, hash: &mut H, mask: u8) {
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

/// A key for many MACs: the two midstates, or `K XOR ipad` where the engine has none.
pub(crate) struct PrecomputedKey(Key);

impl PrecomputedKey {
    pub(crate) const NONE: Self = Self(Key::NONE);

    /// The key to set in place, before [`precompute`](Self::precompute).
    pub(crate) const fn key(&mut self) -> &mut Key {
        &mut self.0
    }

    /// Precomputes the midstates. Afterwards `inner` contains a secret.
    pub(crate) fn precompute<H: Sha256Engine>(&mut self, hash: &mut H, inner: &mut [u8; 32]) {
        let Self(key) = self;
        key.absorb(hash, IPAD);
        hash.midstate(inner);
        if hash.resume(inner) {
            key.absorb(hash, IPAD ^ OPAD);
            let [head, tail] = &mut key.0;
            *head = *inner;
            hash.midstate(tail);
        } else {
            key.mask(IPAD);
        }
    }

    /// Starts the inner hash.
    pub(crate) fn begin<H: Sha256Engine>(&mut self, hash: &mut H) {
        let [inner, _] = &self.0.0;
        if !hash.resume(inner) {
            self.0.absorb(hash, IPAD);
        }
    }

    /// Finishes the MAC. The key can be used again.
    pub(crate) fn finish<H: Sha256Engine>(&mut self, hash: &mut H, mac: &mut [u8; 32]) {
        hash.finish(mac);
        let [_, outer] = &self.0.0;
        let resumed = hash.resume(outer);
        if !resumed {
            self.0.absorb(hash, IPAD ^ OPAD);
        }
        hash.put(mac);
        hash.finish(mac);
        if !resumed {
            self.0.mask(OPAD);
        }
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

    use super::{Key, PrecomputedKey, Sha256Engine};
    use crate::crypto::software::Software;
    use ::hmac::{Hmac, KeyInit, Mac};

    /// An engine that cannot resume, like most hardware. `has_midstate` decides whether it writes a midstate.
    struct Plain {
        hash: Software,
        has_midstate: bool,
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
            if self.has_midstate {
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
        block.finish(hash, &mut mac);
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
    fn a_precomputed_key_gives_the_same_mac_with_and_without_midstates() {
        fn macs<H: Sha256Engine>(mut hash: H, key: &[u8], message: &[u8]) -> [[u8; 32]; 2] {
            let mut precomputed = PrecomputedKey::NONE;
            precomputed.key().set(&mut hash, &[], key);
            precomputed.precompute(&mut hash, &mut [0; 32]);
            [(); 2].map(|()| {
                let mut mac = [0; 32];
                precomputed.begin(&mut hash);
                hash.update(message);
                precomputed.finish(&mut hash, &mut mac);
                mac
            })
        }
        let (key, message) = ([0x17; 32], [0x2b; 118]);
        let expected = [oracle(&key, &message); 2];
        assert_eq!(macs(Software::new(), &key, &message), expected);
        for has_midstate in [false, true] {
            assert_eq!(
                macs(Plain { hash: Software::new(), has_midstate }, &key, &message),
                expected,
                "{has_midstate}"
            );
        }
    }
}
