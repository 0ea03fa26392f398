//! Of a certificate, what webpki leaves aside (RFC 5280 section 4.1).

use super::der::{BIT_STRING, INTEGER, Malformed, Reader, SEQUENCE};
use super::key_usage::{self, KeyUsage};

/// `version [0] EXPLICIT`
pub(super) const VERSION: u8 = 0xa0;
/// `issuerUniqueID [1] IMPLICIT BIT STRING`
pub(super) const ISSUER_ID: u8 = 0x81;
/// `subjectUniqueID [2] IMPLICIT BIT STRING`
pub(super) const SUBJECT_ID: u8 = 0x82;
/// `extensions [3] EXPLICIT`
pub(super) const EXTENSIONS: u8 = 0xa3;

/// A certificate's key, and what it is for.
pub(super) struct Certificate<'a> {
    /// The SubjectPublicKeyInfo, whole.
    pub(super) key: &'a [u8],
    /// `None` if nothing restricts it.
    pub(super) usage: Option<KeyUsage>,
}

impl<'a> Certificate<'a> {
    /// # Errors
    ///
    /// [`Malformed`] if it is not one whole certificate in DER.
    pub(super) fn read(der: &'a [u8]) -> Result<Self, Malformed> {
        let mut outer = Reader::new(der);
        let mut signed = outer.take(SEQUENCE)?;
        outer.end()?;
        let fields = signed.take(SEQUENCE)?;
        signed.take(SEQUENCE)?;
        signed.take(BIT_STRING)?;
        signed.end()?;
        Self::read_fields(fields)
    }

    fn read_fields(mut fields: Reader<'a>) -> Result<Self, Malformed> {
        fields.optional(VERSION)?;
        fields.take(INTEGER)?;
        // signature, issuer, validity, subject
        for _ in 0..4 {
            fields.take(SEQUENCE)?;
        }
        let key = fields.whole(SEQUENCE)?;
        fields.optional(ISSUER_ID)?;
        fields.optional(SUBJECT_ID)?;
        let extensions = fields.optional(EXTENSIONS)?;
        fields.end()?;
        let Some(mut explicit) = extensions else { return Ok(Self { key, usage: None }) };
        let extensions = explicit.take(SEQUENCE)?;
        explicit.end()?;
        Ok(Self { key, usage: key_usage::of(extensions)? })
    }
}
