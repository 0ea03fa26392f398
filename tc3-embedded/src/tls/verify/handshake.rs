//! The signature over the handshake, by the key of the server's certificate.

use super::algorithm::of_handshake;
use super::der::{BIT_STRING, Malformed, Reader, SEQUENCE};
use super::untrusted::Untrusted;

/// Whether the holder of this key (a SubjectPublicKeyInfo) signed this.
pub(super) fn verify(scheme: u16, key: &[u8], content: &[u8], signature: &[u8]) -> Result<(), Untrusted> {
    let algorithm = of_handshake(scheme).ok_or(Untrusted::Scheme { scheme })?;
    let (kind, key) = parts(key).map_err(|_| Untrusted::Malformed)?;
    if kind != algorithm.public_key_alg_id().as_ref() {
        return Err(Untrusted::SchemeOfAnotherKey { scheme });
    }
    algorithm.verify_signature(key, content, signature).map_err(|_| Untrusted::BadSignature)
}

/// ```text
/// SubjectPublicKeyInfo  ::=  SEQUENCE  {
///      algorithm            AlgorithmIdentifier,
///      subjectPublicKey     BIT STRING  }
/// ```
fn parts(key: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let mut fields = Reader::new(key).take(SEQUENCE)?;
    let algorithm = fields.take(SEQUENCE)?.bytes();
    let malformed = fields.malformed();
    match fields.take(BIT_STRING)?.bytes() {
        [0, key @ ..] => Ok((algorithm, key)),
        _ => Err(malformed),
    }
}
