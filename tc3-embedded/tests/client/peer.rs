//! A server in memory.

use crate::world::Time;
use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};

/// Answers each complete request with its next answer, and closes after the last one.
#[derive(Debug)]
pub(crate) struct Peer {
    time: Time,
    answers: Vec<Vec<u8>>,
    /// All bytes received.
    pub(crate) got: Vec<u8>,
    /// Number of complete requests among them.
    pub(crate) whole: usize,
    /// Offsets at which the next request starts and will end.
    start: usize,
    end: Option<usize>,
    /// Bytes of the answers that were read.
    read: usize,
    /// Maximum bytes of one write and one read.
    max_write: usize,
    max_read: usize,
    fault: Option<Fault>,
    pub(crate) flushed: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Out,
    In,
}

/// A fault at one byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) way: Way,
    pub(crate) at: usize,
    pub(crate) kind: Kind,
}

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
}

impl Peer {
    pub(crate) fn new<A: AsRef<[u8]>>(answers: impl IntoIterator<Item = A>) -> Self {
        let answers = answers.into_iter().map(|answer| answer.as_ref().to_vec()).collect();
        Self {
            time: Time::default(),
            answers,
            got: Vec::new(),
            whole: 0,
            start: 0,
            end: None,
            read: 0,
            max_write: usize::MAX,
            max_read: usize::MAX,
            fault: None,
            flushed: 0,
        }
    }

    pub(crate) fn failing(self, way: Way, at: usize, kind: Kind) -> Self {
        Self { fault: Some(Fault { way, at, kind }), ..self }
    }

    pub(crate) fn writing_at_most(self, max_write: usize) -> Self {
        Self { max_write, ..self }
    }

    pub(crate) fn reading_at_most(self, max_read: usize) -> Self {
        Self { max_read, ..self }
    }

    pub(crate) fn time(&self) -> Time {
        self.time.clone()
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

    /// Counts a request that the last `new` bytes complete.
    fn count(&mut self, new: usize) {
        let from = self.start.max(self.got.len().saturating_sub(new + 3));
        if self.end.is_none() && self.got[from..].windows(4).any(|end| end == b"\r\n\r\n") {
            self.end = split(&self.got[self.start..]).map(|(head, body_len)| self.start + head + body_len);
        }
        if let Some(end) = self.end.filter(|end| *end <= self.got.len()) {
            (self.whole, self.start, self.end) = (self.whole + 1, end, None);
        }
    }

    /// The fault at the next byte in this direction, and how many bytes may pass before it.
    fn next_fault(&mut self, way: Way, at: usize) -> (Option<Kind>, usize) {
        match self.fault {
            Some(fault) if fault.way == way && at >= fault.at => {
                if let Kind::Empty | Kind::Corrupt = fault.kind {
                    self.fault = None;
                }
                let most = if let Kind::Single | Kind::Corrupt = fault.kind { 1 } else { 0 };
                (Some(fault.kind), most)
            }
            Some(fault) if fault.way == way => (None, fault.at - at),
            _ => (None, usize::MAX),
        }
    }

    fn is_silent(&self, way: Way, at: usize) -> bool {
        matches!(self.fault, Some(fault) if fault.kind == Kind::Silence && fault.way == way && at >= fault.at)
    }

    fn ready_to_read(&self) -> bool {
        self.time.poll();
        let answered = self.whole.min(self.answers.len());
        let available: usize = self.answers[..answered].iter().map(Vec::len).sum();
        let fails = matches!(self.fault, Some(fault) if fault.way == Way::In && self.read >= fault.at);
        let over = answered == self.answers.len();
        !self.is_silent(Way::In, self.read) && (self.read < available || fails || over)
    }

    fn ready_to_write(&self) -> bool {
        self.time.poll();
        !self.is_silent(Way::Out, self.got.len())
    }

    fn read_now(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let (fault, most) = self.next_fault(Way::In, self.read);
        match fault {
            Some(Kind::Close | Kind::Empty) => return Ok(0),
            Some(Kind::Reset) => return Err(ErrorKind::ConnectionReset),
            Some(Kind::Silence) if !buffer.is_empty() => panic!("read although not ready"),
            _ => {}
        }
        let available = self.answers[..self.whole.min(self.answers.len())].concat();
        let rest = &available[self.read..];
        let count = rest.len().min(most).min(self.max_read).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        if fault == Some(Kind::Corrupt) && count > 0 {
            buffer[0] ^= 1;
        }
        self.read += count;
        Ok(count)
    }

    fn write_now(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let (fault, most) = self.next_fault(Way::Out, self.got.len());
        match fault {
            Some(Kind::Close) => return Err(ErrorKind::BrokenPipe),
            Some(Kind::Reset) => return Err(ErrorKind::ConnectionReset),
            Some(Kind::Empty) => return Ok(0),
            Some(Kind::Silence) if !bytes.is_empty() => panic!("written although not ready"),
            _ => {}
        }
        let count = bytes.len().min(most).min(self.max_write);
        self.got.extend_from_slice(&bytes[..count]);
        if let (Some(Kind::Corrupt), Some(last)) = (fault, self.got.last_mut()) {
            *last ^= 1;
        }
        self.count(count);
        Ok(count)
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
pub(crate) fn chunked(body: &[u8], len: usize) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(len) {
        answer.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        answer.extend_from_slice(chunk);
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"0\r\n\r\n");
    answer
}

pub(crate) const DONE: &str = r#"{"Response":{"RequestId":"7f-3c"}}"#;

pub(crate) fn failure(code: &str) -> String {
    format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"no"}},"RequestId":"7f-3c"}}}}"#)
}

impl ErrorType for Peer {
    type Error = ErrorKind;
}

impl ReadReady for Peer {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(self.ready_to_read())
    }
}

impl WriteReady for Peer {
    fn write_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(self.ready_to_write())
    }
}

impl Read for Peer {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.read_now(buffer)
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.write_now(bytes)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.flushed = self.got.len();
        Ok(())
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::{ErrorKind, Peer};
    use core::{future::poll_fn, task::Poll};
    use embedded_io_async::{Read, Write};

    impl Read for Peer {
        async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
            poll_fn(|_| match self.ready_to_read() {
                true => Poll::Ready(self.read_now(buffer)),
                false => Poll::Pending,
            })
            .await
        }
    }

    impl Write for Peer {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
            poll_fn(|_| match self.ready_to_write() {
                true => Poll::Ready(self.write_now(bytes)),
                false => Poll::Pending,
            })
            .await
        }

        async fn flush(&mut self) -> Result<(), ErrorKind> {
            self.flushed = self.got.len();
            Ok(())
        }
    }
}
