//! RSASSA-PSS with the parameters of TLS 1.3 (RFC 8446 section 4.2.3): MGF1 uses the hash function of
//! the message, and "the length of the Salt MUST be equal to the length of the output of the digest
//! algorithm".

use super::key::PublicKey;
use super::power::MAX_BYTES;
use sha2_tls::Digest;

pub(super) fn verify<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let mut buffer = [0; MAX_BYTES];
    let encoded = PublicKey::from_der(key)?.recover(signature, &mut buffer)?;
    let hash = D::digest(message);
    let (salt, h) = decode::<D>(encoded)?;
    // "M' = (0x)00 00 00 00 00 00 00 00 || mHash || salt"
    let expected = D::new().chain_update([0; 8]).chain_update(hash).chain_update(salt).finalize();
    (*expected == *h).then_some(())
}

/// Returns the salt and the hash H (RFC 8017 section 9.1.2, steps 4 to 11). `encoded` is EM:
///
/// ```text
/// EM = maskedDB || H || 0xbc        DB = PS || 0x01 || salt
/// ```
fn decode<D: Digest>(encoded: &mut [u8]) -> Option<(&[u8], &[u8])> {
    let len = <D as Digest>::output_size();
    let (0xbc, before) = encoded.split_last_mut()? else { return None };
    let (db, h) = before.split_at_mut_checked(before.len().checked_sub(len)?)?;
    // Step 6 checks "the leftmost 8emLen - emBits bits" of maskedDB. emLen is the length of the modulus
    // in bytes, and emBits is its length in bits less one, so this is one bit.
    if db.first()? & 0x80 != 0 {
        return None;
    }
    xor_mgf1::<D>(h, db);
    *db.first_mut()? &= 0x7f;
    let (padding, salt) = db.split_at_checked(db.len().checked_sub(len)?)?;
    let (1, zeros) = padding.split_last()? else { return None };
    zeros.iter().all(|byte| *byte == 0).then_some((salt, h))
}

/// XORs the data block with MGF1 of the seed (appendix B.2.1).
fn xor_mgf1<D: Digest>(seed: &[u8], db: &mut [u8]) {
    let mut counter = 0_u32;
    for block in db.chunks_mut(<D as Digest>::output_size()) {
        let mask = D::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        for (byte, mask) in block.iter_mut().zip(mask) {
            *byte ^= mask;
        }
        counter = counter.wrapping_add(1);
    }
}
