//! What a certificate's key may be used for: RFC 5280 section 4.2.1.3, which the path building of
//! webpki leaves aside.

use super::der::{
    BIT_STRING, BOOLEAN, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE,
};

/// `{joint-iso-itu-t(2) ds(5) certificateExtension(29) keyUsage(15)}`
const KEY_USAGE: [u8; 3] = [0x55, 0x1d, 0x0f];

/// `version [0] EXPLICIT`
const VERSION: u8 = 0xa0;
/// `issuerUniqueID [1] IMPLICIT BIT STRING`
const ISSUER_ID: u8 = 0x81;
/// `subjectUniqueID [2] IMPLICIT BIT STRING`
const SUBJECT_ID: u8 = 0x82;
/// `extensions [3] EXPLICIT`
const EXTENSIONS: u8 = 0xa3;

/// The first eight bits of the extension, bit 0 being the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyUsage(u8);

impl KeyUsage {
    /// "[…] verifying digital signatures, other than signatures on certificates (bit 5) and CRLs
    /// (bit 6), such as those used in an entity authentication service": a handshake's.
    pub(super) const fn allows_digital_signature(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// "The keyCertSign bit is asserted when the subject public key is used for verifying signatures
    /// on public key certificates."
    pub(super) const fn allows_cert_sign(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// ```text
    /// Extension  ::=  SEQUENCE  {
    ///      extnID      OBJECT IDENTIFIER,
    ///      critical    BOOLEAN DEFAULT FALSE,
    ///      extnValue   OCTET STRING }
    /// ```
    fn read(mut extension: Reader<'_>) -> Result<Self, Malformed> {
        let critical = extension.malformed();
        if extension.optional(BOOLEAN)?.is_some_and(|value| value.bytes() != [0xff]) {
            return Err(critical);
        }
        let mut value = extension.take(OCTET_STRING)?;
        extension.end()?;
        let malformed = value.malformed();
        let bits = value.take(BIT_STRING)?;
        value.end()?;
        // One byte of bits, or two where decipherOnly (8) is among them. Zero bits at the end, which
        // DER would leave out but some authorities do not, allow nothing.
        match *bits.bytes() {
            [unused @ 0..8, first] if is_unused(first, unused) => Ok(Self(first)),
            [unused @ 0..8, first, second] if is_unused(second, unused) => Ok(Self(first)),
            _ => Err(malformed),
        }
    }
}

/// "Each unused bit in the final octet of the encoding of a bit string value shall be set to zero"
/// (X.690 section 11.2.1).
fn is_unused(last: u8, bits: u8) -> bool {
    last.trailing_zeros() >= u32::from(bits)
}

/// What the key of `certificate` may be used for; nothing, if the certificate does not restrict it.
///
/// # Errors
///
/// [`Malformed`] if the certificate is not DER, or has the extension more than once.
pub(super) fn of(certificate: &[u8]) -> Result<Option<KeyUsage>, Malformed> {
    let Some(mut extensions) = extensions(certificate)? else { return Ok(None) };
    let mut usage = None;
    while !extensions.is_at_end() {
        let malformed = extensions.malformed();
        let mut extension = extensions.take(SEQUENCE)?;
        let is_usage = extension.take(OBJECT_IDENTIFIER)?.bytes() == KEY_USAGE;
        // "A certificate MUST NOT include more than one instance of a particular extension"
        // (section 4.2).
        if is_usage && usage.replace(KeyUsage::read(extension)?).is_some() {
            return Err(malformed);
        }
    }
    Ok(usage)
}

/// Walks over all that section 4.1 puts in front of them.
fn extensions(certificate: &[u8]) -> Result<Option<Reader<'_>>, Malformed> {
    let mut outer = Reader::new(certificate);
    let mut signed = outer.take(SEQUENCE)?;
    outer.end()?;
    let mut fields = signed.take(SEQUENCE)?;
    signed.take(SEQUENCE)?;
    signed.take(BIT_STRING)?;
    signed.end()?;
    fields.optional(VERSION)?;
    fields.take(INTEGER)?;
    // signature, issuer, validity, subject, subjectPublicKeyInfo
    for _ in 0..5 {
        fields.take(SEQUENCE)?;
    }
    fields.optional(ISSUER_ID)?;
    fields.optional(SUBJECT_ID)?;
    let extensions = fields.optional(EXTENSIONS)?;
    fields.end()?;
    let Some(mut explicit) = extensions else { return Ok(None) };
    let extensions = explicit.take(SEQUENCE)?;
    explicit.end()?;
    Ok(Some(extensions))
}
