//! Lower-case hex, the encoding of every digest of TC3.

use super::Sink;

/// Writes a digest as 64 hex digits.
pub(crate) fn hex(digest: &[u8; 32], out: &mut impl Sink) {
    let mut digits = [0; 64];
    hex_digits(digest, &mut digits);
    out.put(&digits);
}

/// Encodes two digits at a time, without a branch or a table. Not generic, so that all sinks share this code.
fn hex_digits(digest: &[u8; 32], digits: &mut [u8; 64]) {
    for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(digest) {
        let both = u16::from(byte >> 4) | u16::from(byte & 15) << 8;
        let letters = both.wrapping_add(0x0606) >> 4 & 0x0101;
        *pair = both.wrapping_add(0x3030).wrapping_add(letters.wrapping_mul(0x27)).to_le_bytes();
    }
}
