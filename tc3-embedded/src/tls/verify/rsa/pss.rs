//! RSASSA-PSS as TLS 1.3 has it (RFC 8446 section 4.2.3): the mask is MGF1 of the message's own hash,
//! and "the length of the Salt MUST be equal to the length of the output of the digest algorithm".

use super::key::PublicKey;
use super::power::MAX;
use sha2_tls::Digest;

pub(super) fn check<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let mut room = [0; MAX];
    let encoded = PublicKey::from_der(key)?.open(signature, &mut room)?;
    let hash = D::digest(message);
    let (salt, whole) = unmask::<D>(encoded)?;
    // "M' = (0x)00 00 00 00 00 00 00 00 || mHash || salt"
    let expected = D::new().chain_update([0; 8]).chain_update(hash).chain_update(salt).finalize();
    (*expected == *whole).then_some(())
}

/// The salt, and the hash H that covers it: RFC 8017 section 9.1.2, steps 4 to 11.
///
/// ```text
/// EM = maskedDB || H || 0xbc        DB = PS || 0x01 || salt
/// ```
fn unmask<D: Digest>(encoded: &mut [u8]) -> Option<(&[u8], &[u8])> {
    let len = <D as Digest>::output_size();
    let (0xbc, before) = encoded.split_last_mut()? else { return None };
    let (block, whole) = before.split_at_mut_checked(before.len().checked_sub(len)?)?;
    // "the leftmost 8emLen - emBits bits": the modulus has 8 times emLen bits, and emBits is one less.
    if block.first()? & 0x80 != 0 {
        return None;
    }
    mask::<D>(whole, block);
    *block.first_mut()? &= 0x7f;
    let (padding, salt) = block.split_at_checked(block.len().checked_sub(len)?)?;
    let (1, zeros) = padding.split_last()? else { return None };
    zeros.iter().all(|byte| *byte == 0).then_some((salt, whole))
}

/// Takes MGF1 (appendix B.2.1) from the block, or lays it on.
fn mask<D: Digest>(seed: &[u8], block: &mut [u8]) {
    let mut counter = 0_u32;
    for block in block.chunks_mut(<D as Digest>::output_size()) {
        let mask = D::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        for (byte, mask) in block.iter_mut().zip(mask) {
            *byte ^= mask;
        }
        counter = counter.wrapping_add(1);
    }
}
