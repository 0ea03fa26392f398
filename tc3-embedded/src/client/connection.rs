//! One request and its answer at a time, over a stream that blocks.

use super::{
    Buffers, CallError, ExchangeError, Message, Reply,
    buffers::Wiped,
    incoming::{Incoming, Received},
};
use crate::http::Outgoing;
use core::fmt;
use embedded_io::{Read, Write};

/// What is received at once, on the stack.
pub(super) const CHUNK: usize = 256;

/// A stream of bytes to a server, and whether the next request may use it.
///
/// It may until an exchange fails or its answer ends the connection; then every further one fails
/// with [`ExchangeError::Spent`], and nothing is sent.
///
/// For requests that a [`Client`](super::Client) does not sign:
///
/// ```
/// use tc3_core::{Credentials, DaySigner, Signer, Timestamp, api};
/// use tc3_embedded::client::{Buffers, Connection};
/// # use embedded_io::{ErrorKind, ErrorType, Read, Write};
/// # struct Stream(&'static [u8]);
/// # impl ErrorType for Stream { type Error = ErrorKind; }
/// # impl Read for Stream {
/// #     fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
/// #         Ok(self.0.read(buffer).unwrap())
/// #     }
/// # }
/// # impl Write for Stream {
/// #     fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> { Ok(bytes.len()) }
/// #     fn flush(&mut self) -> Result<(), ErrorKind> { Ok(()) }
/// # }
/// # let stream = Stream(b"HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"Response\":{\"RequestId\":\"7f-3c\"}}");
///
/// // A device that never holds the SecretKey, but a key of one day and service.
/// # let now = Timestamp::from_unix(1_795_279_182)?;
/// let api = api!("iotcloud", "2021-04-08");
/// # let credentials = Credentials::new("AKIDEXAMPLE", "key")?;
/// # let (identity, key) = (credentials.identity(), Signer::new(credentials).signing_key(&api, now));
/// let mut signer = DaySigner::new(identity, &key);
/// let request = api.action("PublishMessage").json(r#"{"Payload":"on"}"#)?;
///
/// let mut connection = Connection::new(stream);
/// let (mut head, mut body) = ([0; 512], [0; 512]);
/// let buffers = Buffers::new(&mut head, &mut body);
/// let reply = connection.exchange(signer.sign(&request, now)?, buffers).unwrap();
/// assert!(reply.request_id().unwrap() == "7f-3c");
/// assert!(connection.is_reusable());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Connection<S> {
    pub(super) stream: S,
    pub(super) end: End,
    pub(super) reusable: bool,
}

/// What the end of the stream proves.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// The peer had no more to say.
    Proven,
    /// Nothing: anybody in between may have cut off the rest.
    Unproven,
}

/// A stream whose end nobody but the peer can bring about: it reads zero bytes only after TLS's
/// `close_notify`, and anything else that ends it is an error.
///
/// Whoever implements it promises that.
pub trait AuthenticatedEnd {}

impl<S: AuthenticatedEnd + ?Sized> AuthenticatedEnd for &mut S {}

impl<S> Connection<S> {
    /// Takes a stream that is connected. An answer whose body ends with the connection is refused
    /// on it ([`ExchangeError::Unproven`]).
    ///
    /// The service's answers are not like that; those of proxies may be.
    pub const fn new(stream: S) -> Self {
        Self { stream, end: End::Unproven, reusable: true }
    }

    /// Takes a stream that proves its end, so that the end of a body may be the end of the
    /// connection.
    pub const fn authenticated(stream: S) -> Self
    where
        S: AuthenticatedEnd,
    {
        Self { stream, end: End::Proven, reusable: true }
    }

    /// Whether the next request may use this connection.
    pub const fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// The stream.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// The stream again, to be closed.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

impl<S: Read + Write> Connection<S> {
    /// Sends a request that is signed already and receives its answer, once.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::Service`] when the service refused or failed.
    pub fn exchange<'b>(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, CallError<'b, S::Error>> {
        let received = self.run(message, buffers.lend())?;
        buffers.finish(received)
    }

    pub(super) fn run(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'_>,
    ) -> Result<Received, ExchangeError<S::Error>> {
        self.send(message, buffers.lend())?;
        self.receive(buffers)
    }

    fn send(&mut self, message: impl Message, buffers: Buffers<'_>) -> Result<(), ExchangeError<S::Error>> {
        if !self.reusable {
            return Err(ExchangeError::Spent);
        }
        let head = Wiped(buffers.head);
        let mut writer = message.head(head.0).map_err(ExchangeError::HeadBuffer)?;
        let body = message.body(buffers.body)?;
        self.reusable = false;
        self.write(writer.head())?;
        for piece in body {
            self.write(writer.body(piece.as_ref())?)?;
        }
        writer.finish()?;
        self.stream.flush().map_err(ExchangeError::Stream)
    }

    fn write(&mut self, mut outgoing: Outgoing<'_, '_>) -> Result<(), ExchangeError<S::Error>> {
        while !outgoing.pending().is_empty() {
            let given = outgoing.pending().len();
            match self.stream.write(outgoing.pending()).map_err(ExchangeError::Stream)? {
                0 => return Err(ExchangeError::WriteZero { given }),
                count => outgoing.advance(count)?,
            }
        }
        Ok(())
    }

    fn receive(&mut self, buffers: Buffers<'_>) -> Result<Received, ExchangeError<S::Error>> {
        let mut incoming = Incoming::new(buffers, self.end);
        let mut chunk = [0; CHUNK];
        loop {
            let count = self.stream.read(&mut chunk).map_err(ExchangeError::Stream)?;
            let bytes = chunk.get(..count).ok_or(ExchangeError::Overrun { given: CHUNK, count })?;
            if let Some(received) = incoming.take(bytes)? {
                self.reusable = received.reusable;
                return Ok(received);
            }
        }
    }
}

impl<S> fmt::Debug for Connection<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("reusable", &self.reusable).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<S> defmt::Format for Connection<S> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Connection {{ reusable: {}, .. }}", self.reusable);
    }
}
