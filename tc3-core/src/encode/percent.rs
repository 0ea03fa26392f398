//! The percent-encoding (RFC 3986) of queries and forms.

use super::Sink;

/// Percent-encodes bytes into another sink: all but `A-Za-z0-9-._~`, with upper-case hex digits.
pub(crate) struct Percent<'o>(pub(crate) &'o mut dyn Sink);

impl Sink for Percent<'_> {
    fn put(&mut self, bytes: &[u8]) {
        // Not `split_inclusive`: it leaves a panic in an image built with opt-level "s".
        let mut rest = bytes;
        loop {
            let unescaped = rest.iter().position(|byte| !is_unreserved(*byte)).unwrap_or(rest.len());
            let (run, escaped) = rest.split_at_checked(unescaped).unwrap_or_default();
            self.0.put(run);
            let [byte, tail @ ..] = escaped else { return };
            self.0.put(&[b'%', upper(*byte >> 4), upper(*byte & 15)]);
            rest = tail;
        }
    }
}

/// An upper-case hex digit, without a branch.
const fn upper(nibble: u8) -> u8 {
    let is_letter = nibble.wrapping_add(6) >> 4;
    nibble.wrapping_add(b'0').wrapping_add(is_letter.wrapping_mul(b'A' - b'9' - 1))
}

/// RFC 3986, section 2.3.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
