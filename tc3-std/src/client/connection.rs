//! One request and its response over any byte stream.

use super::{error::CallError, message::Message, reply::Reply};
use std::io::{self, Read, Write};
use tc3_core::response;
use tc3_embedded::http::{Event, Limits, Outgoing, RequestWriter, ResponseParser};
use zeroize::Zeroizing;

/// Maximum size of a response's status line and headers, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// Size of the buffer for one read or write, in bytes.
const BUFFER: usize = 16 * 1024;

/// An open connection: HTTP/1.1 by [`tc3_embedded::http`] over the caller's stream.
///
/// ```no_run
/// use tc3_core::{Credentials, Signer, api};
/// use tc3_std::{Connection, SystemClock, Timeouts, dial, tls::{Tls, Trust}};
///
/// let host = "cvm.tencentcloudapi.com";
/// let socket = dial(&format!("{host}:443"), Timeouts::default())?;
/// let mut connection = Connection::new(Tls::new(Trust::public())?.connect(host, socket)?);
///
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// let reply = connection.send(signer.sign(&request, SystemClock.now()?))?;
/// println!("{}", reply.status());
/// if reply.is_reusable() {
///     connection.send(signer.sign(&request, SystemClock.now()?))?.into_success()?;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
}

impl<S: Read + Write> Connection<S> {
    /// Takes a connected stream to an authenticated server.
    ///
    /// The stream's `read` must return 0 only after an authenticated end, such as TLS `close_notify`.
    /// Otherwise a truncated close-delimited body looks complete.
    pub const fn new(stream: S) -> Self {
        Self { stream }
    }

    /// Borrows the stream.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// Sends a request and waits for its response, whose body can have up to 50 MiB.
    ///
    /// Another request can be sent on the connection if [`Reply::is_reusable`] returns `true`.
    ///
    /// # Errors
    /// [`CallError`] if no complete response was received. A response that reports an error of the service
    /// is returned as `Ok`; [`Reply::into_success`] turns it into an error.
    pub fn send<'a>(&mut self, message: impl Into<Message<'a>>) -> Result<Reply, CallError> {
        match self.write(message.into()) {
            Ok(()) => self.read(),
            // A server can refuse a request and close the connection before it has read the whole request.
            // The response says why.
            Err(CallError::Transport(broken)) => self.read().map_err(|error| match error {
                CallError::Incomplete(..) => error,
                _ => CallError::Transport(broken),
            }),
            Err(error) => Err(error),
        }
    }

    fn write(&mut self, message: Message<'_>) -> Result<(), CallError> {
        let (head, len, mut body) = message.into_parts();
        let mut writer = RequestWriter::new(&head, len);
        self.write_out(writer.head())?;
        // Wiped, because a v1 form can contain a token.
        let mut buffer = Zeroizing::new(vec![0; BUFFER]);
        loop {
            let count = read(&mut body, &mut buffer).map_err(CallError::Body)?;
            if count == 0 {
                break;
            }
            self.write_out(writer.body(buffer.get(..count).unwrap_or_default())?)?;
        }
        writer.finish()?;
        self.stream.flush().map_err(CallError::Transport)
    }

    fn write_out(&mut self, mut outgoing: Outgoing<'_, '_>) -> Result<(), CallError> {
        while !outgoing.pending().is_empty() {
            match self.stream.write(outgoing.pending()) {
                Ok(0) => return Err(CallError::Transport(io::ErrorKind::WriteZero.into())),
                Ok(count) => outgoing.advance(count)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(CallError::Transport(error)),
            }
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Reply, CallError> {
        let mut head = vec![0; MAX_HEAD];
        let mut parser = ResponseParser::new(&mut head, Limits::DEFAULT);
        let (mut status, mut body) = (None, Vec::new());
        let ended = self.read_to_end(&mut parser, &mut status, &mut body);
        let reusable = parser.is_reusable() && ended.as_ref().is_ok_and(|must_close| !must_close);
        let head = parser.head_bytes().to_vec();
        match (ended, status) {
            (Err(error), None) => Err(error),
            (Err(error), Some(status)) if !is_sufficient(&error, status, &body) => {
                let reply = Reply { status, head, body, reusable: false };
                Err(CallError::Incomplete(Box::new(error), Box::new(reply)))
            }
            (_, status) => Ok(Reply { status: status.unwrap_or_default(), head, body, reusable }),
        }
    }

    /// Reads to the end of the response. Returns whether the connection has to be closed.
    fn read_to_end(
        &mut self,
        parser: &mut ResponseParser<'_>,
        status: &mut Option<u16>,
        body: &mut Vec<u8>,
    ) -> Result<bool, CallError> {
        // Wiped, because an answer can contain credentials.
        let mut buffer = Zeroizing::new(vec![0; BUFFER]);
        let mut input: &[u8] = &[];
        loop {
            match parser.feed(&mut input)? {
                Event::Head(head) => *status = Some(head.status),
                Event::Body(piece) => body.extend_from_slice(piece),
                // Bytes after the response belong to no request.
                Event::Done => return Ok(!input.is_empty()),
                Event::NeedMore => {
                    let count = read(&mut self.stream, &mut buffer).map_err(CallError::Transport)?;
                    if count == 0 {
                        parser.end_of_stream()?;
                        return Ok(true);
                    }
                    input = buffer.get(..count).unwrap_or_default();
                }
            }
        }
    }
}

/// Whether a response counts as complete in spite of an error. Either its status is not 200 to 299: the status is then
/// the more useful error. Or the connection ended after a whole JSON object with `Response` in it, so that nothing of it can be missing. The
/// rule is the same on devices.
fn is_sufficient(error: &CallError, status: u16, body: &[u8]) -> bool {
    let has_ended = match error {
        CallError::Http(error) => error.is_truncated(),
        error => matches!(error, CallError::Transport(_)),
    };
    !matches!(status, 200..=299) || has_ended && response::parse(body).is_ok()
}

fn read(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
