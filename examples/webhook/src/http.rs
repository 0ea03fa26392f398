//! As much of an HTTP/1.1 server as the example needs. It serves one connection at a time and one request on each, so a
//! slow client holds up all others: use a real server in its place.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};
use tc3_core::verify::{Body, Message};

const MAX_HEAD: usize = 16 * 1024;
const MAX_BODY: usize = 1024 * 1024;
const MAX_HEADERS: usize = 64;

/// Reads a request, and answers with the status and text that `decide` returns.
pub(crate) fn answer(
    mut stream: TcpStream,
    decide: impl FnOnce(&Message<'_>) -> (u16, String),
) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut received = Vec::new();
    let (status, text) = match read(&mut stream, &mut received, decide) {
        Ok(answer) => answer,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => (400, error.to_string()),
        Err(error) => return Err(error),
    };
    write!(stream, "HTTP/1.1 {status} \r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len())
}

fn read<T>(
    stream: &mut TcpStream,
    received: &mut Vec<u8>,
    decide: impl FnOnce(&Message<'_>) -> T,
) -> io::Result<T> {
    let head = read_until(stream, received, MAX_HEAD, |received| {
        received.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at.saturating_add(4))
    })?;
    let body = content_length(received.get(..head).unwrap_or_default())?;
    let end = head.saturating_add(body);
    read_until(stream, received, MAX_HEAD.saturating_add(MAX_BODY), |received| {
        (received.len() >= end).then_some(end)
    })?;
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
    stream: &mut TcpStream,
    received: &mut Vec<u8>,
    limit: usize,
    end: impl Fn(&[u8]) -> Option<usize>,
) -> io::Result<usize> {
    loop {
        if let Some(end) = end(received) {
            return Ok(end);
        }
        let mut buffer = [0; 4096];
        let len = stream.read(&mut buffer)?;
        if len == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        received.extend_from_slice(buffer.get(..len).unwrap_or_default());
        if received.len() > limit {
            return Err(invalid("the request is too large"));
        }
    }
}

fn parse<'h, 'b>(
    head: &'b [u8],
    fields: &'h mut [httparse::Header<'b>],
) -> io::Result<httparse::Request<'h, 'b>> {
    let mut request = httparse::Request::new(fields);
    request.parse(head).map_err(|error| invalid(&error.to_string()))?;
    Ok(request)
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
        for (fields, expected) in [
            ("X: ", Ok(0)),
            ("content-length: 1048576", Ok(1_048_576)),
            ("Content-Length: 1048577", too_large),
            ("Content-Length: 99999999999999999999", too_large),
            ("Content-Length: +7", not_one),
            ("Content-Length:", not_one),
            ("Content-Length: 7\r\nContent-Length: 7", not_one),
            ("Content-Length: 7\r\ntransfer-encoding: chunked", Err("Transfer-Encoding is not supported")),
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
    fn a_read_has_a_timeout_an_early_end_is_an_error_and_a_long_head_is_answered() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        for (len, expected) in [(16 * 1024, Err(io::ErrorKind::UnexpectedEof)), (16 * 1024 + 1, Ok(()))] {
            let mut client = TcpStream::connect(listener.local_addr()?)?;
            client.write_all(&vec![b'a'; len])?;
            client.shutdown(Shutdown::Write)?;
            let (stream, _) = listener.accept()?;
            let ended = answer(stream.try_clone()?, |_| (200, String::new())).map_err(|error| error.kind());
            assert_eq!(ended, expected, "after a head of {len} bytes without an end");
            assert_eq!(stream.read_timeout()?, Some(Duration::from_secs(10)), "timeout of a read");
        }
        Ok(())
    }
}
