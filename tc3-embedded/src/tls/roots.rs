//! Whom to believe: the authorities whose certificates prove a server's identity.
//!
//! The service's public chain ends in [`DIGICERT_GLOBAL_ROOT_G2`]. What is here of it is its name
//! and its key, for a verifier needs no more of an authority; both are those of the crate
//! `webpki-roots`, that is of Mozilla's list, and a test holds them to it. When it fails because
//! the list has changed, `UPDATE_ROOTS=1 cargo test -p tc3-embedded --test roots` writes them anew.

use core::{error::Error, fmt};
use rustls_pki_types::{CertificateDer, Der, TrustAnchor};

/// An authority: its name, its key, and the names that it may speak for if it is bound to some.
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
/// let text = b"-----BEGIN CERTIFICATE-----\nMIID";
/// assert_eq!(Root::from_certificate(text), Err(RootError::Pem));
/// # Ok::<(), RootError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Root<'a>(pub(crate) TrustAnchor<'a>);

/// DigiCert Global Root G2, RSA-2048: the service's public chain ends in it.
pub const DIGICERT_GLOBAL_ROOT_G2: Root<'static> = Root::known(
    include_bytes!("roots/digicert-global-root-g2.subject"),
    include_bytes!("roots/digicert-global-root-g2.spki"),
);

/// DigiCert Global Root G3, P-384: where a chain of ECDSA keys would end.
#[cfg(feature = "p384")]
pub const DIGICERT_GLOBAL_ROOT_G3: Root<'static> = Root::known(
    include_bytes!("roots/digicert-global-root-g3.subject"),
    include_bytes!("roots/digicert-global-root-g3.spki"),
);

impl<'a> Root<'a> {
    /// An authority of one's own, from its certificate in DER.
    ///
    /// The certificate is believed as it stands: neither its signature nor its dates nor whether it
    /// is one of an authority is looked at. A server's own certificate is no authority.
    ///
    /// # Errors
    /// [`RootError`] for what is not one certificate, whole and in DER.
    pub fn from_certificate(der: &'a [u8]) -> Result<Self, RootError> {
        let certificate = CertificateDer::from_slice(der);
        let lent = webpki::anchor_from_trusted_cert(&certificate).map_err(|_| RootError::of(der))?;
        let own = |lent: &Der<'_>| within(der, lent).map(Der::from_slice).ok_or(RootError::of(der));
        Ok(Self(TrustAnchor {
            subject: own(&lent.subject)?,
            subject_public_key_info: own(&lent.subject_public_key_info)?,
            name_constraints: lent.name_constraints.as_ref().map(own).transpose()?,
        }))
    }

    const fn known(subject: &'a [u8], key: &'a [u8]) -> Self {
        Self(TrustAnchor {
            subject: Der::from_slice(subject),
            subject_public_key_info: Der::from_slice(key),
            name_constraints: None,
        })
    }
}

/// The same piece, for as long as the certificate lives and not only webpki's hold on it.
fn within<'a>(der: &'a [u8], piece: &[u8]) -> Option<&'a [u8]> {
    let from = piece.as_ptr().addr().checked_sub(der.as_ptr().addr())?;
    der.get(from..from.checked_add(piece.len())?)
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

/// What should be an authority's certificate is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RootError {
    /// It is the text form of one, or of several.
    Pem,
    /// It is cut off, or more than one certificate.
    Length {
        /// Bytes of the certificate, as it says itself.
        declared: usize,
        /// Bytes given.
        given: usize,
    },
    /// It is not a certificate.
    Malformed {
        /// Bytes given.
        given: usize,
    },
}

impl RootError {
    /// Why webpki cannot read these bytes.
    fn of(der: &[u8]) -> Self {
        let given = der.len();
        match declared(der) {
            Some(declared) if declared != given => Self::Length { declared, given },
            None if der.windows(PEM.len()).any(|text| text == PEM) => Self::Pem,
            _ => Self::Malformed { given },
        }
    }
}

const PEM: &[u8] = b"-----BEGIN ";

/// The length of a DER sequence of 128 bytes to 64 KiB, with its head: no certificate has another.
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
                "certificate is in PEM and DER is wanted: openssl x509 -in ca.pem -outform der -out ca.der",
            ),
            Self::Length { declared, given } => {
                write!(f, "certificate of {declared} bytes, and {given} are given")
            }
            Self::Malformed { given } => write!(f, "{given} bytes that are not a certificate in DER"),
        }
    }
}

impl Error for RootError {}
