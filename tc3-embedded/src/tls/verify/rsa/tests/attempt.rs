//! A signature before a verifier.

use super::forge::{Draft, Signer, big_endian, public_key};
use super::scheme::Scheme;
use crate::tls::verify::random::Random;
use ::rsa::BigUint;
use std::vec::Vec;

/// One call of a verifier.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) scheme: &'static Scheme,
    /// What was done to the encoded message, or "nothing".
    pub(super) encoding: &'static str,
    pub(super) encoded: Vec<u8>,
    pub(super) modulus: BigUint,
    pub(super) exponent: BigUint,
    pub(super) message: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl Attempt {
    pub(super) fn new(
        signer: &Signer,
        scheme: &'static Scheme,
        encoding: usize,
        random: &mut Random,
    ) -> Self {
        let (name, encode) = scheme.encodings[encoding];
        let len = signer.modulus().to_bytes_be().len();
        loop {
            let length = random.below(300);
            let (message, salt) = (random.bytes(1 + length), random.bytes(100));
            let draft = Draft { hash: scheme.hash, prefix: scheme.prefix, message, salt, len };
            let encoded = encode(&draft);
            // One with its leftmost bit set may be too large for the modulus.
            let Some(signature) = signer.sign(&encoded) else { continue };
            return Self {
                scheme,
                encoding: name,
                encoded,
                modulus: signer.modulus().clone(),
                exponent: signer.exponent().clone(),
                message: draft.message,
                signature,
            };
        }
    }

    pub(super) fn key(&self) -> Vec<u8> {
        public_key(&self.modulus, &self.exponent)
    }

    /// Whether we, and whether they accept it.
    pub(super) fn answers(&self) -> [bool; 2] {
        let accept = [Scheme::we_accept, Scheme::they_accept];
        accept.map(|accept| accept(self.scheme, &self.key(), &self.message, &self.signature))
    }

    /// Which may make the signature a byte too long.
    pub(super) fn add_the_modulus(&mut self) {
        self.sign_with(&(self.number() + &self.modulus));
    }

    pub(super) fn number(&self) -> BigUint {
        BigUint::from_bytes_be(&self.signature)
    }

    pub(super) fn sign_with(&mut self, number: &BigUint) {
        let digits = number.to_bytes_be().len();
        self.signature = big_endian(number, digits.max(self.signature.len()));
    }
}
