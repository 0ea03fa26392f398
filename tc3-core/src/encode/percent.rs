//! The percent-encoding (RFC 3986) of queries and forms.

use super::Sink;
use base16ct::upper;

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
            let mut escape = [b'%'; 3];
            let [_, digits @ ..] = &mut escape;
            // Two digits fit, so there is no error.
            let _ = upper::encode(&[*byte], digits);
            self.0.put(&escape);
            rest = tail;
        }
    }
}

/// RFC 3986, section 2.3.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
