//! A TLS server that follows the protocol. It uses `rustls`.

mod config;
mod player;
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
        let listener = Listener::start(move |socket, log, stop| {
            let mut session = Session::new(Arc::clone(&tls), socket, log);
            let outcome = session.handshake().and_then(|()| match forward_to {
                Some(addr) => player::forward(&mut session, addr),
                None => player::play(&mut session, &script, stop),
            });
            if outcome.is_err() {
                let _ = session.close_tcp();
            }
            // Bytes that the client still sends belong in the log, even after an error.
            if let Err(error) = outcome.and(session.drain())
                && error.kind() != io::ErrorKind::Interrupted
            {
                log.update(|it| it.error = Some(error.to_string()));
            }
        })?;
        Ok(Self { listener, _gateway: gateway })
    }

    /// The address that the server listens on.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Stops the server after it has read everything that clients have sent, and returns the log. Waits at
    /// most 250 ms for clients that have not closed their connections. Set `nodelay` on the client's
    /// socket: bytes that the client's operating system delays and never sends are not in the log.
    #[must_use]
    pub fn finish(self) -> Log {
        self.listener.finish()
    }
}
