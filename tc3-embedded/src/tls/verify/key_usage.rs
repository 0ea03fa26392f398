//! The key usage extension (RFC 5280 section 4.2.1.3), which webpki does not check.

use super::der::{BIT_STRING, BOOLEAN, DerReader, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};

/// `{joint-iso-itu-t(2) ds(5) certificateExtension(29) keyUsage(15)}`
pub(super) const KEY_USAGE: [u8; 3] = [0x55, 0x1d, 0x0f];

/// The first eight bits of the extension. Bit 0 is the most significant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyUsage(pub(super) u8);

impl KeyUsage {
    /// Whether the key may sign handshakes (bit 0). RFC 5280: "[…] verifying digital signatures, other
    /// than signatures on certificates (bit 5) and CRLs (bit 6), such as those used in an entity
    /// authentication service".
    pub(super) const fn allows_digital_signature(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Whether the key may sign certificates (bit 5). RFC 5280: "The keyCertSign bit is asserted when the
    /// subject public key is used for verifying signatures on public key certificates."
    pub(super) const fn allows_cert_sign(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Parses the rest of this extension, after `extnID`:
    ///
    /// ```text
    /// Extension  ::=  SEQUENCE  {
    ///      extnID      OBJECT IDENTIFIER,
    ///      critical    BOOLEAN DEFAULT FALSE,
    ///      extnValue   OCTET STRING }
    /// ```
    fn parse(mut extension: DerReader<'_>) -> Result<Self, Malformed> {
        let critical = extension.malformed();
        if extension.optional(BOOLEAN)?.is_some_and(|value| value.bytes() != [0xff]) {
            return Err(critical);
        }
        let mut value = extension.take(OCTET_STRING)?;
        extension.end()?;
        let malformed = value.malformed();
        let bits = value.take(BIT_STRING)?;
        value.end()?;
        // The bits take one byte, or two bytes if decipherOnly (bit 8) is included. DER omits trailing
        // zero bits, but some CAs encode them.
        match *bits.bytes() {
            [unused @ 0..8, first] if are_unused_bits_zero(first, unused) => Ok(Self(first)),
            [unused @ 0..8, first, second] if are_unused_bits_zero(second, unused) => Ok(Self(first)),
            _ => Err(malformed),
        }
    }
}

/// X.690 section 11.2.1: "Each unused bit in the final octet of the encoding of a bit string value shall
/// be set to zero".
fn are_unused_bits_zero(last: u8, unused: u8) -> bool {
    last.trailing_zeros() >= u32::from(unused)
}

/// Finds the key usage among a certificate's extensions. Returns `None` if it is absent.
///
/// # Errors
/// [`Malformed`] if the extensions are not valid DER, or if key usage is repeated.
pub(super) fn find(mut extensions: DerReader<'_>) -> Result<Option<KeyUsage>, Malformed> {
    let mut usage = None;
    while !extensions.is_at_end() {
        let malformed = extensions.malformed();
        let mut extension = extensions.take(SEQUENCE)?;
        let is_usage = extension.take(OBJECT_IDENTIFIER)?.bytes() == KEY_USAGE;
        // RFC 5280 section 4.2: "A certificate MUST NOT include more than one instance of a particular
        // extension".
        if is_usage && usage.replace(KeyUsage::parse(extension)?).is_some() {
            return Err(malformed);
        }
    }
    Ok(usage)
}
