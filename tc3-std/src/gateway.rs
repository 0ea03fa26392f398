//! A local server that verifies TC3 and v1 requests as the service does, and responds with the service's
//! JSON envelope and error codes.
//!
//! Use it for experiments and to test any client of the service. It needs no Tencent Cloud account and
//! sends nothing to the network. It listens on loopback only, over TLS or plain HTTP. It generates a
//! certificate authority (CA) for TLS at each start.
//!
//! ```
//! use tc3_core::{Credentials, Signer, api};
//! use tc3_std::{Client, SystemClock, gateway::{Account, Config, Gateway}, tls::Trust};
//!
//! let gateway = Gateway::start(Config::new().account(Account::new("AKIDEXAMPLE", "key")))?;
//! let trust = Trust::empty().and_pem(gateway.ca_pem().unwrap_or_default().as_bytes())?;
//! let client = Client::new(trust)?.connect_to(gateway.addr().to_string());
//!
//! let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
//! let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
//! let reply = client.call(signer.sign(&request, SystemClock.now()?))?;
//! assert!(reply.body().starts_with(br#"{"Response":{"Action":"DescribeZones""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! If the signature of a request is wrong, the answer shows the canonical request and the string to sign that the
//! gateway expected, and names the mistake if it is one that signers are known to make: a literal `\n`, another day's
//! key, a charset that an HTTP library added. [`Record::diagnosis`] has the same. [`Gateway::answer`] sets answers, so
//! that the gateway takes the service's place in the tests of a program.
//!
//! **Not verified**: that service, version, action, parameters and region exist.

mod accepted;
mod account;
mod answer;
mod authority;
mod config;
mod diagnosis;
mod documents;
mod exchange;
mod hint;
mod inbound;
mod judge;
mod mock;
mod near_miss;
mod record;
mod server;
mod tap;
mod verify;

pub use accepted::{Accepted, Scheme};
pub use account::Account;
pub use answer::Answer;
pub use config::{Config, Transport};
pub use diagnosis::Diagnosis;
pub use mock::MockAnswer;
pub use record::Record;

use crate::clock::ClockError;
use authority::Authority;
use mock::Answers;
use std::{
    collections::HashSet,
    error::Error,
    fmt, io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
};
use tc3_core::Invalid;
use tokio::{runtime, sync::oneshot};

/// A running gateway, in a separate thread. It stops when dropped.
#[derive(Debug)]
pub struct Gateway {
    addr: SocketAddr,
    ca_pem: Option<String>,
    ca_der: Option<Vec<u8>>,
    answers: Arc<Answers>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Gateway {
    /// Starts a gateway. It accepts connections when this returns.
    ///
    /// # Errors
    /// [`StartError`] if the address is not loopback or cannot be bound, if an account is malformed or given twice, if
    /// the clock is not set, or if TLS or the thread cannot be set up.
    pub fn start(config: Config) -> Result<Self, StartError> {
        let listen = config.listen;
        if !listen.ip().is_loopback() {
            return Err(StartError::NotLoopback { listen });
        }
        check(&config.accounts)?;
        (config.clock)().map_err(StartError::Clock)?;
        let (tls, ca_pem, ca_der) = match config.transport {
            Transport::PlainHttp => (None, None, None),
            transport => {
                let authority = Authority::new().map_err(StartError::Certificate)?;
                let (pem, der) = (authority.pem(), authority.der());
                (
                    Some(authority.into_server_config(transport).map_err(StartError::Tls)?),
                    Some(pem),
                    Some(der),
                )
            }
        };
        let bind = |source| StartError::Bind { listen, source };
        let listener = TcpListener::bind(listen).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let addr = listener.local_addr().map_err(bind)?;
        let runtime =
            runtime::Builder::new_current_thread().enable_all().build().map_err(StartError::Thread)?;
        let (stop, stopped) = oneshot::channel();
        let answers = Arc::clone(&config.answers);
        let serve = move || runtime.block_on(server::serve(listener, tls, Arc::new(config), stopped));
        let thread = thread::Builder::new().name("tc3-gateway".to_owned());
        let thread = thread.spawn(serve).map_err(StartError::Thread)?;
        Ok(Self { addr, ca_pem, ca_der, answers, stop: Some(stop), thread: Some(thread) })
    }

    /// Answers accepted requests of this action with `answer`, in place of [`Config::answer`]. Several answers for one
    /// action are given in turn, and the last one stays.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tc3_std::gateway::{Config, Gateway, MockAnswer};
    ///
    /// let gateway = Gateway::start(Config::new())?;
    /// gateway.answer("DescribeZones", MockAnswer::body("busy").status(502).delay(Duration::from_millis(10)));
    /// gateway.answer("DescribeZones", MockAnswer::body(r#"{"TotalCount":0,"ZoneSet":[]}"#));
    /// # Ok::<(), tc3_std::gateway::StartError>(())
    /// ```
    pub fn answer(&self, action: impl Into<String>, answer: impl Into<MockAnswer>) {
        self.answers.push(action.into(), answer.into());
    }

    /// The address that the gateway listens on, with the port that was selected for port 0.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The CA certificate for clients to trust, as PEM. `None` over plain HTTP.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The same certificate as DER, for firmware that trusts it with `Root::from_certificate` of `tc3-embedded`. `None`
    /// over plain HTTP.
    #[must_use]
    pub fn ca_der(&self) -> Option<&[u8]> {
        self.ca_der.as_deref()
    }
}

/// Checks that each account can sign and that its id is its own.
fn check(accounts: &[Account]) -> Result<(), StartError> {
    let mut ids = HashSet::new();
    for account in accounts {
        let id = account.id().to_owned();
        if let Err(invalid) = account.credentials() {
            return Err(StartError::Account { id, invalid });
        }
        if !ids.insert(account.id()) {
            return Err(StartError::DuplicateId { id });
        }
    }
    Ok(())
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Sending fails if the thread has already ended.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Why a gateway did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The address is not a loopback address. Other machines could reach the gateway there.
    NotLoopback {
        /// The address given to [`Config::listen`].
        listen: SocketAddr,
    },
    /// The address cannot be bound.
    Bind {
        /// The address given to [`Config::listen`].
        listen: SocketAddr,
        /// The operating system's error.
        source: io::Error,
    },
    /// The id, key or token of an account is malformed.
    Account {
        /// The SecretId.
        id: String,
        /// What is wrong.
        invalid: Invalid,
    },
    /// Two accounts have the same SecretId.
    DuplicateId {
        /// The SecretId.
        id: String,
    },
    /// The system clock shows an impossible time, usually because it was never set.
    Clock(ClockError),
    /// The CA could not be generated.
    Certificate(rcgen::Error),
    /// TLS could not be configured.
    Tls(rustls::Error),
    /// The thread or its async runtime could not be started.
    Thread(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback { listen } => write!(f, "{listen} is not a loopback address"),
            Self::Bind { listen, source } => write!(f, "could not listen on {listen}: {source}"),
            Self::Account { id, invalid } => write!(f, "the account {id:?} is malformed: {invalid}"),
            Self::DuplicateId { id } => write!(f, "two accounts have the SecretId {id}"),
            Self::Clock(error) => error.fmt(f),
            Self::Certificate(error) => write!(f, "could not make a certificate: {error}"),
            Self::Tls(error) => write!(f, "could not set up TLS: {error}"),
            Self::Thread(error) => write!(f, "could not start a thread: {error}"),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotLoopback { .. } | Self::DuplicateId { .. } => None,
            Self::Account { invalid, .. } => Some(invalid),
            Self::Bind { source, .. } | Self::Thread(source) => Some(source),
            Self::Clock(error) => Some(error),
            Self::Certificate(error) => Some(error),
            Self::Tls(error) => Some(error),
        }
    }
}
