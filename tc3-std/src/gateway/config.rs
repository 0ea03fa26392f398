//! The settings of a gateway.

use super::{
    accepted::Accepted,
    account::Account,
    answer::{self, Answer},
    mock::Answers,
    record::Record,
};
use crate::clock::{ClockError, SystemClock};
use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, mpsc::Sender},
    time::Duration,
};
use tc3_core::Timestamp;

/// The protocol that carries HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// TLS 1.2 and 1.3.
    Tls,
    /// TLS 1.2 only.
    Tls12,
    /// TLS 1.3 only.
    Tls13,
    /// No TLS.
    PlainHttp,
}

pub(super) type Clock = Box<dyn Fn() -> Result<Timestamp, ClockError> + Send + Sync>;
pub(super) type Hook = Box<dyn Fn(&Accepted) -> Answer + Send + Sync>;

/// The settings of a gateway. By default it listens with TLS on a free port of 127.0.0.1, uses the system
/// clock, accepts no account, and responds with a description of the request.
pub struct Config {
    pub(super) listen: SocketAddr,
    pub(super) transport: Transport,
    pub(super) accounts: Vec<Account>,
    pub(super) clock: Clock,
    pub(super) answer: Hook,
    pub(super) records: Option<Sender<Record>>,
    pub(super) idle_limit: Duration,
    pub(super) is_api2: bool,
    pub(super) answers: Arc<Answers>,
}

impl Config {
    /// The default settings.
    #[must_use]
    pub fn new() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            transport: Transport::Tls,
            accounts: Vec::new(),
            clock: Box::new(|| SystemClock.now()),
            answer: Box::new(answer::echo),
            records: None,
            idle_limit: Duration::from_secs(30),
            is_api2: false,
            answers: Arc::default(),
        }
    }

    /// Listens on this loopback address; port 0 selects a free one.
    #[must_use]
    pub fn listen(self, listen: SocketAddr) -> Self {
        Self { listen, ..self }
    }

    /// Replaces the default, [`Transport::Tls`].
    #[must_use]
    pub fn transport(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }

    /// Adds an account whose requests are accepted.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Verifies timestamps against the time that `clock` returns, instead of the system time.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Box::new(move || Ok(clock())), ..self }
    }

    /// Also accepts v1 requests without `Version`: those of API 2.0.
    #[must_use]
    pub fn api2(self) -> Self {
        Self { is_api2: true, ..self }
    }

    /// Responds to accepted requests with the result of `answer`. An answer that
    /// [`Gateway::answer`](super::Gateway::answer) sets for the action comes first.
    #[must_use]
    pub fn answer(self, answer: impl Fn(&Accepted) -> Answer + Send + Sync + 'static) -> Self {
        Self { answer: Box::new(answer), ..self }
    }

    /// Sends a record of every request, accepted or not, just before the gateway responds.
    #[must_use]
    pub fn record_to(self, records: Sender<Record>) -> Self {
        Self { records: Some(records), ..self }
    }

    /// Closes a connection when the client has sent nothing that is due, or received nothing, for this time: within
    /// the TLS handshake, a request or a response, or between requests. 30 s by default.
    #[must_use]
    pub fn idle_limit(self, limit: Duration) -> Self {
        Self { idle_limit: limit, ..self }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Config");
        debug.field("listen", &self.listen).field("transport", &self.transport);
        debug.field("accounts", &self.accounts).field("idle_limit", &self.idle_limit);
        debug.finish_non_exhaustive()
    }
}
