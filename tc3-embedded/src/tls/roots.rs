//! Trusted roots: the certification authorities (CAs) in which a certificate chain may end.
//!
//! The service's public chain ends in [`DIGICERT_GLOBAL_ROOT_G2`]. Only a root's name and public key are
//! stored; a verifier needs nothing else. A test compares the stored roots with Mozilla's list in the
//! crate `webpki-roots`. If the test fails because the list has changed,
//! `UPDATE_ROOTS=1 cargo test -p tc3-embedded --test roots` updates the stored roots.

use core::{error::Error, fmt};
use rustls_pki_types::{CertificateDer, Der, TrustAnchor};

/// A trust anchor: the name, the public key and the name constraints (if any) of a CA.
///
/// ```
/// use tc3_embedded::tls::roots::{DIGICERT_GLOBAL_ROOT_G2, Root, RootError};
///
/// # const CA: &[u8] = include_bytes!("../../tests/roots/digicert-global-root-g2.der");
/// # /*
/// const CA: &[u8] = include_bytes!("ca.der");
/// # */
/// let roots = [DIGICERT_GLOBAL_ROOT_G2, Root::from_certificate(CA)?];
///
/// let pem = b"-----BEGIN CERTIFICATE-----\nMIID";
/// assert_eq!(Root::from_certificate(pem), Err(RootError::Pem));
/// # Ok::<(), RootError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Root<'a>(pub(crate) TrustAnchor<'a>);

/// DigiCert Global Root G2, an RSA-2048 key. The service's public chain ends in this root.
pub const DIGICERT_GLOBAL_ROOT_G2: Root<'static> = Root::from_parts(
    include_bytes!("roots/digicert-global-root-g2.subject"),
    include_bytes!("roots/digicert-global-root-g2.spki"),
);

/// DigiCert Global Root G3, a P-384 key, for a chain with ECDSA keys.
#[cfg(feature = "p384")]
pub const DIGICERT_GLOBAL_ROOT_G3: Root<'static> = Root::from_parts(
    include_bytes!("roots/digicert-global-root-g3.subject"),
    include_bytes!("roots/digicert-global-root-g3.spki"),
);

impl<'a> Root<'a> {
    /// The trust anchor of a private CA, from its certificate in DER.
    ///
    /// The certificate's signature, validity period and basic constraints are not checked. A server's
    /// own certificate cannot be a trust anchor for that server.
    ///
    /// # Errors
    /// [`RootError`] unless the bytes are exactly one certificate in DER.
    pub fn from_certificate(der: &'a [u8]) -> Result<Self, RootError> {
        let certificate = CertificateDer::from_slice(der);
        let anchor = webpki::anchor_from_trusted_cert(&certificate).map_err(|_| RootError::of(der))?;
        let field =
            |borrowed: &Der<'_>| subslice_of(der, borrowed).map(Der::from_slice).ok_or(RootError::of(der));
        Ok(Self(TrustAnchor {
            subject: field(&anchor.subject)?,
            subject_public_key_info: field(&anchor.subject_public_key_info)?,
            name_constraints: anchor.name_constraints.as_ref().map(field).transpose()?,
        }))
    }

    const fn from_parts(subject: &'a [u8], key: &'a [u8]) -> Self {
        Self(TrustAnchor {
            subject: Der::from_slice(subject),
            subject_public_key_info: Der::from_slice(key),
            name_constraints: None,
        })
    }
}

/// `part` as a slice of `der`, and so with the lifetime of `der`. webpki returns its fields with a
/// shorter lifetime.
fn subslice_of<'a>(der: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    let from = part.as_ptr().addr().checked_sub(der.as_ptr().addr())?;
    der.get(from..from.checked_add(part.len())?)
}

impl fmt::Debug for Root<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Root(\"{}\")", self.0.subject.escape_ascii())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Root<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Root({=[u8]:a})", &self.0.subject);
    }
}

/// Why bytes are not a certificate in DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RootError {
    /// The bytes are in PEM, not in DER.
    Pem,
    /// The certificate is truncated, or other bytes follow it.
    Length {
        /// Length of the certificate according to its header, in bytes.
        declared: usize,
        /// Number of bytes that were given.
        given: usize,
    },
    /// The bytes are neither a certificate in DER nor PEM.
    Malformed {
        /// Number of bytes that were given.
        given: usize,
    },
}

impl RootError {
    /// The reason why webpki cannot parse these bytes.
    fn of(der: &[u8]) -> Self {
        let given = der.len();
        match declared_length(der) {
            Some(declared) if declared != given => Self::Length { declared, given },
            None if der.windows(PEM.len()).any(|window| window == PEM) => Self::Pem,
            _ => Self::Malformed { given },
        }
    }
}

const PEM: &[u8] = b"-----BEGIN ";

/// The length of a DER SEQUENCE including its header, if its contents have 128 bytes to 64 KiB. Every
/// certificate is a SEQUENCE of such a length.
fn declared_length(der: &[u8]) -> Option<usize> {
    match *der {
        [0x30, 0x81, low, ..] => usize::from(low).checked_add(3),
        [0x30, 0x82, high, low, ..] => usize::from(u16::from_be_bytes([high, low])).checked_add(4),
        _ => None,
    }
}

impl fmt::Display for RootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pem => f.write_str(
                "the certificate is in PEM; convert it to DER: openssl x509 -in ca.pem -outform der -out ca.der",
            ),
            Self::Length { declared, given } => {
                write!(f, "the certificate has {declared} bytes, but {given} bytes were given")
            }
            Self::Malformed { given } => write!(f, "the {given} bytes are not a certificate in DER"),
        }
    }
}

impl Error for RootError {}
