//! The client under test, over a real socket.

use std::convert::Infallible;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};
use peer::pki::{HOST, Identity};
use tc3_core::Timestamp;
use tc3_embedded::deadline::{Deadline, Timeout};
use tc3_embedded::tls::{AuthenticatedTls, Buffers, Pin, Seed, Server, TlsError, roots::Root};

/// 2026-11-21.
pub(crate) const NOW: u64 = 1_795_279_182;

/// A socket whose reads time out after a millisecond.
pub(crate) struct Socket(TcpStream);

impl Socket {
    pub(crate) fn connect(addr: SocketAddr) -> Self {
        let socket = TcpStream::connect(addr).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        socket.set_nodelay(true).unwrap();
        Self(socket)
    }
}

#[derive(Debug)]
pub(crate) struct SocketError(io::Error);

impl std::fmt::Display for SocketError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SocketError {}

impl Error for SocketError {
    fn kind(&self) -> ErrorKind {
        match self.0.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => ErrorKind::TimedOut,
            io::ErrorKind::ConnectionReset => ErrorKind::ConnectionReset,
            io::ErrorKind::BrokenPipe => ErrorKind::BrokenPipe,
            _ => ErrorKind::Other,
        }
    }
}

impl ErrorType for Socket {
    type Error = SocketError;
}

impl Read for Socket {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, SocketError> {
        self.0.read(out).map_err(SocketError)
    }
}

impl ReadReady for Socket {
    fn read_ready(&mut self) -> Result<bool, SocketError> {
        match self.0.peek(&mut [0]) {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(false)
            }
            Err(error) => Err(SocketError(error)),
        }
    }
}

/// Always ready: the few bytes written here fit the system's buffer.
impl WriteReady for Socket {
    fn write_ready(&mut self) -> Result<bool, SocketError> {
        Ok(true)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, SocketError> {
        self.0.write(bytes).map_err(SocketError)
    }

    fn flush(&mut self) -> Result<(), SocketError> {
        self.0.flush().map_err(SocketError)
    }
}

/// Far longer than any call here takes on the slowest machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The host that the client calls, and what it trusts.
pub(crate) struct Call<'a> {
    pub(crate) host: &'a str,
    pub(crate) roots: Vec<&'a [u8]>,
    pub(crate) now: u64,
    pub(crate) pins: &'a [Pin],
    pub(crate) timeout: Duration,
}

impl<'a> Call<'a> {
    pub(crate) fn to(identity: &'a Identity) -> Self {
        Self { host: HOST, roots: vec![&identity.root], now: NOW, pins: &[], timeout: TIMEOUT }
    }

    /// Sends a request if the server is trusted, and returns the response.
    pub(crate) fn make(&self, addr: SocketAddr) -> Result<Vec<u8>, TlsError> {
        self.run(addr, |mut tls| read_to_end(&mut tls))?
    }

    /// Sends a request if the server is trusted, and calls `then` with the connection.
    pub(crate) fn run<T>(
        &self,
        addr: SocketAddr,
        then: impl FnOnce(AuthenticatedTls<'_, Bounded<'_>>) -> T,
    ) -> Result<T, TlsError> {
        let roots: Vec<_> = self.roots.iter().map(|der| Root::from_certificate(der).unwrap()).collect();
        let server =
            Server::new(self.host, &roots, Timestamp::from_unix(self.now).unwrap()).pinned(self.pins);
        let mut buffers = Box::new(Buffers::<16640, 1024>::new());
        let (deadline, start) = (Timeout::new(), Instant::now());
        deadline.arm(self.timeout);
        let millis = || u64::try_from(start.elapsed().as_millis()).unwrap();
        let socket: Bounded<'_> = Deadline::new(Socket::connect(addr), &millis, &deadline);
        let mut tls = AuthenticatedTls::connect(socket, &mut buffers, &server, seed())?;
        tls.write_all(REQUEST)?;
        tls.flush()?;
        Ok(then(tls))
    }
}

/// A socket with the call's deadline.
pub(crate) type Bounded<'a> = Deadline<'a, Socket, &'a dyn Fn() -> u64>;

/// Reads until the server's close_notify.
pub(crate) fn read_to_end(tls: &mut AuthenticatedTls<'_, Bounded<'_>>) -> Result<Vec<u8>, TlsError> {
    let mut response = Vec::new();
    loop {
        let mut piece = [0; 1024];
        match tls.read(&mut piece)? {
            0 => return Ok(response),
            count => response.extend(&piece[..count]),
        }
    }
}

pub(crate) const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";

/// Always the same, so that a failing handshake can be repeated.
pub(crate) fn seed() -> Seed {
    let mut next = 0u8;
    let mut source = |bytes: &mut [u8]| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_mul(5).wrapping_add(3);
        }
        Ok::<(), Infallible>(())
    };
    Seed::draw(&mut source).unwrap()
}
