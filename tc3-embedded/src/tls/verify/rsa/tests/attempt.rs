//! A signature to verify with this crate and with the `rsa` crate.

use super::forge::{MessageToEncode, Signer, big_endian, public_key};
use super::scheme::Scheme;
use crate::tls::verify::random::Random;
use ::rsa::BigUint;
use std::vec::Vec;

/// The arguments of one verification.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) scheme: &'static Scheme,
    /// The defect of the encoded message. "nothing" means that it is valid.
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
            let to_encode = MessageToEncode { hash: scheme.hash, prefix: scheme.prefix, message, salt, len };
            let encoded = encode(&to_encode);
            // An encoded message whose leftmost bit is set can be larger than the modulus.
            let Some(signature) = signer.sign(&encoded) else { continue };
            return Self {
                scheme,
                encoding: name,
                encoded,
                modulus: signer.modulus().clone(),
                exponent: signer.exponent().clone(),
                message: to_encode.message,
                signature,
            };
        }
    }

    pub(super) fn key(&self) -> Vec<u8> {
        public_key(&self.modulus, &self.exponent)
    }

    /// Whether this crate accepts the signature, and whether the `rsa` crate accepts it.
    pub(super) fn accepted_by(&self) -> [bool; 2] {
        let accept = [Scheme::we_accept, Scheme::they_accept];
        accept.map(|accept| accept(self.scheme, &self.key(), &self.message, &self.signature))
    }

    /// Replaces the signature s by s + n, which can be a byte longer.
    pub(super) fn add_the_modulus(&mut self) {
        self.set_number(&(self.number() + &self.modulus));
    }

    /// The signature as a number.
    pub(super) fn number(&self) -> BigUint {
        BigUint::from_bytes_be(&self.signature)
    }

    /// Replaces the signature by this number.
    pub(super) fn set_number(&mut self, number: &BigUint) {
        let digits = number.to_bytes_be().len();
        self.signature = big_endian(number, digits.max(self.signature.len()));
    }
}
