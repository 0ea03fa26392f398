//! The certificate authorities (CAs) to trust.

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem, pem::PemObject},
};
use std::{error::Error, fmt, fs, io, path::Path};

/// The trust anchors: the certificate authorities (CAs) at which a server's certificate chain may end.
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
    /// The public CAs in Mozilla's list. They issue the service's certificates.
    #[must_use]
    pub fn public() -> Self {
        Self(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect())
    }

    /// No CAs. Every certificate is refused until CAs are added.
    #[must_use]
    pub fn empty() -> Self {
        Self(RootCertStore::empty())
    }

    /// Adds all CA certificates in a PEM string.
    ///
    /// # Errors
    /// [`TrustError`] if the PEM or a certificate is malformed, or if there is no certificate.
    pub fn and_pem(mut self, pem: &[u8]) -> Result<Self, TrustError> {
        let mut count = 0usize;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(TrustError::Pem)?;
            self.0.add(certificate).map_err(|source| TrustError::Certificate { index: count, source })?;
            count = count.saturating_add(1);
        }
        if count == 0 { Err(TrustError::NoCertificate) } else { Ok(self) }
    }

    /// Adds all CA certificates in a PEM file.
    ///
    /// # Errors
    /// [`TrustError`] if the file cannot be read, or as for [`and_pem`](Self::and_pem).
    pub fn and_file(self, path: &Path) -> Result<Self, TrustError> {
        self.and_pem(&fs::read(path).map_err(TrustError::File)?)
    }
}

impl From<Trust> for RootCertStore {
    fn from(trust: Trust) -> Self {
        trust.0
    }
}

/// Why CA certificates could not be added.
#[derive(Debug)]
#[non_exhaustive]
pub enum TrustError {
    /// The file cannot be read.
    File(io::Error),
    /// The PEM is malformed.
    Pem(pem::Error),
    /// There is no `-----BEGIN CERTIFICATE-----`.
    NoCertificate,
    /// A certificate is malformed.
    Certificate {
        /// Its position in the PEM, from 0.
        index: usize,
        /// What is wrong with it.
        source: rustls::Error,
    },
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(source) => write!(f, "could not read: {source}"),
            Self::Pem(source) => write!(f, "malformed PEM: {source}"),
            Self::NoCertificate => f.write_str("there is no certificate in it"),
            Self::Certificate { index, source } => write!(f, "certificate {index} is malformed: {source}"),
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
