//! Which bytes a field may contain.

use crate::error::{Field, Invalid};
use core::num::NonZeroUsize;

/// A set of ASCII characters from the space (0x20) on, one bit each: a table of 12 bytes, which saves up to 248 B on a
/// Cortex-M0 over comparisons.
#[derive(Clone, Copy)]
pub(crate) struct CharSet([u32; 3]);

/// Letters, digits and `-`.
pub(crate) const LABEL: CharSet = ALPHANUMERIC.with(b"-");
/// Lower-case letters, digits and `-`.
pub(crate) const REGION: CharSet = LABEL.without(UPPER);
/// Printable ASCII characters except the space.
pub(crate) const VISIBLE: CharSet = ALPHANUMERIC.with(b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
/// The characters of an API's version.
pub(crate) const VERSION: CharSet = CharSet([0; 3]).with(b"0123456789-");
/// `VISIBLE` without the separators of `Credential`: the characters of a SecretId. Those of an action are the same,
/// because one table for both saves 16 B.
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
const ALPHANUMERIC: CharSet = CharSet([0; 3]).with(b"0123456789abcdefghijklmnopqrstuvwxyz").with(UPPER);

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
        let Self([mut a, mut b, mut c]) = self;
        let word = match byte >> 5 {
            1 => &mut a,
            2 => &mut b,
            _ => &mut c,
        };
        let bit = 1 << (byte & 31);
        *word = (*word & !bit).wrapping_add(to & bit);
        Self([a, b, c])
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
        reason = "there are three words, and no `usize::from` is const"
    )]
    pub(crate) const fn contains(&self, byte: u8) -> bool {
        let word = (byte as usize >> 5).wrapping_sub(1);
        // A rotation, because a shift by the lower five bits would take two more instructions for each byte on ARM.
        word < 3 && self.0[word].rotate_right(byte as u32) & 1 == 1
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

/// Refuses a version that does not have 10 characters, with dashes in their places and only digits or dashes elsewhere.
/// [`is_date`] also refuses other dashes, and months and days out of range. To check this here would cost 104 B of
/// flash on a Cortex-M0.
// Inlined, as `check` is.
#[inline(always)]
pub(crate) const fn check_version(version: &str) -> Result<(), Invalid> {
    const FIELD: Field = Field::Version;
    match (check(version, FIELD, &VERSION), version.as_bytes()) {
        // The square hides from the compiler that the length is 10 from here on. The code made for that constant is up
        // to 88 B larger on a Cortex-M0. Other lengths with this square have 2^30 bytes or more.
        (Ok(()), [_, _, _, _, b'-', _, _, b'-', day @ ..]) if day.len().wrapping_mul(day.len()) == 4 => {
            Ok(())
        }
        (Ok(()), bytes) => Err(match bytes.len() {
            len @ ..10 => Invalid::TooShort { field: FIELD, len, least: 10 },
            10 => match bytes {
                [_, _, _, _, b'-', _, _, byte, ..] => Invalid::Byte { field: FIELD, at: 7, byte: *byte },
                [_, _, _, _, byte, ..] => Invalid::Byte { field: FIELD, at: 4, byte: *byte },
                _ => Invalid::Empty { field: FIELD },
            },
            len => Invalid::TooLong { field: FIELD, len, limit: 10 },
        }),
        (invalid, _) => invalid,
    }
}

/// Whether a version is `YYYY-MM-DD`, with a month from 01 to 12 and a day from 01 to 31.
pub(crate) const fn is_date(version: &str) -> bool {
    let [a, b, c, d, b'-', month @ .., b'-', day, day_low] = version.as_bytes() else { return false };
    let is_year = a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_digit() && d.is_ascii_digit();
    let is_month = matches!(month, [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2']);
    is_year
        && is_month
        && matches!((*day, *day_low), (b'0', b'1'..=b'9') | (b'1' | b'2', b'0'..=b'9') | (b'3', b'0' | b'1'))
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
    use super::{CharSet, Field, VISIBLE, check, check_secret, check_version, is_date};
    use crate::error::Invalid;
    use std::string::{String, ToString};

    #[test]
    fn a_set_contains_what_was_added_and_not_removed() {
        let set = CharSet([0; 3]).with(b"A !z~").without(b" ~");
        let has = (0..=0x7f_u8).filter(|byte| set.contains(*byte)).map(char::from);
        assert_eq!(has.collect::<String>(), "!Az");
    }

    #[test]
    fn a_version_has_digits_and_dashes_and_a_date_also_a_month_and_a_day() {
        for (month, day) in (0..100).flat_map(|month| (0..100).map(move |day| (month, day))) {
            let version = std::format!("2017-{month:02}-{day:02}");
            assert_eq!(check_version(&version), Ok(()));
            assert_eq!(is_date(&version), (1..=12).contains(&month) && (1..=31).contains(&day), "{version}");
        }
        let field = Field::Version;
        for (at, byte) in (0..10).flat_map(|at| b"/:A-1".map(|byte| (at, byte))) {
            let (before, after) = "2017-11-11".split_at(at);
            let changed = std::format!("{before}{}{}", char::from(byte), after.split_at(1).1);
            let is_in_place = byte == if matches!(at, 4 | 7) { b'-' } else { b'1' };
            assert_eq!(is_date(&changed), is_in_place, "{changed}");
            // A dash in place of a digit is left to `is_date`.
            let expected =
                if is_in_place || byte == b'-' { Ok(()) } else { Err(Invalid::Byte { field, at, byte }) };
            assert_eq!(check_version(&changed), expected, "{changed}");
        }
        assert_eq!(check_version(""), Err(Invalid::Empty { field }));
        for (version, len) in [("2", 1), ("2017-3-12", 9)] {
            assert_eq!(check_version(version), Err(Invalid::TooShort { field, len, least: 10 }));
            assert!(!is_date(version));
        }
        assert_eq!(check_version("2017-03-123"), Err(Invalid::TooLong { field, len: 11, limit: 10 }));
        assert!(!is_date("2017-03-123"));
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
