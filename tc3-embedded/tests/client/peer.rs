//! A server in memory, and the blocking and asynchronous streams to it.

use crate::world::Time;
use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};
use std::{cell::RefCell, collections::VecDeque, rc::Rc};
use tc3_embedded::{
    deadline::{Deadline, DeadlineError},
    http::AuthenticatedEnd,
};

/// Shared by the test and the connection.
pub(crate) type Peer = Rc<RefCell<Server>>;

/// Answers each complete request with its next answer, and closes after the last one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    pub(crate) time: Time,
    pub(crate) answers: VecDeque<String>,
    /// Bytes that are sent, and how many of them were read.
    pub(crate) out: Vec<u8>,
    pub(crate) read: usize,
    /// All bytes received.
    pub(crate) got: Vec<u8>,
    /// Offset at which the next request starts.
    pub(crate) start: usize,
    pub(crate) flushed: usize,
    /// Most bytes of one write and one read, if limited.
    pub(crate) max_write: Option<usize>,
    pub(crate) max_read: Option<usize>,
    /// Milliseconds that each read, write and flush takes.
    pub(crate) slow: u64,
    /// Not ready at every other poll.
    pub(crate) stalling: bool,
    pub(crate) stalled: bool,
    pub(crate) fault: Option<Fault>,
    /// What every write and every read reports, whatever it is given.
    pub(crate) claims: Option<(usize, usize)>,
}

/// A claim to have written all bytes.
pub(crate) const ALL: usize = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Out,
    In,
}

/// A fault at one byte, counted in this direction.
pub(crate) type Fault = (Way, usize, Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The end of the stream. Writes fail with a broken pipe.
    Close,
    Reset,
    Silence,
    /// One read or write of zero bytes.
    Empty,
    /// Single bytes from here on.
    Single,
    /// This byte is changed.
    Corrupt,
    /// A write takes its bytes and then fails.
    Late,
}

impl Server {
    pub(crate) fn new<A: Into<String>>(answers: impl IntoIterator<Item = A>) -> Self {
        Self { answers: answers.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    pub(crate) fn failing(self, way: Way, at: usize, kind: Kind) -> Self {
        Self { fault: Some((way, at, kind)), ..self }
    }

    /// What the server does from now on, as `next` would do from its start.
    pub(crate) fn continue_as(&mut self, next: Self) {
        let done = |way| if way == Way::In { self.read } else { self.got.len() };
        self.fault = next.fault.map(|(way, at, kind)| (way, done(way) + at, kind));
        (self.answers, self.max_write, self.max_read) = (next.answers, next.max_write, next.max_read);
        (self.stalling, self.stalled) = (next.stalling, false);
    }

    /// Whether all requests are complete and all that was sent was read.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.start == self.got.len() && self.read == self.out.len()
    }

    /// Head and body of each complete request.
    pub(crate) fn requests(&self) -> Vec<(String, Vec<u8>)> {
        let mut rest = &self.got[..];
        core::iter::from_fn(|| {
            let (head, body_len) = split(rest)?;
            let body = rest.get(head..head + body_len)?.to_vec();
            let text = String::from_utf8_lossy(&rest[..head]).into_owned();
            rest = &rest[head + body_len..];
            Some((text, body))
        })
        .collect()
    }

    /// Answers a request that the last bytes completed.
    fn answer(&mut self) {
        let Some((head, body_len)) = split(&self.got[self.start..]) else { return };
        let end = self.start + head + body_len;
        if end <= self.got.len() {
            self.start = end;
            self.out.extend(self.answers.pop_front().unwrap_or_default().bytes());
        }
    }

    /// The fault at the next byte in this direction, and how many bytes may pass before it.
    fn next_fault(&self, way: Way) -> (Option<Kind>, usize) {
        let done = if way == Way::In { self.read } else { self.got.len() };
        match self.fault.filter(|(of, ..)| *of == way) {
            Some((_, at, kind @ (Kind::Single | Kind::Corrupt))) if done >= at => (Some(kind), 1),
            Some((_, at, kind)) if done >= at => (Some(kind), 0),
            Some((_, at, _)) => (None, at - done),
            None => (None, usize::MAX),
        }
    }

    /// The same, before bytes are moved. Some faults happen only once.
    fn take_fault(&mut self, way: Way) -> (Option<Kind>, usize) {
        let next = self.next_fault(way);
        if let (Some(Kind::Empty | Kind::Corrupt), _) = next {
            self.fault = None;
        }
        next
    }

    /// Whether an operation that could be done now is done at this poll.
    fn poll(&mut self, possible: bool) -> bool {
        self.time.poll();
        self.stalled = self.stalling && !self.stalled;
        possible && !self.stalled
    }

    fn can_read(&mut self) -> bool {
        let (failing, _) = self.next_fault(Way::In);
        let possible = self.read < self.out.len() || self.answers.is_empty() || failing.is_some();
        self.poll(possible && failing != Some(Kind::Silence))
    }

    fn can_write(&mut self) -> bool {
        let is_ready = self.next_fault(Way::Out).0 != Some(Kind::Silence);
        self.poll(is_ready)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        if let Some((_, read)) = self.claims {
            return Ok(read);
        }
        self.time.pass(self.slow);
        let (fault, most) = self.take_fault(Way::In);
        match fault {
            Some(Kind::Close | Kind::Empty) => return Ok(0),
            Some(Kind::Reset) => return Err(ErrorKind::ConnectionReset),
            Some(Kind::Silence) if !buffer.is_empty() => panic!("read although not ready"),
            _ => {}
        }
        let rest = &self.out[self.read..];
        let count = rest.len().min(most).min(self.max_read.unwrap_or(most)).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        if fault == Some(Kind::Corrupt) && count > 0 {
            buffer[0] ^= 1;
        }
        self.read += count;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        if let Some((write, _)) = self.claims {
            self.time.poll();
            return Ok(if write == ALL { bytes.len() } else { write });
        }
        self.time.pass(self.slow);
        let (fault, most) = self.take_fault(Way::Out);
        if let Some(Kind::Close | Kind::Reset | Kind::Late) = fault {
            // Only what was sent before can still be read.
            self.answers.clear();
        }
        match fault {
            Some(Kind::Close) => return Err(ErrorKind::BrokenPipe),
            Some(Kind::Reset) => return Err(ErrorKind::ConnectionReset),
            Some(Kind::Late) => {
                self.got.extend_from_slice(bytes);
                return Err(ErrorKind::ConnectionReset);
            }
            Some(Kind::Empty) => return Ok(0),
            Some(Kind::Silence) if !bytes.is_empty() => panic!("written although not ready"),
            _ => {}
        }
        let count = bytes.len().min(most).min(self.max_write.unwrap_or(most));
        self.got.extend_from_slice(&bytes[..count]);
        if let (Some(Kind::Corrupt), Some(last)) = (fault, self.got.last_mut()) {
            *last ^= 1;
        }
        self.answer();
        Ok(count)
    }

    /// Only an asynchronous flush is polled, and only if that matters.
    #[cfg(feature = "async")]
    fn can_flush(&mut self) -> bool {
        let is_ready = self.next_fault(Way::Out).0 != Some(Kind::Silence);
        if is_ready && !self.stalling { true } else { self.poll(is_ready) }
    }

    /// A fault at the next byte is one of the flush.
    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.time.pass(self.slow);
        match self.next_fault(Way::Out).0 {
            Some(Kind::Close) => return Err(ErrorKind::BrokenPipe),
            Some(Kind::Reset) => return Err(ErrorKind::ConnectionReset),
            // Until after the deadline: a blocking flush cannot be polled.
            Some(Kind::Silence) => self.time.pass(2_000),
            _ => {}
        }
        self.flushed = self.got.len();
        Ok(())
    }
}

/// The streams. Where a test claims it, their end is authenticated.
#[derive(Debug)]
pub(crate) struct Io(pub(crate) Peer);

impl AuthenticatedEnd for Io {}

impl ErrorType for Io {
    type Error = ErrorKind;
}

impl ReadReady for Io {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(self.0.borrow_mut().can_read())
    }
}

impl WriteReady for Io {
    fn write_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(self.0.borrow_mut().can_write())
    }
}

impl Read for Io {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.0.borrow_mut().read(buffer)
    }
}

impl Write for Io {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.0.borrow_mut().flush()
    }
}

pub(crate) type StreamError = DeadlineError<ErrorKind>;

/// A stream with a deadline.
pub(crate) type Bounded = Deadline<'static, Io, Time>;

#[cfg(feature = "async")]
mod asynchronous {
    use super::{ErrorKind, Io};
    use core::{future::poll_fn, task::Poll};
    use embedded_io_async::{Read, Write};

    impl Read for Io {
        async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
            poll_fn(|_| if self.0.borrow_mut().can_read() { Poll::Ready(()) } else { Poll::Pending }).await;
            self.0.borrow_mut().read(buffer)
        }
    }

    impl Write for Io {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
            poll_fn(|_| if self.0.borrow_mut().can_write() { Poll::Ready(()) } else { Poll::Pending }).await;
            self.0.borrow_mut().write(bytes)
        }

        async fn flush(&mut self) -> Result<(), ErrorKind> {
            poll_fn(|_| if self.0.borrow_mut().can_flush() { Poll::Ready(()) } else { Poll::Pending }).await;
            self.0.borrow_mut().flush()
        }
    }
}

/// The lengths of a request's head and body.
fn split(request: &[u8]) -> Option<(usize, usize)> {
    let head = request.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&request[..head]);
    let (_, value) = text.split_once("\r\nContent-Length: ").unwrap_or(("", "0\r\n"));
    Some((head, value.split_once("\r\n")?.0.parse().ok()?))
}

/// An answer with status 200 and a Content-Length.
pub(crate) fn answer(body: &str) -> String {
    with_head("200 OK", "Date: Sat, 21 Nov 2026 16:39:42 GMT\r\nContent-Type: application/json\r\n", body)
}

pub(crate) fn with_head(status: &str, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// An answer with its body in chunks of this length.
pub(crate) fn chunked(body: &str, len: usize) -> String {
    let chunks = body.as_bytes().chunks(len).map(|chunk| {
        let data = str::from_utf8(chunk).expect("ASCII");
        format!("{:x}\r\n{data}\r\n", chunk.len())
    });
    let chunks: String = chunks.collect();
    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
}

pub(crate) const DONE: &str = r#"{"Response":{"RequestId":"7f-3c"}}"#;

pub(crate) fn failure(code: &str) -> String {
    format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"no"}},"RequestId":"7f-3c"}}}}"#)
}
