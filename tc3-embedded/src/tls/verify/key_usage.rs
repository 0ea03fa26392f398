//! The key usage extension (RFC 5280 section 4.2.1.3), which webpki does not check.

use super::der::{BIT_STRING, BOOLEAN, DerReader, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};

/// `{joint-iso-itu-t(2) ds(5) certificateExtension(29) keyUsage(15)}`
pub(super) const KEY_USAGE: [u8; 3] = [0x55, 0x1d, 0x0f];

/// The first eight bits of the extension. Bit 0 is the most significant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyUsage(pub(super) u8);

impl KeyUsage {
    /// "[…] verifying digital signatures, other than signatures on certificates (bit 5) and CRLs
    /// (bit 6), such as those used in an entity authentication service": those of a handshake.
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
    fn read(mut extension: DerReader<'_>) -> Result<Self, Malformed> {
        let critical = extension.malformed();
        if extension.optional(BOOLEAN)?.is_some_and(|value| value.bytes() != [0xff]) {
            return Err(critical);
        }
        let mut value = extension.take(OCTET_STRING)?;
        extension.end()?;
        let malformed = value.malformed();
        let bits = value.take(BIT_STRING)?;
        value.end()?;
        // One byte of bits, or two with decipherOnly (bit 8). DER omits trailing zero bits, but some
        // CAs encode them.
        match *bits.bytes() {
            [unused @ 0..8, first] if are_unused_bits_zero(first, unused) => Ok(Self(first)),
            [unused @ 0..8, first, second] if are_unused_bits_zero(second, unused) => Ok(Self(first)),
            _ => Err(malformed),
        }
    }
}

/// "Each unused bit in the final octet of the encoding of a bit string value shall be set to zero"
/// (X.690 section 11.2.1).
fn are_unused_bits_zero(last: u8, unused: u8) -> bool {
    last.trailing_zeros() >= u32::from(unused)
}

/// Finds the key usage among a certificate's extensions. `None` if there is no such extension.
///
/// # Errors
/// [`Malformed`] if the extensions are not DER, or key usage is there more than once.
pub(super) fn find(mut extensions: DerReader<'_>) -> Result<Option<KeyUsage>, Malformed> {
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
