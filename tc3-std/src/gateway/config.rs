//! What a gateway accepts, and what it answers.

use super::{Account, Answer, Received, Record, answer};
use crate::clock::{ClockError, SystemClock};
use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    sync::mpsc::Sender,
};
use tc3_core::Timestamp;

/// How clients talk to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// TLS 1.2 and 1.3.
    Tls,
    /// TLS 1.2 alone, to see what a client makes of it.
    Tls12,
    /// TLS 1.3 alone.
    Tls13,
    /// No TLS.
    PlainHttp,
}

pub(super) type Clock = Box<dyn Fn() -> Result<Timestamp, ClockError> + Send + Sync>;
pub(super) type Hook = Box<dyn Fn(&Received) -> Answer + Send + Sync>;

/// The settings of a gateway: TLS on a free port of 127.0.0.1, nobody's requests accepted, the
/// system's clock, every request echoed.
pub struct Config {
    pub(super) listen: SocketAddr,
    pub(super) transport: Transport,
    pub(super) accounts: Vec<Account>,
    pub(super) clock: Clock,
    pub(super) answer: Hook,
    pub(super) records: Option<Sender<Record>>,
}

impl Config {
    /// The settings to start from.
    #[must_use]
    pub fn new() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            transport: Transport::Tls,
            accounts: Vec::new(),
            clock: Box::new(|| SystemClock.now()),
            answer: Box::new(answer::echo),
            records: None,
        }
    }

    /// Listens on this loopback address; port 0 takes a free one.
    #[must_use]
    pub fn listen(self, listen: SocketAddr) -> Self {
        Self { listen, ..self }
    }

    /// Talks like this.
    #[must_use]
    pub fn transport(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }

    /// Accepts requests of this account too.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Takes this for the current time.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Box::new(move || Ok(clock())), ..self }
    }

    /// Answers accepted requests like this.
    #[must_use]
    pub fn answer(self, answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        Self { answer: Box::new(answer), ..self }
    }

    /// Tells of every request, accepted or not, when it is answered.
    #[must_use]
    pub fn record_to(self, records: Sender<Record>) -> Self {
        Self { records: Some(records), ..self }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Config");
        text.field("listen", &self.listen).field("transport", &self.transport);
        text.field("accounts", &self.accounts).finish_non_exhaustive()
    }
}
