//! RSASSA-PKCS1-v1_5: RFC 8017 section 8.2.2.

use super::key::PublicKey;
use super::power::MAX_BYTES;
use sha2_tls::{Digest, Sha256};
#[cfg(feature = "sha512")]
use sha2_tls::{Sha384, Sha512};

/// A hash function, with the bytes that its DigestInfo has before the hash (section 9.2 note 1). Their
/// AlgorithmIdentifier includes NULL. Appendix B.1: "the parameters field […] shall have a value of type
/// NULL".
pub(super) trait DigestInfo: Digest {
    const PREFIX: [u8; 19];
}

impl DigestInfo for Sha256 {
    const PREFIX: [u8; 19] = *b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
}

#[cfg(feature = "sha512")]
impl DigestInfo for Sha384 {
    const PREFIX: [u8; 19] = *b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30";
}

#[cfg(feature = "sha512")]
impl DigestInfo for Sha512 {
    const PREFIX: [u8; 19] = *b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40";
}

pub(super) fn verify<D: DigestInfo>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let mut buffer = [0; MAX_BYTES];
    let encoded = PublicKey::from_der(key)?.recover(signature, &mut buffer)?;
    compare(encoded, &D::PREFIX, &D::digest(message))
}

/// Compares the encoded message EM with the only valid one, from its end to its beginning. EM is not
/// parsed, because lenient parsers have accepted forgeries:
///
/// ```text
/// EM = 0x00 || 0x01 || PS || 0x00 || T
/// ```
///
/// Section 9.2: "The length of PS will be at least 8 octets". The length is not checked, because with
/// the shortest modulus it is at least 170 bytes.
fn compare(encoded: &[u8], prefix: &[u8], hash: &[u8]) -> Option<()> {
    let before = encoded.strip_suffix(hash)?.strip_suffix(prefix)?;
    let padding = before.strip_suffix(&[0])?.strip_prefix(&[0, 1])?;
    padding.iter().all(|byte| *byte == 0xff).then_some(())
}
