//! The hashes and MACs that signers use, rightly and wrongly.

use super::text::{HEX, hex};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use tc3_core::HashedPayload;
use zeroize::Zeroizing;

/// Key and message to MAC. Also the derived keys are MACs, so each is wiped.
pub(super) type MacOf = fn(&[u8], &[u8]) -> Zeroizing<Vec<u8>>;

pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    // A key may have any length, so this does not fail.
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message).finalize());
    Zeroizing::new(mac.map(|mac| mac.into_bytes().to_vec()).unwrap_or_default())
}

pub(super) fn hmac_sha1(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    let mac = Hmac::<Sha1>::new_from_slice(key).map(|mac| mac.chain_update(message).finalize());
    Zeroizing::new(mac.map(|mac| mac.into_bytes().to_vec()).unwrap_or_default())
}

/// HMAC with its arguments swapped.
pub(super) fn swapped(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    hmac_sha256(message, key)
}

/// A hash of key and message, not an HMAC.
pub(super) fn plain_hash(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(sha256(&Zeroizing::new([key, message].concat())).to_vec())
}

pub(super) fn sha256(data: &[u8]) -> [u8; 32] {
    *HashedPayload::of(data).digest()
}

/// The SHA-256 in hexadecimal, as it is signed.
pub(super) fn hex_sha256(data: &[u8]) -> Vec<u8> {
    hex(&sha256(data), HEX)
}
