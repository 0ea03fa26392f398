//! A TLS server that follows the protocol. It uses `rustls`.

mod config;
pub mod script;
mod session;

pub use config::Config;
pub use script::Action;

use crate::{listener::Listener, log::Log};
use session::Session;
use std::{io, net::SocketAddr, sync::Arc};
use tc3_std::gateway::{self, Gateway, Transport};

/// How the server responds to requests.
#[derive(Debug)]
pub enum Http {
    /// A local gateway responds. It verifies each request as Tencent's service does.
    Gateway(gateway::Config),
    /// The server plays this script on each connection.
    Script(Vec<Action>),
}

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    // Fields are dropped in order. The listener's connections use the gateway, so it comes last.
    _gateway: Option<Gateway>,
}

impl Server {
    /// Starts a server. The server accepts connections when this returns.
    ///
    /// # Errors
    /// An error of the operating system, `rustls` or the gateway.
    pub fn start(config: Config, http: Http) -> io::Result<Self> {
        let tls = config.into_rustls().map_err(io::Error::other)?;
        let (gateway, script) = match http {
            Http::Gateway(config) => {
                let gateway = Gateway::start(config.transport(Transport::PlainHttp));
                (Some(gateway.map_err(io::Error::other)?), Vec::new())
            }
            Http::Script(script) => (None, script),
        };
        let forward_to = gateway.as_ref().map(Gateway::addr);
        let listener = Listener::start(move |tap| {
            let mut session = Session::new(Arc::clone(&tls), tap);
            let outcome = match forward_to {
                Some(addr) => session.forward(addr),
                None => session.play(&script),
            };
            if outcome.is_err() {
                let _ = session.close_tcp();
            }
            // Bytes that the client still sends belong in the log, even after an error.
            if let Err(error) = outcome.and(session.drain()) {
                tap.log.update(|it| it.error = Some(error.to_string()));
            }
        })?;
        Ok(Self { listener, _gateway: gateway })
    }

    /// The address that the server listens on.
    pub const fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Stops the server after it has read everything that clients have sent, and returns the log. Waits at
    /// most 250 ms for clients that have not closed their connections. Set `nodelay` on the client's
    /// socket: bytes that the client's operating system delays and never sends are not in the log.
    pub fn finish(self) -> Log {
        self.listener.finish()
    }
}
