//! Percent-encoding (RFC 3986), as queries and forms are written.

use super::Sink;
use base16ct::upper;

/// Percent-encodes what is put, into another sink: everything but `A-Za-z0-9-._~`, in upper-case hex.
pub(crate) struct Percent<'o>(pub(crate) &'o mut dyn Sink);

impl Sink for Percent<'_> {
    fn put(&mut self, bytes: &[u8]) {
        // Not `split_inclusive`: it leaves a panic in an image built with opt-level "s".
        let mut rest = bytes;
        loop {
            let plain = rest.iter().position(|byte| !is_unreserved(*byte)).unwrap_or(rest.len());
            let (run, others) = rest.split_at_checked(plain).unwrap_or_default();
            self.0.put(run);
            let [byte, others @ ..] = others else { return };
            let mut escape = [b'%'; 3];
            let [_, digits @ ..] = &mut escape;
            // Two digits fit, so there is no error.
            let _ = upper::encode(&[*byte], digits);
            self.0.put(&escape);
            rest = others;
        }
    }
}

/// RFC 3986, section 2.3.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
