//! The client under test, over a real socket, blocking and asynchronous.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};
use peer::KnownSeed;
use peer::pki::{HOST, Identity};
use tc3_core::Timestamp;
use tc3_embedded::clock::{self, FromFn};
use tc3_embedded::deadline::{Bounded, Deadline, Timeout};
use tc3_embedded::entropy;
#[cfg(feature = "async")]
use tc3_embedded::tls::asynchronous;
use tc3_embedded::tls::{AuthenticatedTls, Buffers, Pin, Seed, Server, TlsError, roots::Root};

/// 2026-11-21.
pub(crate) const NOW: u64 = 1_795_279_182;
pub(crate) const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
pub(crate) const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    Blocking,
    #[cfg(feature = "async")]
    Async,
}

pub(crate) const MODES: &[Mode] = &[
    Mode::Blocking,
    #[cfg(feature = "async")]
    Mode::Async,
];

/// The connection of either mode, so that every test has one body for both.
#[derive(Debug)]
pub(crate) enum Tls<'a, S: Read + Write> {
    Blocking(AuthenticatedTls<'a, S>),
    #[cfg(feature = "async")]
    Async(asynchronous::AuthenticatedTls<'a, Hesitant<S>>),
}

impl<'a, S: Read + Write + Bounded + 'a> Tls<'a, S> {
    pub(crate) fn connect(
        mode: Mode,
        stream: S,
        buffers: &'a mut Buffers,
        server: &Server<'_>,
        seed: Seed,
    ) -> Result<Self, TlsError> {
        match mode {
            Mode::Blocking => AuthenticatedTls::connect(stream, buffers, server, seed).map(Self::Blocking),
            #[cfg(feature = "async")]
            Mode::Async => {
                let connecting =
                    asynchronous::AuthenticatedTls::connect(Hesitant(stream), buffers, server, seed);
                block_on(connecting).map(Self::Async)
            }
        }
    }

    pub(crate) fn read(&mut self, out: &mut [u8]) -> Result<usize, TlsError> {
        match self {
            Self::Blocking(tls) => tls.read(out),
            #[cfg(feature = "async")]
            Self::Async(tls) => block_on(embedded_io_async::Read::read(tls, out)),
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        match self {
            Self::Blocking(tls) => tls.write(bytes),
            #[cfg(feature = "async")]
            Self::Async(tls) => block_on(embedded_io_async::Write::write(tls, bytes)),
        }
    }

    pub(crate) fn flush(&mut self) -> Result<(), TlsError> {
        match self {
            Self::Blocking(tls) => tls.flush(),
            #[cfg(feature = "async")]
            Self::Async(tls) => block_on(embedded_io_async::Write::flush(tls)),
        }
    }

    pub(crate) fn send_request(&mut self) -> Result<(), TlsError> {
        assert_eq!(self.write(REQUEST)?, REQUEST.len());
        self.flush()
    }

    /// Sends a request and reads until the server's close_notify, even if the connection is reset meanwhile. Checks that a connection that has ended stays so.
    pub(crate) fn call(mut self) -> Result<Vec<u8>, TlsError> {
        let sent = self.send_request();
        let response = match sent {
            Ok(()) | Err(TlsError::Transport(ErrorKind::ConnectionReset)) => self.read_to_end(),
            Err(error) => Err(error),
        };
        let ended = response.as_ref().map(|_| 0).map_err(|error| *error);
        let refused = Err(sent.err().or(ended.err()).unwrap_or(TlsError::Closed));
        assert_eq!(self.read(&mut [0; 64]), ended, "another read");
        let again = [self.write(b"more"), self.flush().map(|()| 0)];
        assert_eq!(again, [refused; 2], "another write and flush");
        assert_eq!(self.close().1.map(|()| 0), sent.and(ended), "close");
        response
    }

    /// Reads until the server's close_notify.
    pub(crate) fn read_to_end(&mut self) -> Result<Vec<u8>, TlsError> {
        let mut response = Vec::new();
        loop {
            let mut piece = [0; 1024];
            match self.read(&mut piece)? {
                0 => return Ok(response),
                count => response.extend(&piece[..count]),
            }
        }
    }

    pub(crate) fn close(self) -> (S, Result<(), TlsError>) {
        match self {
            Self::Blocking(tls) => tls.close(),
            #[cfg(feature = "async")]
            Self::Async(tls) => {
                let (Hesitant(stream), closed) = block_on(tls.close());
                (stream, closed)
            }
        }
    }
}

#[cfg(feature = "async")]
mod hesitant {
    use super::{Bounded, ErrorType, Read, Write};
    use std::future::{Future, poll_fn};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    /// A blocking stream as an asynchronous one that is pending once before each read, write and flush.
    pub(crate) struct Hesitant<S>(pub(crate) S);

    impl<S: ErrorType> ErrorType for Hesitant<S> {
        type Error = S::Error;
    }

    impl<S: Bounded> Bounded for Hesitant<S> {}

    impl<S: Read> embedded_io_async::Read for Hesitant<S> {
        async fn read(&mut self, out: &mut [u8]) -> Result<usize, S::Error> {
            pending_once().await;
            self.0.read(out)
        }
    }

    impl<S: Write> embedded_io_async::Write for Hesitant<S> {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, S::Error> {
            pending_once().await;
            self.0.write(bytes)
        }

        async fn flush(&mut self) -> Result<(), S::Error> {
            pending_once().await;
            self.0.flush()
        }
    }

    async fn pending_once() {
        let mut polled = false;
        poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    /// Polls until the future is ready, but only so many times.
    pub(crate) fn poll<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
        let (mut future, mut context) = (pin!(future), Context::from_waker(Waker::noop()));
        (0..polls).find_map(|_| match future.as_mut().poll(&mut context) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        })
    }

    /// Polls until the future is ready. The deadline of the stream ends it.
    pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
        poll(future, usize::MAX).unwrap()
    }
}

#[cfg(feature = "async")]
pub(crate) use hesitant::{Hesitant, block_on, poll};

/// A socket whose reads time out after a millisecond. It keeps what it has received.
pub(crate) struct Socket {
    tcp: TcpStream,
    pub(crate) received: Vec<u8>,
}

/// A socket with a deadline.
pub(crate) type Timed = Deadline<'static, Socket, FromFn<fn() -> u64>>;

fn millis() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap()
}

/// Far longer than any call here takes on the slowest machine.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) fn dial(addr: SocketAddr, timeout: Duration) -> Timed {
    let tcp = TcpStream::connect(addr).unwrap();
    tcp.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    tcp.set_nodelay(true).unwrap();
    let deadline = Box::leak(Box::new(Timeout::new()));
    deadline.arm(timeout);
    Deadline::new(Socket { tcp, received: Vec::new() }, clock::from_fn(millis), deadline)
}

fn kind(error: io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        io::ErrorKind::ConnectionReset => ErrorKind::ConnectionReset,
        io::ErrorKind::BrokenPipe => ErrorKind::BrokenPipe,
        _ => ErrorKind::Other,
    }
}

impl ErrorType for Socket {
    type Error = ErrorKind;
}

impl Read for Socket {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        let count = self.tcp.read(out).map_err(kind)?;
        self.received.extend(&out[..count]);
        Ok(count)
    }
}

impl ReadReady for Socket {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        match self.tcp.peek(&mut [0]).map_err(kind) {
            Err(ErrorKind::TimedOut) => Ok(false),
            peeked => peeked.map(|_| true),
        }
    }
}

/// Always ready: the few bytes written here fit the system's buffer.
impl WriteReady for Socket {
    fn write_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(true)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.tcp.write(bytes).map_err(kind)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.tcp.flush().map_err(kind)
    }
}

/// The host that the client calls, and what it trusts.
pub(crate) struct Call<'a> {
    pub(crate) mode: Mode,
    pub(crate) host: &'a str,
    pub(crate) roots: Vec<&'a [u8]>,
    pub(crate) now: u64,
    pub(crate) pins: &'a [Pin],
    pub(crate) timeout: Duration,
    pub(crate) seed: KnownSeed,
}

impl<'a> Call<'a> {
    pub(crate) fn to(identity: &'a Identity, mode: Mode) -> Self {
        let roots = vec![&identity.root[..]];
        Self { mode, host: HOST, roots, now: NOW, pins: &[], timeout: TIMEOUT, seed: KnownSeed::next() }
    }

    /// Sends a request if the server is trusted, and returns the response.
    pub(crate) fn make(&self, addr: SocketAddr) -> Result<Vec<u8>, TlsError> {
        self.run_over(dial(addr, self.timeout), &mut Box::default(), |tls| tls.call())
    }

    /// Sends a request if the server is trusted, and calls `then` with the connection.
    pub(crate) fn run<T>(
        &self,
        addr: SocketAddr,
        then: impl FnOnce(Tls<'_, Timed>) -> Result<T, TlsError>,
    ) -> Result<T, TlsError> {
        self.run_over(dial(addr, self.timeout), &mut Box::default(), |mut tls| {
            tls.send_request()?;
            then(tls)
        })
    }

    /// Calls `then` with the connection if the server is trusted.
    pub(crate) fn run_over<S: Read + Write + Bounded, T>(
        &self,
        stream: S,
        buffers: &mut Buffers,
        then: impl FnOnce(Tls<'_, S>) -> Result<T, TlsError>,
    ) -> Result<T, TlsError> {
        let roots: Vec<_> = self.roots.iter().map(|der| Root::from_certificate(der).unwrap()).collect();
        let server =
            Server::new(self.host, &roots, Timestamp::from_unix(self.now).unwrap()).pinned(self.pins);
        then(Tls::connect(self.mode, stream, buffers, &server, draw(&self.seed))?)
    }
}

pub(crate) fn draw(seed: &KnownSeed) -> Seed {
    Seed::draw(&mut entropy::from_fn(seed.source())).unwrap()
}

/// Calls a server in each mode, and then stops it. Each call ends in the response or in this error. The server receives
/// these bytes each time, and in each ClientHello what the seed of the call says.
#[track_caller]
pub(crate) fn assert_calls(
    identity: &Identity,
    alter: fn(&mut Call<'_>),
    server: peer::Server,
    expected: Result<(), TlsError>,
    sent: &[u8],
    case: &str,
) {
    let mut seeds = Vec::new();
    for mode in MODES {
        let mut call = Call::to(identity, *mode);
        alter(&mut call);
        let ended = call.make(server.addr()).map(|response| {
            assert!(response.ends_with(BODY.as_bytes()), "{mode:?}: {}", response.escape_ascii());
        });
        assert_eq!(ended, expected, "{mode:?}: {case}");
        seeds.push(call.seed);
    }
    let log = server.finish();
    assert_eq!(log.connections.len(), seeds.len(), "connections: {case}");
    for (seed, connection) in seeds.iter().zip(&log.connections) {
        let received = connection.received.escape_ascii().to_string();
        assert_eq!((received, connection.undecryptable), (sent.escape_ascii().to_string(), 0), "{case}");
        seed.assert_is_that_of(connection, case);
    }
}
