//! What a certificate's key may be used for: RFC 5280 section 4.2.1.3, which the path building of
//! webpki leaves aside.

use super::der::{BIT_STRING, BOOLEAN, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE};

/// `{joint-iso-itu-t(2) ds(5) certificateExtension(29) keyUsage(15)}`
const KEY_USAGE: [u8; 3] = [0x55, 0x1d, 0x0f];

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

/// What a key may be used for by these extensions of its certificate; nothing, if they do not
/// restrict it.
///
/// # Errors
///
/// [`Malformed`] if they are not DER, or hold this one more than once.
pub(super) fn of(mut extensions: Reader<'_>) -> Result<Option<KeyUsage>, Malformed> {
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

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has to stop"
)]
mod tests;
