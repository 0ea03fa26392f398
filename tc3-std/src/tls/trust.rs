//! Whom to believe.

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem, pem::PemObject},
};
use std::{error::Error, fmt, fs, io, path::Path};

/// The authorities whose certificates prove a server's identity.
///
/// ```
/// use tc3_std::tls::{Tls, Trust};
///
/// let public = Tls::new(Trust::public())?;
/// # Ok::<(), tc3_std::tls::TlsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Trust(RootCertStore);

impl Trust {
    /// The public authorities, as Mozilla lists them: those of the service.
    #[must_use]
    pub fn public() -> Self {
        Self(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect())
    }

    /// Nobody, until authorities are added.
    #[must_use]
    pub fn empty() -> Self {
        Self(RootCertStore::empty())
    }

    /// These authorities too, as PEM text.
    ///
    /// # Errors
    /// [`TrustError`] for text without a certificate, and for one that cannot be an authority's.
    pub fn and_pem(mut self, text: &[u8]) -> Result<Self, TrustError> {
        let mut count = 0usize;
        for certificate in CertificateDer::pem_slice_iter(text) {
            let certificate = certificate.map_err(TrustError::Pem)?;
            self.0.add(certificate).map_err(|source| TrustError::Certificate { index: count, source })?;
            count = count.saturating_add(1);
        }
        if count == 0 { Err(TrustError::NoCertificate) } else { Ok(self) }
    }

    /// These authorities too, from a PEM file.
    ///
    /// # Errors
    /// [`TrustError`], for what is in the file and for a file that cannot be read.
    pub fn and_file(self, path: &Path) -> Result<Self, TrustError> {
        self.and_pem(&fs::read(path).map_err(TrustError::File)?)
    }
}

impl From<Trust> for RootCertStore {
    fn from(trust: Trust) -> Self {
        trust.0
    }
}

/// A text that should name authorities does not.
#[derive(Debug)]
#[non_exhaustive]
pub enum TrustError {
    /// The file cannot be read.
    File(io::Error),
    /// The text is damaged.
    Pem(pem::Error),
    /// The text has no `-----BEGIN CERTIFICATE-----`.
    NoCertificate,
    /// A certificate is damaged.
    Certificate {
        /// Its position in the text, from 0.
        index: usize,
        /// What is wrong with it.
        source: rustls::Error,
    },
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(source) => write!(f, "could not read: {source}"),
            Self::Pem(source) => write!(f, "PEM text is damaged: {source}"),
            Self::NoCertificate => f.write_str("there is no certificate in it"),
            Self::Certificate { index, source } => write!(f, "certificate {index} is damaged: {source}"),
        }
    }
}

impl Error for TrustError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::File(source) => Some(source),
            Self::Pem(source) => Some(source),
            Self::NoCertificate => None,
            Self::Certificate { source, .. } => Some(source),
        }
    }
}
