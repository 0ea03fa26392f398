//! Opens a TCP connection to a host and port within a timeout.

use std::{
    error::Error,
    fmt, io,
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

/// Timeouts of a connection. Each applies to one step, not to the whole call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// How long to wait for each address of the host to accept the connection.
    pub connect: Duration,
    /// How long one read waits for at least one byte.
    pub read: Duration,
    /// How long one write waits until at least one byte is sent.
    pub write: Duration,
}

impl Default for Timeouts {
    /// 10 s to connect, 60 s to read and to write, as in the official SDKs.
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Self { connect: Duration::from_secs(10), read: minute, write: minute }
    }
}

/// Connects to `HOST:PORT`, trying each of the host's addresses in turn.
///
/// ```
/// use std::{net::TcpListener, time::Duration};
/// use tc3_std::{Timeouts, dial};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let timeouts = Timeouts { read: Duration::from_secs(5), ..Timeouts::default() };
/// let socket = dial(&listener.local_addr()?.to_string(), timeouts)?;
/// assert_eq!(socket.read_timeout()?, Some(timeouts.read));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DialError`] if the name does not resolve, or if no address accepts the connection. Its source is then
/// the error of the last address.
pub fn dial(address: &str, timeouts: Timeouts) -> Result<TcpStream, DialError> {
    let failed = |step, source| DialError { address: address.to_owned(), step, source };
    let resolved = address.to_socket_addrs().map_err(|source| failed(Step::Resolve, source))?;
    connect(resolved, timeouts).map_err(|source| failed(Step::Connect, source))
}

fn connect(addresses: impl Iterator<Item = SocketAddr>, timeouts: Timeouts) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, timeouts.connect) {
            Ok(socket) => return prepare(socket, timeouts),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn prepare(socket: TcpStream, timeouts: Timeouts) -> io::Result<TcpStream> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(timeouts.read))?;
    socket.set_write_timeout(Some(timeouts.write))?;
    Ok(socket)
}

/// The connection could not be opened.
#[derive(Debug)]
pub struct DialError {
    /// The `HOST:PORT` given to [`dial`].
    pub address: String,
    /// The step that failed.
    pub step: Step,
    source: io::Error,
}

/// A step of [`dial`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Looking up the addresses of the name.
    Resolve,
    /// Connecting to an address, or setting the socket's options.
    Connect,
}

impl DialError {
    /// The kind of the operating system's error.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.step {
            Step::Resolve => "resolve",
            Step::Connect => "connect to",
        };
        write!(f, "could not {verb} {}: {}", self.address, self.source)
    }
}

impl Error for DialError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn each_address_of_a_host_is_tried() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let reached = listener.local_addr()?;
        // Nothing listens there.
        let refusing = SocketAddr::from(([127, 0, 0, 8], reached.port()));
        let socket = connect([refusing, refusing, reached].into_iter(), Timeouts::default())?;
        assert_eq!(socket.peer_addr()?, reached);
        let refused = connect([refusing].into_iter(), Timeouts::default()).map_err(|error| error.kind());
        assert_eq!(refused.err(), Some(io::ErrorKind::ConnectionRefused));
        Ok(())
    }
}
