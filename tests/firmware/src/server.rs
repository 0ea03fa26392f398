//! The other end of a case, and what it saw.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, Sender};

use peer::Connection;
use peer::hostile::{Hostile, Step};
use peer::pki::Identity;
use peer::server::{Action, Config, Http, Server};
use peer::sntp::{Reply, Sntp};
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
    /// Speaks TLS as it should, and plays this script.
    Script(Vec<Action>),
    /// Does not speak TLS as it should.
    Hostile(Vec<Step>),
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Running {
    server: Either,
    time: Option<Sntp>,
    accepted: Receiver<String>,
    answered: Receiver<gateway::Record>,
}

#[derive(Debug)]
enum Either {
    Honest(Server),
    Hostile(Hostile),
}

impl Running {
    /// Starts a server that has this identity, and one that tells the time if there are replies.
    pub(crate) fn start(
        identity: &Identity,
        adjust: fn(Config) -> Config,
        plan: &Plan,
        time: Option<&[Reply]>,
    ) -> Result<Self, Box<dyn Error>> {
        let (accept, accepted) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        let honest = |http| Server::start(adjust(Config::new(identity)), http).map(Either::Honest);
        let server = match plan {
            Plan::Gateway => honest(Http::Gateway(gateway(accept)?.record_to(answer)))?,
            Plan::Script(script) => honest(Http::each(script.clone()))?,
            Plan::Hostile(script) => Either::Hostile(Hostile::start(identity, script.clone())?),
        };
        let replies = |replies: &[Reply]| replies.iter().copied().map(Some).collect();
        let time = time.map(|it| Sntp::start(replies(it))).transpose()?;
        Ok(Self { server, time, accepted, answered })
    }

    pub(crate) const fn addr(&self) -> SocketAddr {
        match &self.server {
            Either::Honest(server) => server.addr(),
            Either::Hostile(server) => server.addr(),
        }
    }

    /// Where the time is told.
    pub(crate) fn time(&self) -> Option<SocketAddr> {
        self.time.as_ref().map(Sntp::addr)
    }

    /// Ends the server; what clients have sent by now is read before.
    pub(crate) fn finish(self) -> Seen {
        let record = match self.server {
            Either::Honest(server) => server.finish(),
            Either::Hostile(server) => server.finish(),
        };
        let verdicts = self.answered.try_iter().map(|it| match it.error {
            Some((code, _)) => code,
            None => self.accepted.try_recv().unwrap_or_default(),
        });
        Seen {
            verdicts: verdicts.collect(),
            connections: record.connections,
            questions: self.time.map_or(0, |time| time.finish().len()),
        }
    }
}

/// A gateway that notes what it accepts.
fn gateway(accept: Sender<String>) -> Result<gateway::Config, Box<dyn Error>> {
    let now = Timestamp::from_unix(NOW)?;
    let config = gateway::Config::new().account(Account::new(ID, KEY)).clock(move || now);
    Ok(config.answer(move |request| {
        // Nobody may be listening any more.
        let _ = accept.send(format!("{} {} {}", request.method, request.scheme, request.action));
        Answer::Fields(Map::new())
    }))
}

/// What a server saw of its clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) connections: Vec<Connection>,
    /// Of the gateway: method, signature and action of a request that it accepted, or else the
    /// code that it answered.
    pub(crate) verdicts: Vec<String>,
    /// How often the time was asked for.
    pub(crate) questions: usize,
}

impl Seen {
    /// How many clients completed the handshake.
    pub(crate) fn secured(&self) -> usize {
        self.connections.iter().filter(|it| it.handshake_complete).count()
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
        self.connections.iter().any(|it| !it.received.is_empty() || it.undecryptable > 0)
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.connections.is_empty() {
            writeln!(f, "no connection")?;
        }
        for (n, connection) in self.connections.iter().enumerate() {
            let Connection { handshake_complete, received, undecryptable, error } = connection;
            let handshake = if *handshake_complete { "handshake completed" } else { "no handshake" };
            let error = error.as_deref().unwrap_or("nothing");
            writeln!(
                f,
                "connection {n}: {handshake}, {} bytes received, {undecryptable} records that could not be decrypted, error: {error}",
                received.len()
            )?;
            for line in String::from_utf8_lossy(received).lines() {
                writeln!(f, "  {line}")?;
            }
        }
        for verdict in &self.verdicts {
            writeln!(f, "verdict: {verdict}")?;
        }
        if self.questions > 0 {
            writeln!(f, "{} questions for the time", self.questions)?;
        }
        Ok(())
    }
}
