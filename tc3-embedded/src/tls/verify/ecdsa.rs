//! ECDSA signatures. The key determines the curve, and the signature algorithm determines the hash. Both
//! curves can be combined with both hashes.

use super::algorithm::Algorithm;
use super::der::{DerReader, SEQUENCE};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rustls_pki_types::alg_id;
#[cfg(feature = "sha512")]
use sha2_tls::Sha384;
use sha2_tls::{Digest, Sha256};

pub(super) static P256_SHA256: Algorithm =
    Algorithm { key: alg_id::ECDSA_P256, signature: alg_id::ECDSA_SHA256, verify: p256::<Sha256> };
#[cfg(feature = "sha512")]
pub(super) static P256_SHA384: Algorithm =
    Algorithm { key: alg_id::ECDSA_P256, signature: alg_id::ECDSA_SHA384, verify: p256::<Sha384> };
#[cfg(feature = "p384")]
pub(super) static P384_SHA256: Algorithm =
    Algorithm { key: alg_id::ECDSA_P384, signature: alg_id::ECDSA_SHA256, verify: p384::<Sha256> };
#[cfg(feature = "p384")]
pub(super) static P384_SHA384: Algorithm =
    Algorithm { key: alg_id::ECDSA_P384, signature: alg_id::ECDSA_SHA384, verify: p384::<Sha384> };

fn p256<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(uncompressed(key)?).ok()?;
    let [r, s] = parse_signature::<32>(signature)?;
    let signature = p256::ecdsa::Signature::from_scalars(r, s).ok()?;
    key.verify_prehash(&D::digest(message), &signature).ok()
}

#[cfg(feature = "p384")]
fn p384<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(uncompressed(key)?).ok()?;
    let [r, s] = parse_signature::<48>(signature)?;
    let signature = p384::ecdsa::Signature::from_scalars(r, s).ok()?;
    key.verify_prehash(&D::digest(message), &signature).ok()
}

/// RFC 5480 appendix A: `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }`. The DER reader of the
/// curve crates is not used, so that firmware links only one DER reader.
fn parse_signature<const N: usize>(signature: &[u8]) -> Option<[[u8; N]; 2]> {
    let mut outer = DerReader::new(signature);
    let mut fields = outer.take(SEQUENCE).ok()?;
    outer.end().ok()?;
    let numbers = [left_pad(fields.positive_integer().ok()?)?, left_pad(fields.positive_integer().ok()?)?];
    fields.end().ok()?;
    Some(numbers)
}

fn left_pad<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut number = [0; N];
    let start = N.checked_sub(digits.len())?;
    for (to, from) in number.iter_mut().skip(start).zip(digits) {
        *to = *from;
    }
    Some(number)
}

/// Accepts only an uncompressed point. Certificates use this form, and RFC 5480 section 2.2 requires
/// support for it.
fn uncompressed(point: &[u8]) -> Option<&[u8]> {
    Some(point).filter(|point| point.first() == Some(&0x04))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::tls::verify::random::Random;
    use p256::ecdsa::signature::hazmat::PrehashSigner;
    use p256::ecdsa::{Signature, SigningKey};
    use std::vec::Vec;

    const MESSAGE: &[u8] = b"TLS 1.3, server CertificateVerify";

    fn sign<D: Digest>() -> (SigningKey, Vec<u8>) {
        let key = SigningKey::from_slice(&[0x42; 32]).unwrap();
        let signature: Signature = key.sign_prehash(&D::digest(MESSAGE)).unwrap();
        (key, signature.to_der().as_bytes().to_vec())
    }

    fn point(key: &SigningKey, compress: bool) -> Vec<u8> {
        key.verifying_key().to_encoded_point(compress).as_bytes().to_vec()
    }

    #[test]
    fn a_compressed_point_is_refused() {
        let (key, signature) = sign::<Sha256>();
        assert!(p256::<Sha256>(&point(&key, false), MESSAGE, &signature).is_some());
        assert!(p256::<Sha256>(&point(&key, true), MESSAGE, &signature).is_none());
        assert!(p256::<Sha256>(&point(&key, false)[1..], MESSAGE, &signature).is_none());
        assert!(p256::<Sha256>(&[], MESSAGE, &signature).is_none());
    }

    #[cfg(feature = "sha512")]
    #[test]
    fn a_hash_longer_than_the_curve_is_accepted_and_another_hash_is_not() {
        let (key, signature) = sign::<Sha384>();
        let point = point(&key, false);
        assert!(p256::<Sha384>(&point, MESSAGE, &signature).is_some());
        assert!(p256::<Sha256>(&point, MESSAGE, &signature).is_none());
        assert!(p256::<Sha384>(&point, &MESSAGE[1..], &signature).is_none());
    }

    /// The curve crates parse points and signatures, and contain code that can panic.
    #[test]
    fn mutated_points_and_signatures_are_refused_and_do_not_panic() {
        const SEED: u64 = 0x7463_3345_4344_5341;
        let mut random = Random::from_seed(SEED);
        let (key, good) = sign::<Sha256>();
        let good = [point(&key, false), good];
        for _ in 0..3_000 {
            let mut mutated = good.clone();
            let which = random.below(2);
            for _ in 0..=random.below(3) {
                match random.below(4) {
                    0 => mutated[which].truncate(random.below(80)),
                    1 => {
                        let count = 1 + random.below(3);
                        mutated[which].extend(random.bytes(count));
                    }
                    _ if mutated[which].is_empty() => {}
                    _ => random.flip_a_bit(&mut mutated[which]),
                }
            }
            let [point, signature] = &mutated;
            let accepted = p256::<Sha256>(point, MESSAGE, signature).is_some();
            assert_eq!(accepted, mutated == good, "seed {SEED:#x}: {mutated:x?}");
        }
    }
}
