//! A TLS server that follows the protocol. It uses `rustls`.

mod config;
pub mod script;
mod session;

pub use config::Config;
pub use script::Action;

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
}

/// Starts a server that follows the protocol. The server accepts connections when this returns.
///
/// # Errors
/// An error of the operating system, `rustls` or the gateway.
pub fn start(config: Config, http: Http) -> io::Result<Server> {
    let tls = config.into_rustls().map_err(io::Error::other)?;
    let (gateway, script) = match http {
        Http::Gateway(config) => {
            let gateway = Gateway::start(config.transport(Transport::PlainHttp));
            (Some(gateway.map_err(io::Error::other)?), Vec::new())
        }
        Http::Script(script) => (None, script),
    };
    // The gateway stops with the last connection.
    Server::start(move |tap| {
        let mut session = Session::new(Arc::clone(&tls), tap);
        let outcome = match &gateway {
            Some(gateway) => session.forward(gateway.addr()),
            None => session.play(&script),
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
