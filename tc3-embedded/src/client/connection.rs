//! Sends one request at a time over a blocking stream and receives the response.

use super::{
    buffers::Buffers,
    carrier::Carry,
    error::{CallError, ExchangeError},
    incoming::{Failed, Incoming, ReplyLayout, StreamEnd, after_sending},
    message::Message,
    reply::Reply,
    wiped::WipeOnDrop,
};
use crate::http::{AuthenticatedEnd, Outgoing};
use core::fmt;
use embedded_io::{ErrorType, Read, Write};
use tc3_core::Timestamp;

/// Length in bytes of the stack buffer that each read fills.
pub(super) const READ_BUFFER: usize = 256;

/// A byte stream to a server, and whether another request can be sent on it.
///
/// A connection is reusable until sending or receiving fails, or until a response ends the
/// connection. After that, every exchange sends nothing and fails with
/// [`ExchangeError::NotReusable`].
///
/// An exchange without a [`Client`](super::Client):
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
/// // This device never holds the SecretKey, only a signing key for one day and service.
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
    pub(super) end: StreamEnd,
    pub(super) reusable: bool,
    /// Whether the connection carried an exchange. The server may have closed it since.
    pub(super) used: bool,
}

impl<S> Connection<S> {
    /// Wraps a connected stream. A close-delimited body is refused
    /// ([`ExchangeError::UnauthenticatedEnd`]), because an attacker could have truncated it. The exception is
    /// a body that is a complete JSON envelope of the service. The service sends no close-delimited bodies; a
    /// proxy might.
    pub const fn new(stream: S) -> Self {
        Self { stream, end: StreamEnd::Unauthenticated, reusable: true, used: false }
    }

    /// Wraps a connected stream that reports its end only after TLS `close_notify`, so that a
    /// truncated body cannot look complete. Close-delimited bodies are accepted.
    pub const fn authenticated(stream: S) -> Self
    where
        S: AuthenticatedEnd,
    {
        Self { stream, end: StreamEnd::Authenticated, reusable: true, used: false }
    }

    /// Whether another request can be sent. If not, open another connection.
    pub const fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// Borrows the stream.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// Returns the stream, for example to close it.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

impl<S: Read + Write> Connection<S> {
    /// Sends a signed request once and receives the response.
    ///
    /// # Errors
    /// [`CallError::Service`] if the service reports a failure. The other variants if the request was
    /// not sent or no usable response arrived.
    pub fn exchange<'b>(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, CallError<'b, S::Error>> {
        match self.round_trip(message, buffers.reborrow()) {
            Ok(layout) => layout.finish(buffers),
            Err(failed) => Err(failed.finish(buffers)),
        }
    }

    pub(super) fn round_trip(
        &mut self,
        message: impl Message,
        mut buffers: Buffers<'_>,
    ) -> Result<ReplyLayout, Failed<S::Error>> {
        let sent = self.send(message, buffers.reborrow());
        let received = match &sent {
            Err(error) if !error.is_closed() => None,
            _ => Some(self.receive(buffers)),
        };
        self.end(sent, received)
    }

    fn send(&mut self, message: impl Message, buffers: Buffers<'_>) -> Result<(), ExchangeError<S::Error>> {
        if !self.reusable {
            return Err(ExchangeError::NotReusable);
        }
        let head = WipeOnDrop(buffers.head);
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
            match self.stream.write(outgoing.pending()) {
                Ok(0) => return Err(ExchangeError::WriteZero { given }),
                Ok(count) => outgoing.advance(count)?,
                Err(error) => return Err(ExchangeError::Stream(error)),
            }
        }
        Ok(())
    }

    fn receive(&mut self, buffers: Buffers<'_>) -> Result<ReplyLayout, Failed<S::Error>> {
        let mut incoming = Incoming::new(buffers, self.end);
        let mut buffer = [0; READ_BUFFER];
        loop {
            let read = self.stream.read(&mut buffer);
            if let Some(layout) = incoming.receive(filled(&buffer, read))? {
                return Ok(layout);
            }
        }
    }
}

impl<S: Read + Write> Carry for Connection<S> {
    type Error = S::Error;
    const DIALS: bool = false;

    fn carry(
        &mut self,
        _: Timestamp,
        message: impl Message,
        buffers: Buffers<'_>,
    ) -> Result<ReplyLayout, Failed<S::Error>> {
        self.round_trip(message, buffers)
    }

    fn can_send(&self) -> bool {
        self.reusable
    }
}

impl<S: ErrorType> Connection<S> {
    /// The result of an exchange. `received` is `None` if sending failed so that nothing was read.
    // Not generic over the message: a firmware with both signatures links it once.
    #[inline(never)]
    pub(super) fn end(
        &mut self,
        sent: Result<(), ExchangeError<S::Error>>,
        received: Option<Result<ReplyLayout, Failed<S::Error>>>,
    ) -> Result<ReplyLayout, Failed<S::Error>> {
        let mut received = match received {
            Some(received) => after_sending(sent, received),
            None => Err(sent.err().unwrap_or(ExchangeError::NotReusable).into()),
        };
        self.note_end(&mut received);
        received
    }

    /// Notes how an exchange ended. Changes its error to `Stale` if the server had closed the connection.
    pub(super) fn note_end(&mut self, received: &mut Result<ReplyLayout, Failed<S::Error>>) {
        match received {
            Ok(layout) => (self.reusable, self.used) = (layout.reusable, true),
            Err(failed) if self.used => failed.on_used_connection(),
            Err(_) => {}
        }
    }
}

/// The bytes that a read stored in the buffer.
pub(super) fn filled<E>(buffer: &[u8], read: Result<usize, E>) -> Result<&[u8], ExchangeError<E>> {
    let count = read.map_err(ExchangeError::Stream)?;
    buffer.get(..count).ok_or(ExchangeError::Overrun { given: buffer.len(), count })
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
