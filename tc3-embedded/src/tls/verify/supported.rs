//! The signature algorithms that a server may use.

use super::ecdsa;
#[cfg(feature = "rsa")]
use super::rsa;
use rustls_pki_types::SignatureVerificationAlgorithm;

/// The algorithms for signatures on certificates.
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

/// The algorithm of a CertificateVerify with this `SignatureScheme` (RFC 8446 section 4.2.3).
///
/// The RSA schemes are `rsa_pss_rsae_*`, for keys with the algorithm `rsaEncryption`. PKCS#1 v1.5 is not
/// among them. RFC 8446: its values "refer solely to signatures which appear in certificates […] and are
/// not defined for use in signed TLS handshake messages".
pub(super) fn for_scheme(scheme: u16) -> Option<&'static dyn SignatureVerificationAlgorithm> {
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
#[allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
