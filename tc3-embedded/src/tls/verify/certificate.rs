//! Of a certificate, what webpki leaves aside (RFC 5280 section 4.1).

use super::der::{INTEGER, Malformed, Reader, SEQUENCE};
use super::key_usage::{self, KeyUsage};

/// `version [0] EXPLICIT`
const VERSION: u8 = 0xa0;

/// A certificate's key, and what it is for.
pub(super) struct Certificate<'a> {
    /// The SubjectPublicKeyInfo.
    pub(super) key: &'a [u8],
    /// `None` if nothing restricts it.
    pub(super) usage: Option<KeyUsage>,
}

impl<'a> Certificate<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, Malformed> {
        Ok(Self { key: key(der)?, usage: key_usage::of(der)? })
    }
}

fn key(certificate: &[u8]) -> Result<&[u8], Malformed> {
    let mut fields = Reader::new(certificate).take(SEQUENCE)?.take(SEQUENCE)?;
    fields.optional(VERSION)?;
    fields.take(INTEGER)?;
    // signature, issuer, validity, subject
    for _ in 0..4 {
        fields.take(SEQUENCE)?;
    }
    let (malformed, from) = (fields.malformed(), fields.bytes());
    fields.take(SEQUENCE)?;
    let length = from.len().checked_sub(fields.bytes().len()).ok_or(malformed)?;
    from.get(..length).ok_or(malformed)
}
