//! The ways to sign that a server may use.

use super::ecdsa;
#[cfg(feature = "rsa")]
use super::rsa;
use core::fmt;
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

/// One of them. Keys, messages and signatures are public, so none takes care to take the same time
/// for each.
pub(super) struct Algorithm {
    pub(super) key: AlgorithmIdentifier,
    pub(super) signature: AlgorithmIdentifier,
    pub(super) check: Check,
}

type Check = fn(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()>;

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        (self.check)(key, message, signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

// The trait wants it, nothing shows it: derived, it would bring the identifiers' own into the image.
impl fmt::Debug for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Algorithm")
    }
}

/// All that a certificate may be signed with.
pub(super) static SUPPORTED: &[&dyn SignatureVerificationAlgorithm] = &[
    &ecdsa::P256_SHA256,
    #[cfg(feature = "sha512")]
    &ecdsa::P256_SHA384,
    #[cfg(feature = "p384")]
    &ecdsa::P384_SHA256,
    #[cfg(feature = "p384")]
    &ecdsa::P384_SHA384,
    #[cfg(feature = "rsa")]
    &rsa::PKCS1_SHA256,
    #[cfg(all(feature = "rsa", feature = "sha512"))]
    &rsa::PKCS1_SHA384,
    #[cfg(all(feature = "rsa", feature = "sha512"))]
    &rsa::PKCS1_SHA512,
    #[cfg(feature = "rsa")]
    &rsa::PSS_SHA256,
    #[cfg(all(feature = "rsa", feature = "sha512"))]
    &rsa::PSS_SHA384,
    #[cfg(all(feature = "rsa", feature = "sha512"))]
    &rsa::PSS_SHA512,
];

/// What a CertificateVerify of this `SignatureScheme` (RFC 8446 section 4.2.3) is signed with.
///
/// The RSA ones are `rsa_pss_rsae_*`, for keys that say `rsaEncryption`; PKCS#1 v1.5 values "refer
/// solely to signatures which appear in certificates […] and are not defined for use in signed TLS
/// handshake messages".
pub(super) fn of_handshake(scheme: u16) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    Some(match scheme {
        0x0403 => &ecdsa::P256_SHA256,
        #[cfg(feature = "p384")]
        0x0503 => &ecdsa::P384_SHA384,
        #[cfg(feature = "rsa")]
        0x0804 => &rsa::PSS_SHA256,
        #[cfg(all(feature = "rsa", feature = "sha512"))]
        0x0805 => &rsa::PSS_SHA384,
        #[cfg(all(feature = "rsa", feature = "sha512"))]
        0x0806 => &rsa::PSS_SHA512,
        _ => return None,
    })
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has to stop"
)]
mod tests;
