//! Which bytes a field may contain.

use crate::error::{Field, Invalid};
use core::num::NonZeroUsize;

/// A set of ASCII characters, one bit each: a table of 16 bytes, which saves up to 248 B on a Cortex-M0 over
/// comparisons.
#[derive(Clone, Copy)]
pub(crate) struct CharSet([u32; 4]);

/// Letters, digits and `-`.
pub(crate) const LABEL: CharSet = ALPHANUMERIC.with(b"-");
/// Lower-case letters, digits and `-`.
pub(crate) const REGION: CharSet = LABEL.without(UPPER);
/// Printable ASCII characters except the space.
pub(crate) const VISIBLE: CharSet = ALPHANUMERIC.with(b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
/// `VISIBLE` without the separators of `Credential`.
pub(crate) const SECRET_ID: CharSet = VISIBLE.without(b"/,");
/// A host name or address, with or without a port.
pub(crate) const HOST: CharSet = LABEL.with(b"._:[]");
/// Allowed in a query on the request line.
pub(crate) const QUERY: CharSet = VISIBLE.without(b"\"#<>[]\\^`{|}");
/// Allowed in a path.
pub(crate) const PATH: CharSet = QUERY.without(b"?");
/// `[0-9a-zA-Z-_ ,;.]`: the SDKs check `X-TC-RequestClient` with this pattern.
pub(crate) const CLIENT: CharSet = LABEL.with(b"_ ,;.");
/// A multipart boundary. Upper-case letters are excluded, because some receivers lower-case the Content-Type.
pub(crate) const BOUNDARY: CharSet = VISIBLE.without(b"\"(),/:;<=>?@[\\]").without(UPPER);

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALPHANUMERIC: CharSet = CharSet([0; 4]).with(b"0123456789abcdefghijklmnopqrstuvwxyz").with(UPPER);

impl CharSet {
    const fn with(mut self, mut bytes: &[u8]) -> Self {
        while let [byte, rest @ ..] = bytes {
            self = self.set(*byte, u32::MAX);
            bytes = rest;
        }
        self
    }

    const fn without(mut self, mut bytes: &[u8]) -> Self {
        while let [byte, rest @ ..] = bytes {
            self = self.set(*byte, 0);
            bytes = rest;
        }
        self
    }

    const fn set(self, byte: u8, to: u32) -> Self {
        let Self([mut a, mut b, mut c, mut d]) = self;
        let word = match byte >> 5 {
            0 => &mut a,
            1 => &mut b,
            2 => &mut c,
            _ => &mut d,
        };
        let bit = 1 << (byte & 31);
        *word = (*word & !bit).wrapping_add(to & bit);
        Self([a, b, c, d])
    }

    /// The position of the first byte outside the set, counted from 1; for an empty value 1.
    // Counted from 1 for `NonZeroUsize`, which saves up to 116 B on a Cortex-M0.
    // Slice patterns are the only way through a slice in a `const fn` without a panic.
    const fn first_outside(&self, value: &[u8]) -> Option<NonZeroUsize> {
        let (mut rest, mut count) = (value, 0usize);
        while let [byte, tail @ ..] = rest
            && self.contains(*byte)
        {
            (rest, count) = (tail, count.wrapping_add(1));
        }
        if count != 0 && rest.is_empty() { None } else { NonZeroUsize::new(count.wrapping_add(1)) }
    }

    #[expect(
        clippy::indexing_slicing,
        clippy::as_conversions,
        reason = "there are four words, and no `usize::from` is const"
    )]
    pub(crate) const fn contains(&self, byte: u8) -> bool {
        byte.is_ascii() && self.0[(byte >> 5) as usize] >> (byte & 31) & 1 == 1
    }
}

/// Refuses an empty value and any byte outside the set.
// Inlined: a caller that drops the error does not build it, which saves up to 276 B on a Cortex-M0.
#[inline(always)]
pub(crate) const fn check(value: &str, field: Field, set: &CharSet) -> Result<(), Invalid> {
    match set.first_outside(value.as_bytes()) {
        Some(position) => Err(invalid(value, field, position.get().wrapping_sub(1))),
        None => Ok(()),
    }
}

/// The error for the byte at `at`, or for an empty value.
const fn invalid(value: &str, field: Field, at: usize) -> Invalid {
    match value.as_bytes().split_at_checked(at) {
        Some((_, [byte, ..])) => Invalid::Byte { field, at, byte: *byte },
        _ => Invalid::Empty { field },
    }
}

/// Like [`check`], but the value may be empty.
pub(crate) const fn check_optional(value: &str, field: Field, set: &CharSet) -> Result<(), Invalid> {
    if value.is_empty() { Ok(()) } else { check(value, field, set) }
}

/// Like [`check`] with [`VISIBLE`], in constant time: no branch depends on a byte of a valid secret.
#[expect(clippy::as_conversions, reason = "no `usize::from` is const")]
pub(crate) const fn check_secret(value: &str, field: Field) -> Result<(), Invalid> {
    let (mut rest, mut wrong, mut left) = (value.as_bytes(), 0u8, 0usize);
    while let [byte, tail @ ..] = rest {
        // One of the differences has its highest bit set if the byte is below '!' or above '~'.
        wrong |= byte.wrapping_sub(b'!') | b'~'.wrapping_sub(*byte);
        // Counts the bytes from the first wrong one to the end. Counting those before it would compile to a
        // branch on a Cortex-M0.
        left = left.wrapping_add((wrong >> 7) as usize);
        rest = tail;
    }
    if wrong.is_ascii() && !value.is_empty() {
        return Ok(());
    }
    Err(invalid(value, field, value.len().wrapping_sub(left)))
}

/// Refuses a value of more than `limit` bytes.
pub(crate) const fn check_len(value: &str, field: Field, limit: usize) -> Result<(), Invalid> {
    if value.len() > limit {
        return Err(Invalid::TooLong { field, len: value.len(), limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CharSet, Field, VISIBLE, check, check_secret};
    use std::string::{String, ToString};

    #[test]
    fn a_set_contains_what_was_added_and_not_removed() {
        let set = CharSet([0; 4]).with(b"\tA !z~").without(b" ~");
        let has = (0..=0x7f_u8).filter(|byte| set.contains(*byte)).map(char::from);
        assert_eq!(has.collect::<String>(), "\t!Az");
    }

    #[test]
    fn a_secret_is_checked_like_other_visible_characters() {
        let all = (0..=0x24f).filter_map(char::from_u32).map(String::from);
        for text in all.flat_map(|it| ["a".to_string() + &it, it.clone() + "a", it]) {
            let expected = check(&text, Field::SecretKey, &VISIBLE);
            assert_eq!(check_secret(&text, Field::SecretKey), expected, "{text:?}");
        }
        assert!(check_secret("", Field::SecretKey).is_err());
    }
}
