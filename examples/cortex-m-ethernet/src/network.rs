//! Gets the board's address by DHCP and the server's address by DNS, and connects to the server.

use core::fmt;

use board::parameters::Parameters;
use embassy_net::dns::{self, DnsQueryType};
use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_net::{IpAddress, Stack};
use embassy_time::{Duration, with_timeout};

/// The timeout of each step.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Waits for an address from DHCP.
pub(crate) async fn configure(stack: Stack<'_>) -> Result<(), NetworkError> {
    within(Step::Configure, stack.wait_config_up()).await
}

/// The server's address: the parameter `connect=`, or DNS's answer without it.
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

/// Connects to the server.
pub(crate) async fn connect(
    socket: &mut TcpSocket<'_>,
    server: (IpAddress, u16),
) -> Result<(), NetworkError> {
    within(Step::Connect, socket.connect(server)).await?.map_err(NetworkError::Connect)
}

async fn within<F: Future>(step: Step, future: F) -> Result<F::Output, NetworkError> {
    with_timeout(TIMEOUT, future).await.map_err(|_| NetworkError::TimedOut(step))
}

/// A step of connecting, each with its own timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum Step {
    Configure,
    Resolve,
    Connect,
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum NetworkError {
    TimedOut(Step),
    Resolve(dns::Error),
    Connect(ConnectError),
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = TIMEOUT.as_secs();
        match self {
            Self::TimedOut(step) => write!(f, "{step} timed out after {seconds} s"),
            Self::Resolve(dns::Error::InvalidName) => f.write_str("the host name is invalid"),
            Self::Resolve(dns::Error::NameTooLong) => f.write_str("the host name is too long"),
            Self::Resolve(dns::Error::Failed) => f.write_str("the host name was not found"),
            Self::Connect(ConnectError::ConnectionReset) => f.write_str("the server refused the connection"),
            Self::Connect(ConnectError::NoRoute) => f.write_str("there is no route to the server"),
            Self::Connect(ConnectError::TimedOut) => f.write_str("the server does not answer"),
            Self::Connect(ConnectError::InvalidState) => f.write_str("the socket is in use"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Configure => "DHCP",
            Self::Resolve => "DNS",
            Self::Connect => "connecting",
        })
    }
}

impl core::error::Error for NetworkError {}
