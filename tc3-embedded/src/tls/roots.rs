//! Trusted roots: the certification authorities (CAs) whose certificates a chain may end in.
//!
//! The service's public chain ends in [`DIGICERT_GLOBAL_ROOT_G2`]. Only a root's name and public key are
//! stored, which are all that a verifier needs. A test compares them with the crate `webpki-roots`,
//! which has Mozilla's list. If it fails because the list has changed,
//! `UPDATE_ROOTS=1 cargo test -p tc3-embedded --test roots` updates them.

use core::{error::Error, fmt};
use rustls_pki_types::{CertificateDer, Der, TrustAnchor};

/// A trust anchor: a CA's name, its public key and, if there are any, its name constraints.
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

/// DigiCert Global Root G2, RSA-2048: the service's public chain ends in it.
pub const DIGICERT_GLOBAL_ROOT_G2: Root<'static> = Root::from_parts(
    include_bytes!("roots/digicert-global-root-g2.subject"),
    include_bytes!("roots/digicert-global-root-g2.spki"),
);

/// DigiCert Global Root G3, P-384: for a chain of ECDSA keys.
#[cfg(feature = "p384")]
pub const DIGICERT_GLOBAL_ROOT_G3: Root<'static> = Root::from_parts(
    include_bytes!("roots/digicert-global-root-g3.subject"),
    include_bytes!("roots/digicert-global-root-g3.spki"),
);

impl<'a> Root<'a> {
    /// The trust anchor of a private CA, from its certificate in DER.
    ///
    /// The certificate is trusted without checks of its signature, its validity period or its basic
    /// constraints. A server's own certificate cannot be a trust anchor for that server.
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

/// The same bytes with the certificate's lifetime: webpki returns them with that of its own value.
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
    /// They are in PEM, with one certificate or several.
    Pem,
    /// They are cut off, or more than one certificate.
    Length {
        /// The certificate's length by its own header, in bytes.
        declared: usize,
        /// Bytes given.
        given: usize,
    },
    /// They are something else.
    Malformed {
        /// Bytes given.
        given: usize,
    },
}

impl RootError {
    /// The reason why webpki cannot read these bytes.
    fn of(der: &[u8]) -> Self {
        let given = der.len();
        match declared(der) {
            Some(declared) if declared != given => Self::Length { declared, given },
            None if der.windows(PEM.len()).any(|window| window == PEM) => Self::Pem,
            _ => Self::Malformed { given },
        }
    }
}

const PEM: &[u8] = b"-----BEGIN ";

/// The length of a DER sequence of 128 bytes to 64 KiB, with its header. Every certificate is one.
fn declared(der: &[u8]) -> Option<usize> {
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
                "certificate is in PEM, and has to be in DER: openssl x509 -in ca.pem -outform der -out ca.der",
            ),
            Self::Length { declared, given } => {
                write!(f, "certificate of {declared} bytes, and {given} bytes are given")
            }
            Self::Malformed { given } => write!(f, "the {given} bytes are not a certificate in DER"),
        }
    }
}

impl Error for RootError {}
