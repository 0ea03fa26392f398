//! The signature algorithms of this crate, each with its counterpart in the `rsa` crate.

use super::forge::{Encoding, PKCS1, PSS};
use crate::tls::verify::algorithm::Algorithm;
use crate::tls::verify::rsa::pkcs1::DigestInfo as _;
use ::rsa::RsaPublicKey;
use ::rsa::pkcs1::DecodeRsaPublicKey as _;
use ::rsa::signature::Verifier as _;
use rustls_pki_types::SignatureVerificationAlgorithm as _;
use sha2_tls::{Digest as _, Sha256};
#[cfg(feature = "sha512")]
use sha2_tls::{Sha384, Sha512};
use std::vec::Vec;

pub(super) struct Scheme {
    pub(super) name: &'static str,
    ours: &'static Algorithm,
    theirs: fn(RsaPublicKey, &[u8], &[u8]) -> Option<()>,
    pub(super) hash: fn(&[u8]) -> Vec<u8>,
    /// The bytes of the DigestInfo before the hash.
    pub(super) prefix: [u8; 19],
    pub(super) encodings: &'static [Encoding],
}

impl Scheme {
    pub(super) fn we_accept(&self, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        self.ours.verify_signature(key, message, signature).is_ok()
    }

    pub(super) fn they_accept(&self, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let key = RsaPublicKey::from_pkcs1_der(key).ok();
        key.and_then(|key| (self.theirs)(key, message, signature)).is_some()
    }
}

macro_rules! scheme {
    ($ours:ident, $theirs:ident, $hash:ident, $encodings:ident) => {
        Scheme {
            name: stringify!($ours),
            ours: &crate::tls::verify::rsa::$ours,
            theirs: |key, message, signature| {
                let signature = ::rsa::$theirs::Signature::try_from(signature).ok()?;
                ::rsa::$theirs::VerifyingKey::<$hash>::new(key).verify(message, &signature).ok()
            },
            hash: |message| $hash::digest(message).to_vec(),
            prefix: $hash::PREFIX,
            encodings: $encodings,
        }
    };
}

pub(super) static PKCS1_SCHEMES: &[Scheme] = &[
    scheme!(PKCS1_SHA256, pkcs1v15, Sha256, PKCS1),
    #[cfg(feature = "sha512")]
    scheme!(PKCS1_SHA384, pkcs1v15, Sha384, PKCS1),
    #[cfg(feature = "sha512")]
    scheme!(PKCS1_SHA512, pkcs1v15, Sha512, PKCS1),
];

pub(super) static PSS_SCHEMES: &[Scheme] = &[
    scheme!(PSS_SHA256, pss, Sha256, PSS),
    #[cfg(feature = "sha512")]
    scheme!(PSS_SHA384, pss, Sha384, PSS),
    #[cfg(feature = "sha512")]
    scheme!(PSS_SHA512, pss, Sha512, PSS),
];
