//! The settings of the TLS server.

use crate::pki::Identity;
use rustls::{
    Error, ServerConfig, SignatureAlgorithm, SignatureScheme,
    crypto::ring,
    pki_types::PrivatePkcs8KeyDer,
    sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use std::sync::Arc;

/// The settings of a server. The default is TLS 1.3 with the defaults of `rustls`.
#[derive(Clone, Debug)]
pub struct Config {
    /// The chain and the key.
    pub identity: Identity,
    /// Supports TLS 1.2 only.
    pub tls12: bool,
    /// Sends this many NewSessionTicket messages after a TLS 1.3 handshake.
    pub tickets: usize,
    /// Limits records to this many bytes including their header, so that handshake messages are
    /// fragmented. The minimum is 32.
    pub max_record: Option<usize>,
    /// Signs with this SignatureScheme, not with the first in the client's list that the key supports.
    pub scheme: Option<u16>,
}

impl Config {
    /// The default settings for a server with this identity.
    pub fn new(identity: &Identity) -> Self {
        let identity = identity.clone();
        Self { identity, tls12: false, tickets: 2, max_record: None, scheme: None }
    }

    pub(super) fn into_rustls(self) -> Result<Arc<ServerConfig>, Error> {
        let Identity { chain, key, .. } = self.identity;
        let provider = ring::default_provider();
        let key = provider.key_provider.load_private_key(PrivatePkcs8KeyDer::from(key).into())?;
        let key = Arc::new(ClientPreference(key, self.scheme.map(SignatureScheme::from)));
        let version = if self.tls12 { &TLS12 } else { &TLS13 };
        let builder = ServerConfig::builder_with_provider(Arc::new(provider));
        let builder = builder.with_protocol_versions(&[version])?.with_no_client_auth();
        let chain = chain.into_iter().map(Into::into).collect();
        let identity = SingleCertAndKey::from(CertifiedKey::new(chain, key));
        let mut config = builder.with_cert_resolver(Arc::new(identity));
        config.send_tls13_tickets = self.tickets;
        config.max_fragment_size = self.max_record;
        Ok(Arc::new(config))
    }
}

/// A key that signs with the first scheme in the client's list that the key supports, as most servers do, or
/// only with one scheme. `rustls` itself prefers the longest hash.
#[derive(Debug)]
struct ClientPreference(Arc<dyn SigningKey>, Option<SignatureScheme>);

impl SigningKey for ClientPreference {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let mut offered = offered.iter().filter(|scheme| self.1.is_none_or(|only| only == **scheme));
        offered.find_map(|scheme| self.0.choose_scheme(&[*scheme]))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}
