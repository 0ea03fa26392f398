//! Padded base64 (RFC 4648, section 4), the encoding of v1 signatures.
//!
//! Not from a crate: the existing ones link panics where the optimiser cannot prove them unreachable.

use crate::encode::Sink;

/// Encodes bytes without a table. A signature is public: on a Cortex-M0, which has no conditional move, the compiler
/// branches on them.
pub(crate) fn encode_to(bytes: &[u8], out: &mut dyn Sink) {
    groups(bytes).for_each(|group| out.put(&group));
}

/// Decodes up to 32 bytes, and returns their number. Returns `None` if more are encoded, or if the string is not
/// exactly what [`encode_to`] writes for them.
pub(crate) fn decode(encoded: &[u8], out: &mut [u8; 32]) -> Option<usize> {
    let (groups, []) = encoded.as_chunks() else { return None };
    let (mut free, mut len) = (out.iter_mut(), 0usize);
    for group in groups {
        let padding = group.iter().filter(|digit| **digit == b'=').count();
        let number =
            group.iter().fold(0u32, |number, digit| number.wrapping_mul(64).wrapping_add(value(*digit)));
        let [_, three @ ..] = number.to_be_bytes();
        for byte in three.into_iter().take(3usize.saturating_sub(padding)) {
            *free.next()? = byte;
            len = len.saturating_add(1);
        }
    }
    // A string that is not canonical base64 differs from the encoding of the decoded bytes.
    self::groups(out.get(..len)?).eq(groups.iter().copied()).then_some(len)
}

/// Encodes bytes in groups of four digits, one group for up to three bytes.
fn groups(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> {
    let (threes, rest) = bytes.as_chunks::<3>();
    threes.iter().map(|three| group(three)).chain((!rest.is_empty()).then(|| group(rest)))
}

fn group(bytes: &[u8]) -> [u8; 4] {
    let [a, b, c] = [0, 1, 2].map(|at| bytes.get(at).copied().unwrap_or(0));
    let number = u32::from_be_bytes([0, a, b, c]);
    let mut group = [18, 12, 6, 0].map(|end| {
        let [.., byte] = number.wrapping_shr(end).to_be_bytes();
        digit(byte & 63)
    });
    group.iter_mut().skip(bytes.len().saturating_add(1)).for_each(|digit| *digit = b'=');
    group
}

/// The digit for six bits. The ranges of digits are `A-Z`, `a-z`, `0-9`, `+` and `/`. Starts from `A` +
/// `six`. For each range that lies below `six`, adds the gap in ASCII between that range and the next.
fn digit(six: u8) -> u8 {
    /// The last number of a range, and the step.
    const STEPS: [(u8, u8); 4] = [(25, 6), (51, 0u8.wrapping_sub(75)), (61, 0u8.wrapping_sub(15)), (62, 3)];
    STEPS.iter().fold(b'A'.wrapping_add(six), |digit, (last, step)| {
        let is_past = last.wrapping_sub(six) >> 7;
        digit.wrapping_add(step.wrapping_mul(is_past))
    })
}

/// The value of a digit, 0 to 63; 0 for any other byte.
fn value(digit: u8) -> u32 {
    let (first, number_of_first) = match digit {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return 0,
    };
    u32::from(digit.wrapping_sub(first).wrapping_add(number_of_first))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        reason = "a test may panic"
    )]

    use super::{decode, encode_to};
    use crate::encode::Sink;
    use base64ct::{Base64, Encoding};
    use std::{string::String, vec::Vec};

    impl Sink for Vec<u8> {
        fn put(&mut self, bytes: &[u8]) {
            self.extend_from_slice(bytes);
        }
    }

    fn bytes() -> [u8; 32] {
        core::array::from_fn(|at| u8::try_from(at * 89 % 251).unwrap())
    }

    #[test]
    fn every_length_is_encoded_as_base64ct_does_and_decoded_again() {
        for len in 0..=32 {
            for flip in 0..=u8::MAX {
                let bytes = bytes().map(|byte| byte ^ flip);
                let (mut encoded, mut buffer) = (Vec::new(), [0; 44]);
                encode_to(&bytes[..len], &mut encoded);
                assert_eq!(encoded, Base64::encode(&bytes[..len], &mut buffer).unwrap().as_bytes());
                let mut decoded = [0; 32];
                assert_eq!(decode(&encoded, &mut decoded), Some(len));
                assert_eq!(decoded[..len], bytes[..len]);
            }
        }
    }

    #[test]
    fn a_string_with_one_changed_character_is_decoded_or_refused_as_base64ct_does() {
        for len in 27..=32 {
            let mut encoded = Vec::new();
            encode_to(&bytes()[..len], &mut encoded);
            for at in 0..encoded.len() {
                for byte in 0..0x80 {
                    let mut changed = encoded.clone();
                    changed[at] = byte;
                    let changed = String::from_utf8(changed).unwrap();
                    let (mut decoded, mut buffer) = ([0; 32], [0; 32]);
                    let expected = Base64::decode(&changed, &mut buffer).ok();
                    let len = decode(changed.as_bytes(), &mut decoded);
                    assert_eq!(len.map(|len| &decoded[..len]), expected, "{changed}");
                }
            }
        }
    }

    #[test]
    fn a_truncated_or_too_long_string_is_refused() {
        let mut encoded = Vec::new();
        encode_to(&[7; 33], &mut encoded);
        assert_eq!(decode(&encoded, &mut [0; 32]), None);
        for len in [1, 2, 3, 5, 43] {
            assert_eq!(decode(&encoded[..len], &mut [0; 32]), None);
        }
    }
}
