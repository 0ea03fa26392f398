//! A TLS server that follows the protocol. It uses `rustls`.

mod config;
pub mod script;
mod service;
mod session;

pub use config::Config;
pub use script::Action;
pub use service::{React, Reaction, Service, Then};
pub use session::relay;

use crate::listener::Server;
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
///
/// # Errors
/// An error of the operating system, `rustls` or the gateway.
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
