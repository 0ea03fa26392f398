//! TLS 1.2 and 1.3 by `rustls`. The server's certificate is always verified; no option turns that off.
//!
//! Tencent's document: "All the Tencent Cloud APIs communicate via HTTPS".

mod stream;
mod trust;

pub(crate) use stream::{TimedOut, is_timeout};
pub use stream::{TlsError, TlsStream};
pub use trust::{Trust, TrustError};

use rustls::{ClientConfig, ClientConnection, RootCertStore, crypto::ring, pki_types::ServerName};
use std::{net::TcpStream, sync::Arc};

/// The TLS configuration that connections share: trust anchors, TLS 1.2 and 1.3, ALPN `http/1.1`.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<ClientConfig>,
}

impl Tls {
    /// Accepts servers whose certificate chain ends at a certificate authority in `trust`.
    ///
    /// # Errors
    /// [`TlsError`] if the cryptography provider does not support TLS 1.2 and 1.3.
    pub fn new(trust: Trust) -> Result<Self, TlsError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(TlsError::Handshake)?;
        let mut config = builder.with_root_certificates(RootCertStore::from(trust)).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config) })
    }

    /// Performs the handshake over a connected socket. The server's certificate must be valid for `host`,
    /// the name or address in the signed Host header, even if the socket is connected to another address.
    ///
    /// # Errors
    /// [`TlsError`] if the handshake fails.
    pub fn connect(&self, host: &str, socket: TcpStream) -> Result<TlsStream, TlsError> {
        let name = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(name.to_owned()).map_err(|_| TlsError::InvalidHost)?;
        let session = ClientConnection::new(Arc::clone(&self.config), name).map_err(TlsError::Handshake)?;
        TlsStream::handshake(session, socket)
    }
}
