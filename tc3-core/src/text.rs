//! Which bytes a supplied text may have.

use crate::error::{Field, Invalid};
use core::{iter, num::NonZeroUsize};

/// A set of ASCII characters: one bit each, because sixteen bytes of table are smaller than the
/// comparisons they stand for.
#[derive(Clone, Copy)]
pub(crate) struct Alphabet([u32; 4]);

/// Letters, digits and `-`.
pub(crate) const LABEL: Alphabet = ALPHANUMERIC.with(b"-");
/// Lower-case letters, digits and `-`.
pub(crate) const REGION: Alphabet = LABEL.without(UPPER);
/// Everything that prints, without the blank.
pub(crate) const VISIBLE: Alphabet = ALPHANUMERIC.with(b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
/// As `VISIBLE`, without what separates the parts of a Credential.
pub(crate) const SECRET_ID: Alphabet = VISIBLE.without(b"/,");
/// A host name or address, with a port if there is one.
pub(crate) const HOST: Alphabet = LABEL.with(b"._:[]");
/// Legal in a query as it stands on the request line.
pub(crate) const QUERY: Alphabet = VISIBLE.without(b"\"#<>[]\\^`{|}");
/// Legal in a path.
pub(crate) const PATH: Alphabet = QUERY.without(b"?");
/// `[0-9a-zA-Z-_ ,;.]`, as the SDKs check `X-TC-RequestClient`.
pub(crate) const CLIENT: Alphabet = LABEL.with(b"_ ,;.");
/// A multipart boundary, without upper case: a receiver may fold the Content-Type or not.
pub(crate) const BOUNDARY: Alphabet = VISIBLE.without(b"\"(),/:;<=>?@[\\]").without(UPPER);

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALPHANUMERIC: Alphabet = Alphabet([0; 4]).with(b"0123456789abcdefghijklmnopqrstuvwxyz").with(UPPER);

impl Alphabet {
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

    /// The place of the first byte of a text that is none of these, counted from one; for an empty text one.
    ///
    /// Walks by slice patterns: the only way in a `const fn` that has no panic in it.
    const fn refuses(&self, text: &[u8]) -> Option<NonZeroUsize> {
        let (mut rest, mut count) = (text, 0usize);
        while let [byte, tail @ ..] = rest
            && self.has(*byte)
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
    const fn has(&self, byte: u8) -> bool {
        byte.is_ascii() && self.0[(byte >> 5) as usize] >> (byte & 31) & 1 == 1
    }
}

/// Refuses an empty text and any byte that is not of the alphabet.
///
/// Inlined, as what it calls: where nobody asks what is wrong, nothing is put together.
#[inline(always)]
pub(crate) const fn check(text: &str, field: Field, alphabet: &Alphabet) -> Result<(), Invalid> {
    match alphabet.refuses(text.as_bytes()) {
        Some(place) => Err(refused(text, field, place.get().wrapping_sub(1))),
        None => Ok(()),
    }
}

/// What is wrong with a text: its byte at this place, or that there is none.
#[inline(always)]
const fn refused(text: &str, field: Field, at: usize) -> Invalid {
    match text.as_bytes().split_at_checked(at) {
        Some((_, [byte, ..])) => Invalid::Byte { field, at, byte: *byte },
        _ => Invalid::Empty { field },
    }
}

/// As [`check`], but a text may be empty.
#[inline(always)]
pub(crate) const fn check_bytes(text: &str, field: Field, alphabet: &Alphabet) -> Result<(), Invalid> {
    if text.is_empty() { Ok(()) } else { check(text, field, alphabet) }
}

/// What comes after a text that another one begins with, but for the case of its letters: of all that
/// [`HOST`] has, no other two characters differ in that one bit alone.
pub(crate) fn after<'t>(text: &'t [u8], begin: &[u8]) -> Option<&'t [u8]> {
    let (first, rest) = text.split_at_checked(begin.len())?;
    first.iter().zip(begin).all(|(a, b)| (a ^ b) & !0x20 == 0).then_some(rest)
}

/// Whether two names are the same, but for the case of their letters.
#[inline(always)]
pub(crate) fn is_alike(name: &[u8], other: &[u8]) -> bool {
    after(name, other).is_some_and(<[u8]>::is_empty)
}

/// The pieces between the marks, as `str::split` gives them, but that no panic is in it.
pub(crate) fn pieces(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|byte| byte == mark).unwrap_or(text.len());
        let (piece, others) = text.split_at_checked(end)?;
        rest = others.get(1..);
        Some(piece)
    })
}

/// As [`check`] for what is visible, without a branch on any byte of a text that is right: it is
/// secret. Of one that is not, it says what is wrong.
#[expect(clippy::as_conversions, reason = "no `usize::from` is const")]
pub(crate) const fn check_secret(text: &str, field: Field) -> Result<(), Invalid> {
    let (mut rest, mut wrong, mut left) = (text.as_bytes(), 0u8, 0usize);
    while let [byte, tail @ ..] = rest {
        // The highest bit of one of them is set where the byte is below the range or above it.
        wrong |= byte.wrapping_sub(b'!') | b'~'.wrapping_sub(*byte);
        // From the first wrong byte on: of a count up to it, a Cortex-M0 would make a branch.
        left = left.wrapping_add((wrong >> 7) as usize);
        rest = tail;
    }
    if wrong.is_ascii() && !text.is_empty() {
        return Ok(());
    }
    Err(refused(text, field, text.len().wrapping_sub(left)))
}

/// Refuses a text of more than `limit` bytes.
pub(crate) const fn check_len(text: &str, field: Field, limit: usize) -> Result<(), Invalid> {
    if text.len() > limit {
        return Err(Invalid::TooLong { field, len: text.len(), limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, Field, HOST, VISIBLE, check, check_secret, is_alike};
    use std::string::{String, ToString};

    #[test]
    fn an_alphabet_has_what_was_put_in_and_not_taken_out_again() {
        let alphabet = Alphabet([0; 4]).with(b"\tA !z~").without(b" ~");
        let has = (0..=0x7f_u8).filter(|byte| alphabet.has(*byte)).map(char::from);
        assert_eq!(has.collect::<String>(), "\t!Az");
    }

    #[test]
    fn a_secret_text_may_have_what_is_visible_at_any_place() {
        let all = (0..=0x24f).filter_map(char::from_u32).map(String::from);
        for text in all.flat_map(|it| ["a".to_string() + &it, it.clone() + "a", it]) {
            let expected = check(&text, Field::SecretKey, &VISIBLE);
            assert_eq!(check_secret(&text, Field::SecretKey), expected, "{text:?}");
        }
        assert!(check_secret("", Field::SecretKey).is_err());
    }

    #[test]
    fn names_are_alike_that_differ_in_the_case_of_letters_alone() {
        let host: std::vec::Vec<_> = (0..=0x7f).filter(|byte| HOST.has(*byte)).collect();
        assert_eq!(host.len(), 26 + 26 + 10 + 6);
        for (a, b) in host.iter().flat_map(|a| host.iter().map(move |b| (a, b))) {
            assert_eq!(is_alike(&[b'x', *a], &[b'X', *b]), a.eq_ignore_ascii_case(b), "{a} {b}");
        }
        assert!(!is_alike(b"a", b"ab"));
        assert!(!is_alike(b"ab", b"a"));
    }
}
