//! Verifies the signature over the handshake with the key of the server's certificate.

use super::der::{BIT_STRING, DerReader, Malformed, SEQUENCE};
use super::supported::for_scheme;
use super::untrusted::Untrusted;

/// `spki` is the SubjectPublicKeyInfo of the server's certificate. `content` is the signed content.
pub(super) fn verify(scheme: u16, spki: &[u8], content: &[u8], signature: &[u8]) -> Result<(), Untrusted> {
    let algorithm = for_scheme(scheme).ok_or(Untrusted::UnsupportedScheme { scheme })?;
    let (key_algorithm, key) = split_spki(spki).map_err(|_| Untrusted::Malformed)?;
    if key_algorithm != algorithm.public_key_alg_id().as_ref() {
        return Err(Untrusted::SchemeKeyMismatch { scheme });
    }
    algorithm.verify_signature(key, content, signature).map_err(|_| Untrusted::BadHandshakeSignature)
}

/// Returns the contents of the algorithm and of the key, without the key's count of unused bits:
///
/// ```text
/// SubjectPublicKeyInfo  ::=  SEQUENCE  {
///      algorithm            AlgorithmIdentifier,
///      subjectPublicKey     BIT STRING  }
/// ```
fn split_spki(spki: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let mut fields = DerReader::new(spki).take(SEQUENCE)?;
    let algorithm = fields.take(SEQUENCE)?.bytes();
    let malformed = fields.malformed();
    match fields.take(BIT_STRING)?.bytes() {
        [0, key @ ..] => Ok((algorithm, key)),
        _ => Err(malformed),
    }
}
