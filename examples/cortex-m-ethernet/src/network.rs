//! The network from the cable up: an address of one's own, the server's, and one connection.

use core::fmt;

use board::parameters::Parameters;
use embassy_net::dns::{self, DnsQueryType};
use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_net::{IpAddress, Stack};
use embassy_time::{Duration, with_timeout};

/// What each step may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for an address from DHCP.
pub(crate) async fn configure(stack: Stack<'_>) -> Result<(), NetworkError> {
    within(Step::Configure, stack.wait_config_up()).await
}

/// The address to dial: the parameters', or the resolver's answer.
pub(crate) async fn resolve(
    stack: Stack<'_>,
    parameters: &Parameters<'_>,
) -> Result<IpAddress, NetworkError> {
    if let Some(address) = parameters.connect {
        return Ok(address.into());
    }
    let query = stack.dns_query(parameters.host, DnsQueryType::A);
    let addresses = within(Step::Resolve, query).await?.map_err(NetworkError::Resolve)?;
    addresses.first().copied().ok_or(NetworkError::Resolve(dns::Error::Failed))
}

/// Connects.
pub(crate) async fn connect(
    socket: &mut TcpSocket<'_>,
    server: (IpAddress, u16),
) -> Result<(), NetworkError> {
    within(Step::Connect, socket.connect(server)).await?.map_err(NetworkError::Connect)
}

async fn within<F: Future>(step: Step, future: F) -> Result<F::Output, NetworkError> {
    with_timeout(PATIENCE, future).await.map_err(|_| NetworkError::TimedOut(step))
}

/// What was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum Step {
    Configure,
    Resolve,
    Connect,
}

/// No connection came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum NetworkError {
    TimedOut(Step),
    Resolve(dns::Error),
    Connect(ConnectError),
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = PATIENCE.as_secs();
        match self {
            Self::TimedOut(step) => write!(f, "{step}: nothing within {seconds} s"),
            Self::Resolve(dns::Error::InvalidName) => f.write_str("not a host name"),
            Self::Resolve(dns::Error::NameTooLong) => f.write_str("host name too long"),
            Self::Resolve(dns::Error::Failed) => f.write_str("host name not found"),
            Self::Connect(ConnectError::ConnectionReset) => f.write_str("server refused the connection"),
            Self::Connect(ConnectError::NoRoute) => f.write_str("no route to the server"),
            Self::Connect(ConnectError::TimedOut) => f.write_str("server does not answer"),
            Self::Connect(ConnectError::InvalidState) => f.write_str("socket in use"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Configure => "address from DHCP",
            Self::Resolve => "answer from the resolver",
            Self::Connect => "connection",
        })
    }
}

impl core::error::Error for NetworkError {}
