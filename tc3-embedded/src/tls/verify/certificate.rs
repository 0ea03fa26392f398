//! Parses the fields of a certificate that webpki does not return (RFC 5280 section 4.1).

use super::der::{BIT_STRING, DerReader, INTEGER, Malformed, SEQUENCE};
use super::key_usage::{self, KeyUsage};

/// `version [0] EXPLICIT`
const VERSION: u8 = 0xa0;
/// `issuerUniqueID [1] IMPLICIT BIT STRING`
const ISSUER_ID: u8 = 0x81;
/// `subjectUniqueID [2] IMPLICIT BIT STRING`
const SUBJECT_ID: u8 = 0x82;
/// `extensions [3] EXPLICIT`
const EXTENSIONS: u8 = 0xa3;

/// A certificate's public key and key usage.
pub(super) struct Certificate<'a> {
    /// The whole SubjectPublicKeyInfo element.
    pub(super) spki: &'a [u8],
    /// `None` if the certificate has no key usage extension. Every usage is allowed then.
    pub(super) usage: Option<KeyUsage>,
}

impl<'a> Certificate<'a> {
    /// # Errors
    /// [`Malformed`] if the bytes are not exactly one certificate in DER.
    pub(super) fn parse(der: &'a [u8]) -> Result<Self, Malformed> {
        let mut outer = DerReader::new(der);
        let mut certificate = outer.take(SEQUENCE)?;
        outer.end()?;
        let fields = certificate.take(SEQUENCE)?;
        certificate.take(SEQUENCE)?;
        certificate.take(BIT_STRING)?;
        certificate.end()?;
        Self::parse_fields(fields)
    }

    fn parse_fields(mut fields: DerReader<'a>) -> Result<Self, Malformed> {
        fields.optional(VERSION)?;
        fields.take(INTEGER)?;
        // signature, issuer, validity, subject
        for _ in 0..4 {
            fields.take(SEQUENCE)?;
        }
        let spki = fields.take_element(SEQUENCE)?;
        fields.optional(ISSUER_ID)?;
        fields.optional(SUBJECT_ID)?;
        let extensions = fields.optional(EXTENSIONS)?;
        fields.end()?;
        let Some(mut explicit) = extensions else { return Ok(Self { spki, usage: None }) };
        let extensions = explicit.take(SEQUENCE)?;
        explicit.end()?;
        Ok(Self { spki, usage: key_usage::find(extensions)? })
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
mod tests;
