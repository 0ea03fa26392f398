//! How the server speaks TLS.

use crate::pki::Identity;
use rustls::{
    Error, ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::PrivatePkcs8KeyDer,
    version::{TLS12, TLS13},
};
use std::sync::Arc;

/// The settings of a server: TLS 1.3, and the rest as `rustls` has it.
#[derive(Clone, Debug)]
pub struct Config {
    identity: Identity,
    version: &'static SupportedProtocolVersion,
    tickets: usize,
    max_record: Option<usize>,
}

impl Config {
    /// The settings to start from, for a server that shows this identity.
    #[must_use]
    pub fn new(identity: &Identity) -> Self {
        Self { identity: identity.clone(), version: &TLS13, tickets: 2, max_record: None }
    }

    /// Speaks TLS 1.2, and nothing else.
    #[must_use]
    pub fn tls12(self) -> Self {
        Self { version: &TLS12, ..self }
    }

    /// Sends this many NewSessionTicket messages after a TLS 1.3 handshake.
    #[must_use]
    pub fn tickets(self, tickets: usize) -> Self {
        Self { tickets, ..self }
    }

    /// Sends records of at most this many bytes, their header included (32 at least), so that
    /// messages of the handshake are split.
    #[must_use]
    pub fn max_record(self, bytes: usize) -> Self {
        Self { max_record: Some(bytes), ..self }
    }

    pub(super) fn into_rustls(self) -> Result<Arc<ServerConfig>, Error> {
        let Identity { chain, key, .. } = self.identity;
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_protocol_versions(&[self.version])?.with_no_client_auth();
        let chain = chain.into_iter().map(Into::into).collect();
        let mut config = builder.with_single_cert(chain, PrivatePkcs8KeyDer::from(key).into())?;
        config.send_tls13_tickets = self.tickets;
        config.max_fragment_size = self.max_record;
        Ok(Arc::new(config))
    }
}
