//! A TLS server that follows the protocol. It uses `rustls`.

pub mod script;
mod service;
mod session;

pub use script::Action;
pub use service::{React, Reaction, Service, Then};
pub use session::relay;

use crate::{listener::Server, pki::Identity};
use rustls::{
    Error, ServerConfig, SignatureAlgorithm, SignatureScheme,
    crypto::ring,
    pki_types::PrivatePkcs8KeyDer,
    sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use session::Session;
use std::{io, sync::Arc};
use tc3_std::gateway::{self, Gateway, Transport};

/// How the server responds to requests.
#[derive(Debug)]
pub enum Http {
    /// A local gateway responds. It verifies each request as Tencent's service does.
    Gateway(gateway::Config),
    /// The server plays this script on each connection.
    Script(Vec<Action>),
    /// A program decides for each connection and request.
    Service(Service),
}

/// Starts a server that follows the protocol. The server accepts connections when this returns.
pub fn start(config: Config, http: Http) -> io::Result<Server> {
    let tls = config.into_rustls().map_err(io::Error::other)?;
    let serve = Serve::start(http)?;
    Server::start(move |tap| {
        let mut session = Session::new(Arc::clone(&tls), tap);
        let outcome = match &serve {
            Serve::Gateway(gateway) => session.forward(gateway.addr()),
            Serve::Script(script) => session.play(script),
            Serve::Service(service) => match service.accept() {
                Some(react) => session.react(react),
                None => return,
            },
        };
        if outcome.is_err() {
            let _ = session.close_tcp();
        }
        // Bytes that the client still sends belong in the log, even after an error.
        if let Err(error) = outcome.and(session.drain()) {
            tap.log.update(|it| it.error = Some(error.to_string()));
        }
    })
}

/// What responds to requests. The gateway stops with the last connection.
enum Serve {
    Gateway(Gateway),
    Script(Vec<Action>),
    Service(Service),
}

impl Serve {
    fn start(http: Http) -> io::Result<Self> {
        Ok(match http {
            Http::Gateway(config) => {
                let gateway = Gateway::start(config.transport(Transport::PlainHttp));
                Self::Gateway(gateway.map_err(io::Error::other)?)
            }
            Http::Script(script) => Self::Script(script),
            Http::Service(service) => Self::Service(service),
        })
    }
}

/// The settings of a server. The default is TLS 1.3 with the defaults of `rustls`.
#[derive(Clone, Debug)]
pub struct Config {
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

    fn into_rustls(self) -> Result<Arc<ServerConfig>, Error> {
        let Identity { chain, key, .. } = self.identity;
        let provider = ring::default_provider();
        let key = provider.key_provider.load_private_key(PrivatePkcs8KeyDer::from(key).into())?;
        let key = Arc::new(ClientPreference(key, self.scheme.map(SignatureScheme::from)));
        let chain = chain.into_iter().map(Into::into).collect();
        let identity = SingleCertAndKey::from(CertifiedKey::new(chain, key));
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[if self.tls12 { &TLS12 } else { &TLS13 }])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(identity));
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
