//! As much of an HTTP/1.1 server as the example needs. It serves one connection at a time and one request on each, so a
//! slow client holds up all others: use a real server in its place.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};
use tc3_core::verify::{Body, Message};

const MAX_HEAD: usize = 16 * 1024;
const MAX_BODY: usize = 1024 * 1024;
const MAX_HEADERS: usize = 64;

/// The time in which a whole request must arrive.
pub(crate) const TIME: Duration = Duration::from_secs(10);

/// A connection that can be read until a deadline. A timeout of each read alone would let a client send a byte now and
/// then for days.
#[derive(Debug)]
pub(crate) struct Timed {
    pub(crate) stream: TcpStream,
    pub(crate) deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Reads a request, and answers with the status and text that `decide` returns. `decide` is called when the whole
/// request was read.
pub(crate) fn answer(
    mut stream: impl Read + Write,
    decide: impl FnOnce(&Message<'_>) -> (u16, String),
) -> io::Result<()> {
    let mut received = Vec::new();
    let (status, text) = match read(&mut stream, &mut received, decide) {
        Ok(answer) => answer,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => (400, error.to_string()),
        Err(error) => return Err(error),
    };
    write!(stream, "HTTP/1.1 {status} \r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len())
}

fn read<T>(
    stream: &mut impl Read,
    received: &mut Vec<u8>,
    decide: impl FnOnce(&Message<'_>) -> T,
) -> io::Result<T> {
    let head = read_until(stream, received, |received| {
        // Only among the first bytes: what arrives together must not decide whether a head is too large.
        let starts = MAX_HEAD.saturating_sub(3);
        match received.windows(4).take(starts).position(|end| end == b"\r\n\r\n") {
            Some(at) => Ok(Some(at.saturating_add(4))),
            None if received.len() >= MAX_HEAD => Err(invalid("the head is too large")),
            None => Ok(None),
        }
    })?;
    let body = content_length(received.get(..head).unwrap_or_default())?;
    let end = head.saturating_add(body);
    read_until(stream, received, |received| Ok((received.len() >= end).then_some(end)))?;
    // What follows is not a part of this request, and is not answered.
    received.truncate(end);
    let (head, body) = received.split_at_checked(head).unwrap_or_default();
    let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let request = parse(head, &mut fields)?;
    let headers: Vec<_> = request.headers.iter().map(|field| (field.name, field.value)).collect();
    Ok(decide(&Message {
        method: request.method.unwrap_or_default(),
        target: request.path.unwrap_or_default(),
        headers: &headers,
        body: Body::Whole(body),
    }))
}

/// Reads until `end` returns an offset in what was received.
fn read_until(
    stream: &mut impl Read,
    received: &mut Vec<u8>,
    end: impl Fn(&[u8]) -> io::Result<Option<usize>>,
) -> io::Result<usize> {
    loop {
        if let Some(end) = end(received)? {
            return Ok(end);
        }
        let mut buffer = [0; 4096];
        let len = stream.read(&mut buffer)?;
        if len == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        received.extend_from_slice(buffer.get(..len).unwrap_or_default());
    }
}

/// Parses a head. `httparse` also ends a head at an empty line of a bare LF. Then it would not see the lines after it, such
/// as `Transfer-Encoding`, which another receiver would obey.
fn parse<'h, 'b>(
    head: &'b [u8],
    fields: &'h mut [httparse::Header<'b>],
) -> io::Result<httparse::Request<'h, 'b>> {
    let mut request = httparse::Request::new(fields);
    match request.parse(head).map_err(|error| invalid(&error.to_string()))? {
        httparse::Status::Complete(len) if len == head.len() => Ok(request),
        _ => Err(invalid("the head ends in more than one place")),
    }
}

/// The length of the body, in bytes. Refuses a length that two receivers could understand differently.
fn content_length(head: &[u8]) -> io::Result<usize> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let request = parse(head, &mut fields)?;
    let is = |field: &&httparse::Header<'_>, name: &str| field.name.eq_ignore_ascii_case(name);
    if request.headers.iter().any(|field| is(&field, "transfer-encoding")) {
        return Err(invalid("Transfer-Encoding is not supported"));
    }
    let mut lengths =
        request.headers.iter().filter(|field| is(field, "content-length")).map(|field| field.value);
    match (lengths.next(), lengths.next()) {
        (None, _) => Ok(0),
        (Some(digits), None) if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            let length = str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            length.filter(|length| *length <= MAX_BODY).ok_or_else(|| invalid("the body is too large"))
        }
        _ => Err(invalid("Content-Length is not one number")),
    }
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Shutdown, TcpListener};

    #[test]
    fn a_length_is_one_number_within_the_limit() {
        let (not_one, too_large) = (Err("Content-Length is not one number"), Err("the body is too large"));
        let two_ends = Err("the head ends in more than one place");
        for (fields, expected) in [
            ("X: ", Ok(0)),
            ("content-length: 1048576", Ok(1_048_576)),
            ("Content-Length: 1048577", too_large),
            ("Content-Length: 99999999999999999999", too_large),
            ("Content-Length: +7", not_one),
            ("Content-Length:", not_one),
            ("Content-Length: 7\r\nContent-Length: 7", not_one),
            ("Content-Length: 7\r\ntransfer-encoding: chunked", Err("Transfer-Encoding is not supported")),
            ("X: \n\nTransfer-Encoding: chunked", two_ends),
            ("X: \n\r\nContent-Length: 7", two_ends),
            ("", two_ends),
        ] {
            let length = content_length(format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n").as_bytes());
            assert_eq!(
                length.map_err(|error| error.to_string()),
                expected.map_err(str::to_owned),
                "{fields}"
            );
        }
    }

    #[test]
    fn a_request_is_read_alike_in_any_segments_and_without_what_follows_it() {
        let (fields, body) = ("POST / HTTP/1.1\r\nContent-Length: 9000\r\nX: ", [b'a'; 9000]);
        for (len, expected) in [(16 * 1024, Ok(9000)), (16 * 1024 + 1, Err("the head is too large"))] {
            let head = format!("{fields:x<0$}\r\n\r\n", len - 4);
            let sent = [head.as_bytes(), &body, b"GET / HTTP/1.1\r\n\r\n"].concat();
            for first in [1, 96, 4095, 4096] {
                let (first, others) = sent.split_at(first);
                let read = read(&mut first.chain(others), &mut Vec::new(), |message| match message.body {
                    Body::Whole(body) => body.len(),
                    Body::Hashed(_) => 0,
                });
                let read = read.map_err(|error| error.to_string());
                assert_eq!(read, expected.map_err(str::to_owned), "{len}, {} B first", first.len());
            }
        }
        let read = read(&mut &b"\r\n\r\nPOST / HTTP/1.1\r\n\r\n"[..], &mut Vec::new(), |_| ());
        assert_eq!(read.map_err(|error| error.kind()), Err(io::ErrorKind::InvalidData), "empty lines first");
    }

    #[test]
    fn a_request_has_a_deadline_an_early_end_is_an_error_and_a_long_head_is_answered() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let end = Err(io::ErrorKind::UnexpectedEof);
        for (len, time, expected) in [
            (16 * 1024 - 1, TIME, end),
            (16 * 1024, TIME, Ok(())),
            // The bytes are there, but the time is over.
            (16 * 1024, Duration::ZERO, Err(io::ErrorKind::TimedOut)),
        ] {
            let mut client = TcpStream::connect(listener.local_addr()?)?;
            client.write_all(&vec![b'a'; len])?;
            client.shutdown(Shutdown::Write)?;
            let (stream, _) = listener.accept()?;
            let Some(deadline) = Instant::now().checked_add(time) else { continue };
            let timed = Timed { stream: stream.try_clone()?, deadline };
            let ended = answer(timed, |_| (200, String::new())).map_err(|error| error.kind());
            assert_eq!(ended, expected, "after a head of {len} bytes without an end, within {time:?}");
            let timeout = stream.read_timeout()?;
            assert!(
                timeout.is_some_and(|left| left <= TIME) || time.is_zero(),
                "timeout of a read: {timeout:?}"
            );
        }
        Ok(())
    }
}
