//! Base64 (RFC 4648, section 4), padded, as signature v1 has it.
//!
//! By hand, because what there is can panic where the optimiser does not see that it cannot.

use crate::encode::Sink;

/// Without a branch or an address that depends on the bytes.
pub(crate) fn encode_to(bytes: &[u8], out: &mut dyn Sink) {
    fours(bytes).for_each(|four| out.put(&four));
}

/// Takes a text that [`spell`] could have put, and says how many bytes it stands for.
pub(crate) fn decode(text: &[u8], out: &mut [u8; 32]) -> Option<usize> {
    let (fours, []) = text.as_chunks() else { return None };
    let (mut room, mut len) = (out.iter_mut(), 0usize);
    for four in fours {
        let padding = four.iter().filter(|digit| **digit == b'=').count();
        let number =
            four.iter().fold(0u32, |number, digit| number.wrapping_mul(64).wrapping_add(value(*digit)));
        let [_, three @ ..] = number.to_be_bytes();
        for byte in three.into_iter().take(3usize.saturating_sub(padding)) {
            *room.next()? = byte;
            len = len.saturating_add(1);
        }
    }
    // What was misread is spelled in another way.
    self::fours(out.get(..len)?).eq(fours.iter().copied()).then_some(len)
}

fn fours(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> {
    let (threes, rest) = bytes.as_chunks::<3>();
    threes.iter().map(|three| four(three)).chain((!rest.is_empty()).then(|| four(rest)))
}

fn four(three: &[u8]) -> [u8; 4] {
    let [a, b, c] = [0, 1, 2].map(|at| three.get(at).copied().unwrap_or(0));
    let number = u32::from_be_bytes([0, a, b, c]);
    let mut four = [18, 12, 6, 0].map(|end| {
        let [.., byte] = number.wrapping_shr(end).to_be_bytes();
        digit(byte & 63)
    });
    four.iter_mut().skip(three.len().saturating_add(1)).for_each(|digit| *digit = b'=');
    four
}

/// Of each range that a number is past, it takes the step to the next: `A-Z`, `a-z`, `0-9`, `+`, `/`.
fn digit(six: u8) -> u8 {
    const STEPS: [(u8, u8); 4] = [(25, 6), (51, 0u8.wrapping_sub(75)), (61, 0u8.wrapping_sub(15)), (62, 3)];
    STEPS.iter().fold(b'A'.wrapping_add(six), |digit, (last, step)| {
        let is_past = last.wrapping_sub(six) >> 7;
        digit.wrapping_add(step.wrapping_mul(is_past))
    })
}

/// Anything for what is no digit.
fn value(digit: u8) -> u32 {
    let (first, of_first) = match digit {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return 0,
    };
    u32::from(digit.wrapping_sub(first).wrapping_add(of_first))
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
    fn every_number_of_bytes_is_spelled_as_base64ct_does_and_read_again() {
        for len in 0..=32 {
            for flip in 0..=u8::MAX {
                let bytes = bytes().map(|byte| byte ^ flip);
                let (mut text, mut room) = (Vec::new(), [0; 44]);
                encode_to(&bytes[..len], &mut text);
                assert_eq!(text, Base64::encode(&bytes[..len], &mut room).unwrap().as_bytes());
                let mut read = [0; 32];
                assert_eq!(decode(&text, &mut read), Some(len));
                assert_eq!(read[..len], bytes[..len]);
            }
        }
    }

    #[test]
    fn every_text_that_differs_in_one_place_is_read_or_refused_as_base64ct_does() {
        for len in 27..=32 {
            let mut text = Vec::new();
            encode_to(&bytes()[..len], &mut text);
            for at in 0..text.len() {
                for byte in 0..0x80 {
                    let mut text = text.clone();
                    text[at] = byte;
                    let (mut read, mut room) = ([0; 32], [0; 32]);
                    let text = String::from_utf8(text).unwrap();
                    let expected = Base64::decode(&text, &mut room).ok();
                    let len = decode(text.as_bytes(), &mut read);
                    assert_eq!(len.map(|len| &read[..len]), expected, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_text_that_is_cut_or_too_long_is_refused() {
        let mut text = Vec::new();
        encode_to(&[7; 33], &mut text);
        assert_eq!(decode(&text, &mut [0; 32]), None);
        for len in [1, 2, 3, 5, 43] {
            assert_eq!(decode(&text[..len], &mut [0; 32]), None);
        }
    }
}
