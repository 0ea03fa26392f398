//! The other end of a case, and what it saw.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver};

use peer::pki::Identity;
use peer::server::{Act, Config, Http, Server};
use peer::{Connection, Record};
use serde_json::Map;
use tc3_core::Timestamp;
use tc3_std::gateway::{self, Account, Answer};

/// When all of this happens: the certificates of a case are valid a year before and after it.
pub(crate) const NOW: u64 = 1_795_279_182;

/// Who may sign, and with what.
pub(crate) const ID: &str = "AKIDEXAMPLE";
pub(crate) const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

/// What the server does.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Verifies each request as the service does, at [`NOW`].
    Gateway,
    /// Plays the first script to the first connection, and so on; the last one to all that follow.
    Scripts(Vec<Vec<Act>>),
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Running {
    server: Server,
    accepted: Receiver<String>,
    answered: Receiver<gateway::Record>,
}

impl Running {
    pub(crate) fn start(config: Config, plan: &Plan) -> Result<Self, Box<dyn Error>> {
        let (accept, accepted) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        let http = match plan {
            Plan::Scripts(scripts) => Http::Scripts(scripts.clone()),
            Plan::Gateway => {
                let now = Timestamp::from_unix(NOW)?;
                let config = gateway::Config::new().account(Account::new(ID, KEY)).clock(move || now);
                Http::Gateway(config.record_to(answer).answer(move |request| {
                    // Whoever does not ask for what was seen need not be told.
                    let _ = accept.send(format!("{} {} {}", request.method, request.scheme, request.action));
                    Answer::Fields(Map::new())
                }))
            }
        };
        Ok(Self { server: Server::start(config, http)?, accepted, answered })
    }

    pub(crate) const fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Ends the server; what clients have sent by now is read before.
    pub(crate) fn finish(self) -> Seen {
        let Record { connections } = self.server.finish();
        let verdicts = self.answered.try_iter().map(|it| match it.error {
            Some((code, _)) => code,
            None => self.accepted.try_recv().unwrap_or_default(),
        });
        Seen { verdicts: verdicts.collect(), connections }
    }
}

/// What a server saw of its clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) connections: Vec<Connection>,
    /// Of the gateway: method, signature and action of a request that it accepted, or else the
    /// code that it answered.
    pub(crate) verdicts: Vec<String>,
}

impl Seen {
    /// How many clients completed the handshake.
    pub(crate) fn secured(&self) -> usize {
        self.connections.iter().filter(|it| it.secured).count()
    }

    /// How many requests arrived, whole or not.
    pub(crate) fn requests(&self) -> usize {
        self.connections
            .iter()
            .map(|it| String::from_utf8_lossy(&it.received).matches(" HTTP/1.1\r\n").count())
            .sum()
    }

    /// Whether anything arrived that is of the application, or may be.
    pub(crate) fn application_bytes(&self) -> bool {
        self.connections.iter().any(|it| !it.received.is_empty() || it.opaque > 0)
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.connections.is_empty() {
            writeln!(f, "no connection")?;
        }
        for (n, Connection { secured, received, opaque, trouble }) in self.connections.iter().enumerate() {
            let handshake = if *secured { "handshake completed" } else { "no handshake" };
            let trouble = trouble.as_deref().unwrap_or("nothing");
            writeln!(
                f,
                "connection {n}: {handshake}, {} bytes received, {opaque} records that could not be decrypted, trouble: {trouble}",
                received.len()
            )?;
            for line in String::from_utf8_lossy(received).lines() {
                writeln!(f, "  {line}")?;
            }
        }
        for verdict in &self.verdicts {
            writeln!(f, "verdict: {verdict}")?;
        }
        Ok(())
    }
}
