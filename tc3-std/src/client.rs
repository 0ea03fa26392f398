//! A whole call: connects, performs the TLS handshake, sends the request, receives the response, and
//! decides whether the call succeeded.

mod connection;
mod dial;
mod error;
mod judgement;
mod message;
mod reply;

pub use connection::Connection;
pub use dial::{DialError, Step, Timeouts, dial};
pub use error::{CallError, Failure};
pub use message::Message;
pub use reply::Reply;

use crate::tls::{Tls, TlsError, TlsStream, Trust};

/// Makes blocking calls, each over a new connection.
///
/// ```no_run
/// use tc3_core::{Signer, api};
/// use tc3_std::{Client, EnvCredentials, SystemClock, tls::Trust};
///
/// let owned = EnvCredentials::read()?;
/// let mut signer = Signer::new(owned.credentials()?);
/// let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
/// let request = call.json(r#"{"Limit":1}"#)?;
///
/// let client = Client::new(Trust::public())?;
/// let reply = client.call(signer.sign(&request, SystemClock.now()?))?;
/// println!("{}", String::from_utf8_lossy(reply.body()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    tls: Tls,
    address: Option<String>,
    timeouts: Timeouts,
}

impl Client {
    /// Creates a client that trusts these certificate authorities, with the default [`Timeouts`].
    ///
    /// # Errors
    /// [`TlsError`], as [`Tls::new`].
    pub fn new(trust: Trust) -> Result<Self, TlsError> {
        Ok(Self { tls: Tls::new(trust)?, address: None, timeouts: Timeouts::default() })
    }

    /// Connects to this `HOST:PORT`, such as a test server, instead of the host that a request is signed
    /// for. The server's certificate must still be valid for the signed host.
    #[must_use]
    pub fn connect_to(self, address: impl Into<String>) -> Self {
        Self { address: Some(address.into()), ..self }
    }

    /// Replaces the default timeouts.
    #[must_use]
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Sends a signed request over a new connection and returns the response if the call succeeded.
    ///
    /// Never retries. A retry needs a new signature, and only the caller knows whether it is safe; see
    /// [`Failure::advice`].
    ///
    /// # Errors
    /// [`CallError`]. It is [`CallError::Service`] if the service reported an error. [`CallError::outcome`] tells
    /// whether the service may have performed the action.
    pub fn call<'a>(&self, message: impl Into<Message<'a>>) -> Result<Reply, CallError> {
        let message = message.into();
        self.open(message.host())?.send(message)?.into_success()
    }

    /// Connects to the `HOST` or `HOST:PORT` that requests are signed for (default port: 443). Use this to
    /// send several requests, or to read responses of any status.
    ///
    /// Servers close a connection that is idle, the service after 60 s. The next request on it fails, mostly
    /// with [`CallError::Transport`], and its outcome is unknown: nothing tells that the server did not read it. Open a
    /// connection for each call, or a new one after a pause.
    ///
    /// # Errors
    /// [`CallError::Dial`] and [`CallError::Tls`].
    pub fn open(&self, host: &str) -> Result<Connection<TlsStream>, CallError> {
        let (name, port) = split(host);
        let address = self.address.clone().unwrap_or_else(|| format!("{name}:{port}"));
        let socket = dial(&address, self.timeouts)?;
        Ok(Connection::new(self.tls.connect(name, socket)?))
    }
}

/// Splits a Host header into name and port.
fn split(host: &str) -> (&str, u16) {
    let port = host.rsplit_once(':').and_then(|(name, port)| Some((name, port.parse().ok()?)));
    port.unwrap_or((host, 443))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_host_without_a_port_means_port_443() {
        assert_eq!(split("cvm.tencentcloudapi.com"), ("cvm.tencentcloudapi.com", 443));
        assert_eq!(split("localhost:8443"), ("localhost", 8443));
        assert_eq!(split("[::1]:8443"), ("[::1]", 8443));
    }
}
