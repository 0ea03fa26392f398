//! ECDSA: the curve is the key's, the hash the signature's, and either goes with either.

use super::algorithm::Algorithm;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rustls_pki_types::alg_id;
#[cfg(feature = "sha512")]
use sha2_tls::Sha384;
use sha2_tls::{Digest, Sha256};

pub(super) static P256_SHA256: Algorithm =
    Algorithm { key: alg_id::ECDSA_P256, signature: alg_id::ECDSA_SHA256, check: p256::<Sha256> };
#[cfg(feature = "sha512")]
pub(super) static P256_SHA384: Algorithm =
    Algorithm { key: alg_id::ECDSA_P256, signature: alg_id::ECDSA_SHA384, check: p256::<Sha384> };
#[cfg(feature = "p384")]
pub(super) static P384_SHA256: Algorithm =
    Algorithm { key: alg_id::ECDSA_P384, signature: alg_id::ECDSA_SHA256, check: p384::<Sha256> };
#[cfg(feature = "p384")]
pub(super) static P384_SHA384: Algorithm =
    Algorithm { key: alg_id::ECDSA_P384, signature: alg_id::ECDSA_SHA384, check: p384::<Sha384> };

fn p256<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(uncompressed(key)?).ok()?;
    let signature = p256::ecdsa::Signature::from_der(signature).ok()?;
    key.verify_prehash(&D::digest(message), &signature).ok()
}

#[cfg(feature = "p384")]
fn p384<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(uncompressed(key)?).ok()?;
    let signature = p384::ecdsa::Signature::from_der(signature).ok()?;
    key.verify_prehash(&D::digest(message), &signature).ok()
}

/// A point without compression, the one form that RFC 5480 section 2.2 obliges all to know, and the
/// one that certificates use.
fn uncompressed(point: &[u8]) -> Option<&[u8]> {
    Some(point).filter(|point| point.first() == Some(&0x04))
}
