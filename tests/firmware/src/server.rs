//! The servers of a case, and what they received.

use std::fmt;
use std::sync::mpsc::{self, Receiver, Sender};

use measure::Result;
use peer::hostile::{self, Step};
use peer::pki::Identity;
use peer::server::{self, Action, Config, Http};
use peer::sntp::Sntp;
use peer::{Connection, Server};
use serde_json::Map;
use tc3_core::Timestamp;
use tc3_std::gateway::{self, Account, Answer};

use crate::case::Case;

/// The time of all cases, 2026-11-21T16:39:42Z. Their certificates are valid from a year before to a year after it.
pub(crate) const NOW: u64 = 1_795_279_182;

/// The only credentials that the gateway accepts.
pub(crate) const ID: &str = "AKIDEXAMPLE";
pub(crate) const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

/// The server's behaviour.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Verifies each request as the service does, at [`NOW`].
    Gateway,
    /// Follows the TLS protocol and sends scripted HTTP responses.
    Script(Vec<Action>),
    /// Sends scripted TLS messages that may violate the protocol.
    Hostile(Vec<Step>),
}

/// The running servers.
pub(crate) struct Running {
    pub(crate) server: Server,
    pub(crate) sntp: Option<Sntp>,
    accepted: Receiver<String>,
    answered: Receiver<gateway::Record>,
}

impl Running {
    /// Starts a server with this identity, and an SNTP server if there are replies.
    pub(crate) fn start(case: &Case, identity: &Identity) -> Result<Self> {
        let (accept, accepted) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        let follow = |http| server::start((case.adjust)(Config::new(identity)), http);
        let server = match &case.plan {
            Plan::Gateway => follow(Http::Gateway(gateway(accept)?.record_to(answer)))?,
            Plan::Script(script) => follow(Http::Script(script.clone()))?,
            Plan::Hostile(script) => hostile::start(identity, script.clone())?,
        };
        let sntp = (!case.replies.is_empty()).then(|| Sntp::start(case.replies.clone())).transpose()?;
        Ok(Self { server, sntp, accepted, answered })
    }

    /// Reads what clients have sent so far, and stops the servers.
    pub(crate) fn finish(self) -> Seen {
        let log = self.server.finish();
        let (mut verdicts, mut answers) = (Vec::new(), Vec::new());
        for gateway::Record { error, request_id: id, .. } in self.answered.try_iter() {
            if error.is_none() {
                let body = format!(r#"{{"Response":{{"RequestId":"{id}"}}}}"#);
                answers.push(format!("result: ok status=200 request-id={id} body={body}"));
            }
            let accepted = || self.accepted.try_recv().unwrap_or_default();
            verdicts.push(error.map_or_else(accepted, |(code, _)| code));
        }
        Seen {
            verdicts,
            answers,
            connections: log.connections,
            sntp_requests: self.sntp.map(Sntp::finish).unwrap_or_default(),
        }
    }
}

/// A gateway that sends a line to `accept` for each request that it accepts.
fn gateway(accept: Sender<String>) -> Result<gateway::Config> {
    let now = Timestamp::from_unix(NOW)?;
    let config = gateway::Config::new().account(Account::new(ID, KEY)).clock(move || now);
    Ok(config.answer(move |request| {
        // The receiver may be gone at the end of the case.
        let _ = accept.send(format!("{} {} {}", request.method, request.scheme, request.action));
        Answer::Fields(Map::new())
    }))
}

/// What the servers received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) connections: Vec<Connection>,
    /// For each request to the gateway: its method, signature and action if it was accepted, or else
    /// the error code of the response.
    pub(crate) verdicts: Vec<String>,
    /// What the firmware must print of each response of the gateway.
    pub(crate) answers: Vec<String>,
    pub(crate) sntp_requests: Vec<Vec<u8>>,
}

impl Seen {
    /// What a case can expect.
    pub(crate) fn facts(&self) -> [String; 5] {
        let all = &self.connections;
        let secured = all.iter().filter(|it| it.handshake_complete).count();
        let lines = all.iter().map(|it| String::from_utf8_lossy(&it.received));
        // Complete or not.
        let requests: usize = lines.map(|lines| lines.matches(" HTTP/1.1\r\n").count()).sum();
        // A record that could not be decrypted can contain some.
        let has_bytes = all.iter().any(|it| !it.received.is_empty() || it.undecryptable > 0);
        [
            format!("connections: {}, with a completed handshake: {secured}", all.len()),
            format!("requests: {requests}"),
            format!("request bytes: {}", if has_bytes { "some" } else { "none" }),
            format!("verdicts: {}", self.verdicts.join(", ")),
            format!("SNTP requests: {}", self.sntp_requests.len()),
        ]
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.facts().iter().try_for_each(|fact| writeln!(f, "{fact}"))?;
        for Connection { received, undecryptable, error, .. } in &self.connections {
            let (bytes, error) = (received.len(), error.as_deref().unwrap_or("none"));
            writeln!(f, "{bytes} bytes received, {undecryptable} records not decrypted, error: {error}")?;
            for line in String::from_utf8_lossy(received).lines() {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}
