//! RSA public keys.

use super::super::der::{DerReader, SEQUENCE};
use super::power::{MAX, power};

/// The shortest modulus in bytes: 2,048 bits.
const MIN: usize = 256;

/// A modulus and an exponent within the bounds that [`rsa`](super) names.
#[derive(Clone, Copy)]
pub(super) struct PublicKey<'a> {
    modulus: &'a [u8],
    exponent: u32,
}

impl<'a> PublicKey<'a> {
    /// RFC 8017 appendix A.1.1:
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
        let modulus = key.positive().ok()?;
        let exponent = key.positive().ok()?;
        key.end().ok()?;
        Self { modulus, exponent: to_u32(exponent)? }.checked()
    }

    /// Checks the bounds. [`power`] checks that the modulus is odd.
    fn checked(self) -> Option<Self> {
        let whole_bytes = matches!(self.modulus, [0x80..=0xff, ..]);
        let is_long = matches!(self.modulus.len(), MIN..=MAX);
        let is_odd = self.exponent & 1 == 1;
        (whole_bytes && is_long && is_odd && self.exponent >= 3).then_some(self)
    }

    /// RSAVP1 (RFC 8017 section 5.2.2): recovers the encoded message from a signature. It is as long as
    /// the modulus.
    pub(super) fn recover<'o>(self, signature: &[u8], out: &'o mut [u8; MAX]) -> Option<&'o mut [u8]> {
        // "If the length of the signature S is not k octets, output "invalid signature" and stop"
        // (section 8.2.2).
        if signature.len() != self.modulus.len() {
            return None;
        }
        let out = out.get_mut(..self.modulus.len())?;
        power(signature, self.exponent, self.modulus, out)?;
        Some(out)
    }
}

/// `None` for more than four bytes.
fn to_u32(digits: &[u8]) -> Option<u32> {
    (digits.len() <= 4).then(|| {
        digits.iter().fold(0u32, |word, digit| word.wrapping_mul(256).wrapping_add(u32::from(*digit)))
    })
}
