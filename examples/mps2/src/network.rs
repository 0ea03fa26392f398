//! Starts the network stack, gets the board's address by DHCP and the server's address by DNS, and connects to the
//! server.

use core::fmt;

use board::entropy::HostEntropy;
use board::outcome;
use board::parameters::Parameters;
use embassy_executor::Spawner;
use embassy_net::dns::{self, DnsQueryType};
use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_net::{Config, IpAddress, Runner, Stack, StackResources};
use embassy_time::{Duration, with_timeout};
use embedded_io::ErrorKind;
use static_cell::StaticCell;
use tc3_embedded::deadline::Timeout;
use tc3_embedded::entropy::Entropy;
use tc3_embedded::tls::TlsError;

use crate::ethernet::Lan9118;
use crate::time::Embassy;

/// The longest time for a step.
const MAX: core::time::Duration = core::time::Duration::from_secs(10);

/// Starts the controller, and the network stack in its own task. Call this once.
// Not inlined, because the controller's 3 KB are moved through this frame. In the caller's they would lie under all
// that the program calls later.
#[inline(never)]
pub fn start(spawner: Spawner) -> Stack<'static> {
    static ETHERNET: StaticCell<Lan9118> = StaticCell::new();
    /// One socket each for DHCP, DNS, UDP and TCP.
    static SOCKETS: StaticCell<StackResources<4>> = StaticCell::new();
    // SAFETY: no other code uses the controller. A second call panics below.
    let ethernet = unsafe { Lan9118::start() };
    let mut seed = [0; 8];
    if let Err(error) = HostEntropy.fill(&mut seed) {
        outcome::fault(format_args!("{error}"))
    }
    let (stack, runner) = embassy_net::new(
        ETHERNET.init(ethernet.unwrap_or_else(|| outcome::fault(format_args!("no LAN9118")))),
        Config::dhcpv4(Default::default()),
        SOCKETS.init(StackResources::new()),
        u64::from_le_bytes(seed),
    );
    match forward(runner) {
        Ok(task) => spawner.spawn(task),
        Err(_) => outcome::fault(format_args!("the network task cannot be started")),
    }
    stack
}

#[embassy_executor::task]
async fn forward(mut runner: Runner<'static, &'static mut Lan9118>) -> ! {
    runner.run().await
}

/// Waits for an address from DHCP.
///
/// # Errors
/// None came in time.
pub async fn configure(stack: Stack<'_>) -> Result<(), NetworkError> {
    within(Step::Configure, None, stack.wait_config_up()).await
}

/// The server's address: the parameter `connect=`, or DNS's answer without it.
///
/// # Errors
/// DNS has none, or did not answer within ten seconds and what `timeout` has left.
pub async fn resolve(
    stack: Stack<'_>,
    parameters: &Parameters<'_>,
    timeout: Option<&Timeout>,
) -> Result<IpAddress, NetworkError> {
    if let Some(address) = parameters.connect {
        return Ok(address.into());
    }
    let query = stack.dns_query(parameters.host, DnsQueryType::A);
    let addresses = within(Step::Resolve, timeout, query).await?.map_err(NetworkError::Resolve)?;
    addresses.first().copied().ok_or(NetworkError::Resolve(dns::Error::Failed))
}

/// Connects to the server.
///
/// # Errors
/// The server refused the connection, or did not answer within ten seconds and what `timeout` has left.
pub async fn connect(
    socket: &mut TcpSocket<'_>,
    server: (IpAddress, u16),
    timeout: Option<&Timeout>,
) -> Result<(), NetworkError> {
    within(Step::Connect, timeout, socket.connect(server)).await?.map_err(NetworkError::Connect)
}

async fn within<F: Future>(
    step: Step,
    timeout: Option<&Timeout>,
    future: F,
) -> Result<F::Output, NetworkError> {
    let limit = timeout.map_or(MAX, |timeout| timeout.remaining(&mut Embassy).min(MAX));
    let millis = limit.as_millis().try_into().unwrap_or_default();
    with_timeout(Duration::from_millis(millis), future).await.map_err(|_| NetworkError::TimedOut(step))
}

/// A step of connecting, each with its own timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Step {
    /// Getting an address by DHCP.
    Configure,
    /// Asking DNS for the server's address.
    Resolve,
    /// Opening a connection.
    Connect,
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NetworkError {
    /// A step took too long.
    TimedOut(Step),
    /// DNS has no address of the server.
    Resolve(dns::Error),
    /// The connection was not opened.
    Connect(ConnectError),
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut(step) => write!(f, "{step} timed out"),
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

/// For a dialer whose other errors are those of TLS. Each cause keeps a kind of its own.
impl From<NetworkError> for TlsError {
    fn from(error: NetworkError) -> Self {
        Self::Transport(match error {
            NetworkError::TimedOut(Step::Configure | Step::Resolve) => ErrorKind::AddrNotAvailable,
            NetworkError::Resolve(_) => ErrorKind::NotFound,
            NetworkError::Connect(ConnectError::ConnectionReset) => ErrorKind::ConnectionRefused,
            NetworkError::Connect(ConnectError::InvalidState) => ErrorKind::AddrInUse,
            NetworkError::Connect(ConnectError::NoRoute) => ErrorKind::NotConnected,
            NetworkError::TimedOut(Step::Connect) | NetworkError::Connect(ConnectError::TimedOut) => {
                ErrorKind::TimedOut
            }
        })
    }
}
