//! RSA public keys.

use super::super::der::{DerReader, SEQUENCE};
use super::power::{MAX_BYTES, power};

/// Minimum length of a modulus: 2,048 bits.
const MIN_BYTES: usize = 256;

/// A modulus and an exponent within the bounds in the documentation of [`rsa`](super).
#[derive(Clone, Copy)]
pub(super) struct PublicKey<'a> {
    modulus: &'a [u8],
    exponent: u32,
}

impl<'a> PublicKey<'a> {
    /// Parses a key (RFC 8017 appendix A.1.1):
    ///
    /// ```text
    /// RSAPublicKey ::= SEQUENCE {
    ///     modulus           INTEGER,  -- n
    ///     publicExponent    INTEGER   -- e
    /// }
    /// ```
    pub(super) fn from_der(der: &'a [u8]) -> Option<Self> {
        let mut outer = DerReader::new(der);
        let mut key = outer.take(SEQUENCE).ok()?;
        outer.end().ok()?;
        let modulus = key.positive_integer().ok()?;
        let exponent = key.positive_integer().ok()?;
        key.end().ok()?;
        Self { modulus, exponent: to_u32(exponent)? }.checked()
    }

    /// Checks the bounds. [`power`] also checks that the modulus is odd.
    fn checked(self) -> Option<Self> {
        let has_whole_bytes = matches!(self.modulus, [0x80..=0xff, ..]);
        let is_length_allowed = matches!(self.modulus.len(), MIN_BYTES..=MAX_BYTES);
        let is_exponent_odd = self.exponent & 1 == 1;
        (has_whole_bytes && is_length_allowed && is_exponent_odd && self.exponent >= 3).then_some(self)
    }

    /// RSAVP1 (RFC 8017 section 5.2.2): recovers the encoded message from a signature. The encoded message
    /// is as long as the modulus.
    pub(super) fn recover<'o>(self, signature: &[u8], out: &'o mut [u8; MAX_BYTES]) -> Option<&'o mut [u8]> {
        // RFC 8017 section 8.2.2: "If the length of the signature S is not k octets, output "invalid
        // signature" and stop".
        if signature.len() != self.modulus.len() {
            return None;
        }
        let out = out.get_mut(..self.modulus.len())?;
        power(signature, self.exponent, self.modulus, out)?;
        Some(out)
    }
}

/// Converts a big-endian number. Returns `None` if it has more than four bytes.
fn to_u32(digits: &[u8]) -> Option<u32> {
    (digits.len() <= 4).then(|| {
        digits.iter().fold(0u32, |word, digit| word.wrapping_mul(256).wrapping_add(u32::from(*digit)))
    })
}
