//! The settings of the TLS server.

use crate::pki::Identity;
use rustls::{
    Error, ServerConfig, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion,
    crypto::ring,
    pki_types::PrivatePkcs8KeyDer,
    sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use std::sync::Arc;

/// The settings of a server. The default is TLS 1.3 with the defaults of `rustls`.
#[derive(Clone, Debug)]
pub struct Config {
    identity: Identity,
    version: &'static SupportedProtocolVersion,
    tickets: usize,
    max_record: Option<usize>,
    longest_hash: bool,
}

impl Config {
    /// The default settings for a server with this identity.
    pub fn new(identity: &Identity) -> Self {
        Self {
            identity: identity.clone(),
            version: &TLS13,
            tickets: 2,
            max_record: None,
            longest_hash: false,
        }
    }

    /// Supports TLS 1.2 only.
    pub fn tls12(self) -> Self {
        Self { version: &TLS12, ..self }
    }

    /// Sends this many NewSessionTicket messages after a TLS 1.3 handshake.
    pub fn tickets(self, tickets: usize) -> Self {
        Self { tickets, ..self }
    }

    /// Limits records to this many bytes including their header, so that handshake messages are
    /// fragmented. The minimum is 32.
    pub fn max_record(self, bytes: usize) -> Self {
        Self { max_record: Some(bytes), ..self }
    }

    /// Signs with the longest hash that the client offers, not with the first scheme in the client's list.
    pub fn longest_hash(self) -> Self {
        Self { longest_hash: true, ..self }
    }

    pub(super) fn into_rustls(self) -> Result<Arc<ServerConfig>, Error> {
        let Identity { chain, key, .. } = self.identity;
        let provider = ring::default_provider();
        let key = provider.key_provider.load_private_key(PrivatePkcs8KeyDer::from(key).into())?;
        let key: Arc<dyn SigningKey> = if self.longest_hash { key } else { Arc::new(ClientPreference(key)) };
        let builder = ServerConfig::builder_with_provider(Arc::new(provider));
        let builder = builder.with_protocol_versions(&[self.version])?.with_no_client_auth();
        let chain = chain.into_iter().map(Into::into).collect();
        let identity = SingleCertAndKey::from(CertifiedKey::new(chain, key));
        let mut config = builder.with_cert_resolver(Arc::new(identity));
        config.send_tls13_tickets = self.tickets;
        config.max_fragment_size = self.max_record;
        Ok(Arc::new(config))
    }
}

/// A key that signs with the first scheme in the client's list that the key supports, as most servers do.
/// `rustls` itself prefers the longest hash.
#[derive(Debug)]
struct ClientPreference(Arc<dyn SigningKey>);

impl SigningKey for ClientPreference {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.iter().find_map(|scheme| self.0.choose_scheme(&[*scheme]))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}
