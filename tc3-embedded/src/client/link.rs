//! A connection that is kept between calls and opened when needed.
//!
//! A [`Dialer`] is the program's network. Its one method resolves the name, connects, and does the TLS
//! handshake, with the buffers, roots and random source that the dialer owns. A [`Link`] keeps the connection
//! between calls. When a call starts, the link dials if there is no reusable connection.
//!
//! A server can close an idle connection, and the device learns that only when it sends the next request.
//! Against this, a link does two things:
//!
//! * It does not reuse a connection that was idle for longer than [a limit](Link::idle_limit): it drops that
//!   connection and dials.
//! * If a reused connection turns out to be closed, the call fails with
//!   [`Stale`](super::ExchangeError::Stale). A request that is marked as [`Repeatable`](super::Repeatable) is
//!   instead sent once more, on a new connection.
//!
//! ```
//! # use core::{convert::Infallible, pin::pin, time::Duration};
//! # use embedded_io::{ErrorKind, ErrorType, Read, Write};
//! # use tc3_core::{Credentials, Signer, Timestamp, api};
//! # use tc3_embedded::client::{Buffers, Client, Connection, Repeatable};
//! use tc3_embedded::client::link::{Dialer, Link, Mailbox};
//! # use tc3_embedded::clock;
//! # struct Stream(&'static [u8]);
//! # impl ErrorType for Stream { type Error = ErrorKind; }
//! # impl Read for Stream {
//! #     fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
//! #         Ok(self.0.read(buffer).unwrap())
//! #     }
//! # }
//! # impl Write for Stream {
//! #     fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> { Ok(bytes.len()) }
//! #     fn flush(&mut self) -> Result<(), ErrorKind> { Ok(()) }
//! # }
//! # const ANSWER: &[u8] =
//! #     b"HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"Response\":{\"RequestId\":\"7f-3c\"}}";
//!
//! struct Network;
//!
//! impl Dialer for Network {
//!     type Stream<'a> = Stream;
//!     type Error = ErrorKind;
//!
//!     fn dial(&mut self, now: Timestamp) -> Result<Connection<Stream>, ErrorKind> {
//! #         let _ = now;
//! #         let tls = Stream(ANSWER);
//!         Ok(Connection::new(tls))
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let counter = clock::from_fn(|| 0);
//! # let rtc = clock::from_fn(|| Ok::<u64, Infallible>(1_795_279_182));
//! # let (mut client, mut signer) = (Client::new(rtc), Signer::new(Credentials::new("AKIDEXAMPLE", "key")?));
//! # let request = api!("iotcloud", "2021-04-08").action("PublishMessage").json("{}")?;
//! # let (mut head, mut body) = ([0; 512], [0; 512]);
//! let mailbox = Mailbox::new();
//! let task = pin!(mailbox.serve(Network));
//! let mut link = Link::new(&mailbox, task, counter).idle_limit(Duration::from_secs(50));
//! // Before each call, arm the timeout of the streams.
//! let reply = client.call(&mut link, &mut signer, Repeatable(&request), Buffers::new(&mut head, &mut body));
//! assert!(reply.unwrap().request_id().unwrap() == "7f-3c");
//! # Ok(())
//! # }
//! ```
//!
//! A server that answers one request twice is faulty: if the second answer comes after the first was read, a link
//! takes it for the answer to the next request. It cannot see it before, because a [`Dialer`]'s stream need not
//! tell whether bytes are waiting. Compare the response with the request where that matters.
//!
//! # Why a task and a mailbox
//! A TLS connection borrows its buffers from the dialer. A struct that owned both the dialer and the
//! connection would therefore borrow from itself, which safe Rust does not allow. A pinned future may borrow
//! from itself. So both belong to a future, the task, and neither `unsafe` nor a heap is needed.
//!
//! The task never runs by itself. Each call polls it, and passes it one read or write at a time through the
//! mailbox. With a blocking dialer no executor is needed, because the task then waits only for the mailbox.
//!
//! If the future of an asynchronous call is dropped, so is the connection, and the next call dials again.

#[cfg(feature = "async")]
mod asynchronous;
mod mailbox;
mod operation;
mod pipe;

#[cfg(feature = "async")]
pub use asynchronous::AsyncDialer;
pub use mailbox::Mailbox;

use super::{
    buffers::Buffers,
    carrier::Carry,
    connection::Connection,
    error::CallError,
    incoming::{Failed, ReplyLayout, StreamEnd},
    message::Message,
    reply::Reply,
};
use crate::clock::Monotonic;
use core::{convert::Infallible, fmt, pin::Pin, time::Duration};
use embedded_io::{Read, Write};
use mailbox::{Dial, Wire};
use operation::{Operation, PipeError};
use pipe::Pipe;
use tc3_core::Timestamp;

/// The network of a program: opens connections to the server.
///
/// ```
/// # #[cfg(feature = "tls")]
/// # mod example {
/// use embedded_io::{Read, ReadReady, Write, WriteReady};
/// use tc3_core::Timestamp;
/// use tc3_embedded::client::{Connection, link::Dialer};
/// use tc3_embedded::clock::Monotonic;
/// use tc3_embedded::deadline::{Deadline, Timeout};
/// use tc3_embedded::entropy::Entropy;
/// use tc3_embedded::tls::{AuthenticatedTls, Buffers, Seed, Server, TlsError, roots::DIGICERT_GLOBAL_ROOT_G2};
///
/// struct Network<'n, S, M, R> {
///     modem: S, // opens a connection to port 443 when it is reset
///     counter: M,
///     timeout: &'n Timeout,
///     generator: R,
///     buffers: &'n mut Buffers,
/// }
///
/// impl<S, M, R> Dialer for Network<'_, S, M, R>
/// where
///     S: Read + ReadReady + Write + WriteReady,
///     M: Monotonic,
///     R: Entropy,
/// {
///     type Stream<'a> = AuthenticatedTls<'a, Deadline<'a, &'a mut S, &'a mut M>> where Self: 'a;
///     type Error = TlsError; // an enum of the program, if more than TLS can fail
///
///     fn dial(&mut self, now: Timestamp) -> Result<Connection<Self::Stream<'_>>, TlsError> {
///         let seed = Seed::draw(&mut self.generator).map_err(|_| TlsError::Engine)?;
///         let roots = [DIGICERT_GLOBAL_ROOT_G2];
///         let server = Server::new("iotcloud.tencentcloudapi.com", &roots, now);
///         let stream = Deadline::new(&mut self.modem, &mut self.counter, self.timeout);
///         let tls = AuthenticatedTls::connect(stream, self.buffers, &server, seed)?;
///         Ok(Connection::authenticated(tls))
///     }
/// }
/// # }
/// ```
pub trait Dialer {
    /// A connected stream. It may borrow from the dialer.
    type Stream<'a>: Read<Error: Into<Self::Error>> + Write
    where
        Self: 'a;
    /// The error of dialling. The errors of the stream are converted to it.
    type Error;

    /// Opens a connection. `now` is the client's checked time, for the validity of certificates.
    ///
    /// A [`Deadline`](crate::deadline::Deadline) limits only reads and writes. Looking up the name and connecting
    /// the socket are up to the dialer: limit them by
    /// [`Timeout::remaining`](crate::deadline::Timeout::remaining), or the call waits as long as they do.
    ///
    /// # Errors
    /// If the name is not resolved, the connection is refused, or the server is not authenticated. The call
    /// then fails with [`ExchangeError::Dial`](super::ExchangeError::Dial).
    fn dial(&mut self, now: Timestamp) -> Result<Connection<Self::Stream<'_>>, Self::Error>;
}

/// A connection that is kept between calls and opened when needed ([example](self)).
///
/// `E` is the error of the dialer, `F` the [task](Mailbox::serve) that owns the dialer, and `M` the
/// [counter](Monotonic) that measures how long the connection was idle.
pub struct Link<'l, E, F, M> {
    connection: Connection<Pipe<'l, E, F>>,
    counter: M,
    /// In milliseconds.
    idle_limit: u64,
    /// When the connection was last used.
    used_at: u64,
}

impl<'l, E, F, M> Link<'l, E, F, M> {
    /// A link without a connection. `task` must be the future that [`serve`](Mailbox::serve) of the same
    /// mailbox returned. With any other future, every call fails with
    /// [`WrongTask`](super::ExchangeError::WrongTask).
    pub const fn new(mailbox: &'l Mailbox<E>, task: Pin<&'l mut F>, counter: M) -> Self {
        let stream = Pipe::new(mailbox, task);
        let connection = Connection { stream, end: StreamEnd::Unauthenticated, reusable: false, used: false };
        Self { connection, counter, idle_limit: 50_000, used_at: 0 }
    }

    /// Sets how long a connection may be idle, 50 s by default, because servers and networks often close
    /// connections after 60 s. A call that finds the connection idle for longer drops it and dials. Between
    /// calls nothing is dropped: for that, see [`hang_up`](Self::hang_up).
    #[must_use]
    pub fn idle_limit(self, limit: Duration) -> Self {
        let idle_limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        Self { idle_limit, ..self }
    }

    /// Whether there is a connection that another call could use. The next call still dials if the connection
    /// was idle too long. The server may have closed it unnoticed.
    pub const fn is_connected(&self) -> bool {
        self.connection.reusable
    }
}

impl<E, F: Future<Output = Infallible>, M: Monotonic> Link<'_, E, F, M> {
    /// Drops the connection, if there is one. The next call dials. TLS sends no close_notify, because the
    /// stream is dropped and not closed.
    pub fn hang_up(&mut self) {
        self.connection.reusable = false;
        self.connection.stream.hang_up();
    }

    /// Sends a signed request once and receives the response, like [`Connection::exchange`]. If the link
    /// dials, `now` is passed to [`Dialer::dial`]: use the time with which the request was signed.
    ///
    /// # Errors
    /// As [`Connection::exchange`], and [`ExchangeError::Dial`](super::ExchangeError::Dial).
    pub fn exchange<'b>(
        &mut self,
        now: Timestamp,
        message: impl Message,
        mut buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, CallError<'b, E>> {
        match self.carry(now, message, buffers.reborrow()) {
            Ok(layout) => layout.finish(buffers),
            Err(failed) => Err(failed.finish(buffers)),
        }
    }

    /// Whether to dial, because there is no reusable connection or the connection was idle too long.
    fn needs_dial(&mut self) -> bool {
        let idle = self.counter.millis().saturating_sub(self.used_at);
        !self.connection.reusable || idle > self.idle_limit
    }

    /// Notes that there is a new connection.
    fn connected(&mut self, end: StreamEnd) {
        (self.connection.end, self.connection.reusable, self.connection.used) = (end, true, false);
    }

    /// Notes how an exchange ended, and drops the connection if it is not reusable.
    fn carried(
        &mut self,
        received: Result<ReplyLayout, Failed<PipeError<E>>>,
    ) -> Result<ReplyLayout, Failed<E>> {
        self.used_at = self.counter.millis();
        // The server may close it from now on, even if nothing was sent.
        self.connection.used = true;
        if !self.connection.reusable {
            self.hang_up();
        }
        received.map_err(|failed| failed.map(PipeError::into_inner))
    }
}

impl<E, F: Future<Output = Infallible>, M: Monotonic> Carry for Link<'_, E, F, M> {
    type Error = E;
    const DIALS: bool = true;

    fn carry(
        &mut self,
        now: Timestamp,
        message: impl Message,
        buffers: Buffers<'_>,
    ) -> Result<ReplyLayout, Failed<E>> {
        if self.needs_dial() {
            self.connection.reusable = false;
            let report = self.connection.stream.perform(Operation::Dial(now));
            self.connected(pipe::dial_result(report)?);
        }
        let received = self.connection.round_trip(message, buffers);
        self.carried(received)
    }

    fn can_send(&self) -> bool {
        true
    }
}

/// A blocking dialer or stream. Each of its operations completes in the first poll.
struct Blocking<T>(T);

impl<D: Dialer> Dial for Blocking<D> {
    type Wire<'a>
        = Blocking<D::Stream<'a>>
    where
        Self: 'a;
    type Error = D::Error;

    async fn dial(&mut self, now: Timestamp) -> Result<(Self::Wire<'_>, StreamEnd), D::Error> {
        let Connection { stream, end, .. } = self.0.dial(now)?;
        Ok((Blocking(stream), end))
    }
}

impl<S: Read + Write> Wire for Blocking<S> {
    type Error = S::Error;

    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, S::Error> {
        self.0.read(buffer)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<usize, S::Error> {
        self.0.write(bytes)
    }

    async fn flush(&mut self) -> Result<(), S::Error> {
        self.0.flush()
    }
}

impl<E> Mailbox<E> {
    /// Returns the task of a [`Link`], a future that owns the dialer and the connection. Pin it and pass it
    /// to [`Link::new`]. The link polls it, so do not spawn it.
    pub fn serve<D: Dialer<Error = E>>(&self, dialer: D) -> impl Future<Output = Infallible> {
        self.work(Blocking(dialer))
    }
}

impl<E, F, M> fmt::Debug for Link<'_, E, F, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Link");
        shown.field("connected", &self.is_connected()).field("idle_limit", &self.idle_limit);
        shown.finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<E, F, M> defmt::Format for Link<'_, E, F, M> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let (connected, limit) = (self.is_connected(), self.idle_limit);
        defmt::write!(f, "Link {{ connected: {}, idle_limit: {} }}", connected, limit);
    }
}
