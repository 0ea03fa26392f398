//! An honest TLS server by `rustls`.
//!
//! ```
//! use peer::{pki, server::{Config, Http, Server, script}};
//!
//! let identity = pki::ecdsa(1_795_279_182);
//! let once = script::answer(r#"{"Response":{"RequestId":"r-1"}}"#);
//! let server = Server::start(Config::new(&identity), Http::each(once))?;
//! // … a client calls server.addr() …
//! assert_eq!(server.finish().connections, []);
//! # Ok::<(), std::io::Error>(())
//! ```

mod choice;
mod config;
mod pipe;
pub mod script;
mod session;
mod stage;

pub use config::Config;
pub use script::Act;

use crate::{
    listener::{Ending, Listener},
    record::{Page, Record},
};
use rustls::ServerConfig;
use session::Session;
use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::Arc,
};
use tc3_std::gateway::{self, Gateway, Transport};

/// What is behind TLS.
#[derive(Debug)]
pub enum Http {
    /// The local gateway with these settings, which verifies each request as the service does.
    Gateway(gateway::Config),
    /// The first connection gets the first script, and so on; the last one serves all that follow.
    Scripts(Vec<Vec<Act>>),
}

impl Http {
    /// The same script for every connection.
    #[must_use]
    pub fn each(script: Vec<Act>) -> Self {
        Self::Scripts(vec![script])
    }
}

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    // Dropped after the listener, whose connections lead to it.
    _gateway: Option<Gateway>,
}

impl Server {
    /// Starts a server. It accepts connections when this returns.
    ///
    /// # Errors
    /// What the operating system, `rustls` or the gateway said.
    pub fn start(config: Config, http: Http) -> io::Result<Self> {
        let tls = config.into_rustls().map_err(io::Error::other)?;
        let (gateway, behind) = match http {
            Http::Gateway(config) => {
                let gateway = Gateway::start(config.transport(Transport::PlainHttp));
                let gateway = gateway.map_err(io::Error::other)?;
                let addr = gateway.addr();
                (Some(gateway), Behind::Gateway(addr))
            }
            Http::Scripts(scripts) => (None, Behind::Scripts(scripts)),
        };
        let listener = Listener::start(move |socket, page, ending| behind.serve(&tls, socket, page, ending))?;
        Ok(Self { listener, _gateway: gateway })
    }

    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Ends the server, when it has read everything that clients have sent by now. A client that
    /// has not closed its connection yet is waited for a quarter of a second. A client's socket
    /// should have `nodelay`: what its system holds back and never sends is not in the record.
    #[must_use]
    pub fn finish(self) -> Record {
        self.listener.finish()
    }
}

enum Behind {
    Gateway(SocketAddr),
    Scripts(Vec<Vec<Act>>),
}

impl Behind {
    fn serve(&self, tls: &Arc<ServerConfig>, socket: &TcpStream, page: &Page, ending: &Ending) {
        let session = Session::new(Arc::clone(tls), socket, page);
        let outcome = session.shake_hands().and_then(|()| match self {
            Self::Gateway(addr) => pipe::run(&session, *addr),
            Self::Scripts(scripts) => {
                let script = scripts.get(page.number).or(scripts.last());
                stage::play(&session, script.map_or(&[], Vec::as_slice), ending)
            }
        });
        if outcome.is_err() {
            let _ = session.cut();
        }
        // Whatever became of the answers: what the client still sends belongs into the record.
        let heard = session.listen();
        if let Err(error) = outcome.and(heard)
            && error.kind() != io::ErrorKind::Interrupted
        {
            page.with(|it| it.trouble = Some(error.to_string()));
        }
    }
}
