//! TLS 1.2 and 1.3 by `rustls`, with proof of the server's identity: there is no way around it.

mod stream;
mod trust;

pub use stream::{TlsError, TlsStream};
pub use trust::{Trust, TrustError};

use rustls::{ClientConfig, ClientConnection, RootCertStore, crypto::ring, pki_types::ServerName};
use std::{net::TcpStream, sync::Arc};

/// What is needed to open TLS connections.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<ClientConfig>,
}

impl Tls {
    /// Connections to servers that prove their identity to `trust`.
    ///
    /// # Errors
    /// [`TlsError`] if the cryptography lacks what the protocol needs.
    pub fn new(trust: Trust) -> Result<Self, TlsError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(TlsError::Handshake)?;
        let mut config = builder.with_root_certificates(RootCertStore::from(trust)).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config) })
    }

    /// Shakes hands over a connected socket. The server has to prove that it is `host`: the name
    /// or address of the signed Host header, whatever address was dialled.
    ///
    /// # Errors
    /// [`TlsError`], and nothing of a request has been sent.
    pub fn connect(&self, host: &str, socket: TcpStream) -> Result<TlsStream, TlsError> {
        let name = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(name.to_owned()).map_err(|_| TlsError::NotAName)?;
        let session = ClientConnection::new(Arc::clone(&self.config), name).map_err(TlsError::Handshake)?;
        TlsStream::shake_hands(session, socket)
    }
}
