//! The HTTP response parser gives the same result however the bytes are split, enforces its limits, and
//! agrees with a simple parser that has the whole response at once.

use reference::Source;
use tc3_embedded::http::{Event, Framing, Limits, MAX_HEADERS, ResponseError, ResponseHead, ResponseParser};

/// Any bytes with any limits, or a valid response; split arbitrarily.
pub(crate) fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let sizes = source.bytes();
    if source.wild {
        let (head_len, limits) = if source.one_in(2) {
            (source.short() % 600, limits(&mut source))
        } else {
            (600, Limits::DEFAULT)
        };
        check_any(source.rest(), sizes, head_len, limits);
    } else {
        check_valid(&Message::new(&mut source), sizes);
    }
}

fn limits(source: &mut Source<'_>) -> Limits {
    Limits {
        body: source.number() >> source.below(64),
        chunk_line: source.byte().into(),
        trailers: source.byte().into(),
        interim: source.byte() % 4,
    }
}

fn check_any(bytes: &[u8], sizes: &[u8], head_len: usize, limits: Limits) {
    let whole = replay(&[bytes], head_len, limits);
    assert_eq!(replay(&pieces(bytes, sizes), head_len, limits), whole);
    assert!(whole.head_bytes.len() <= head_len && whole.headers.len() <= MAX_HEADERS);
    assert!(whole.body.len() as u64 <= limits.body);
    if whole.outcome.is_ok() {
        let used = &bytes[..bytes.len() - whole.left];
        let plain = read(used).expect("a complete response can be parsed");
        assert_eq!((plain.headers, plain.body), (whole.headers, whole.body));
        assert_eq!(
            (plain.used, plain.status),
            (used.len(), whole.head.expect("a complete response has a head").status)
        );
    }
}

fn check_valid(message: &Message, sizes: &[u8]) {
    let wire = message.wire();
    let sent = replay(&pieces(&wire, sizes), wire.len(), Limits::DEFAULT);
    assert_eq!((sent.outcome, sent.left), (Ok(()), 0));
    let framing = match (message.has_body(), &message.chunks) {
        (false, _) => Framing::Empty,
        (true, Some(_)) => Framing::Chunked,
        (true, None) if message.until_close => Framing::UntilClose,
        (true, None) => Framing::Length(message.body.len() as u64),
    };
    let head = sent.head.expect("a complete response has a head");
    assert_eq!((head.status, head.framing), (message.status, framing));
    assert_eq!(sent.body, if message.has_body() { &message.body[..] } else { &[] });
    assert_eq!(sent.reusable, framing != Framing::UntilClose);
    let own = sent.headers.iter().filter(|(name, _)| name.starts_with(b"X-"));
    assert!(own.eq(&message.headers));
}

/// Splits the bytes into pieces of these sizes, which repeat.
fn pieces<'a>(mut bytes: &'a [u8], sizes: &[u8]) -> Vec<&'a [u8]> {
    let sizes: &[u8] = if sizes.is_empty() { &[1] } else { sizes };
    let mut pieces = Vec::new();
    for size in sizes.iter().cycle() {
        let (piece, rest) = bytes.split_at(usize::from(*size).max(1).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
        if bytes.is_empty() {
            break;
        }
    }
    pieces
}

#[derive(Debug, PartialEq)]
struct Replay {
    head: Option<ResponseHead>,
    head_bytes: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Vec<u8>,
    outcome: Result<(), ResponseError>,
    /// The number of bytes after the response.
    left: usize,
    reusable: bool,
}

fn replay(pieces: &[&[u8]], head_len: usize, limits: Limits) -> Replay {
    let mut buffer = vec![0; head_len];
    let mut parser = ResponseParser::new(&mut buffer, limits);
    let (mut head, mut body, mut left, mut end) = (None, Vec::new(), 0, None);
    for mut input in pieces.iter().copied() {
        while end.is_none() {
            match parser.feed(&mut input) {
                Ok(Event::NeedMore) => {
                    assert!(input.is_empty());
                    break;
                }
                Ok(Event::Head(found)) => assert_eq!(head.replace(found), None),
                Ok(Event::Body(piece)) => {
                    assert!(head.is_some() && !piece.is_empty());
                    body.extend(piece);
                }
                Ok(Event::Done) => end = Some(Ok(())),
                Err(error) => end = Some(Err(error)),
            }
        }
        left += input.len();
    }
    let outcome = parser.end_of_stream();
    // After its end the parser keeps returning the same result.
    assert!(end.is_none_or(|end| end == outcome));
    let mut more: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
    assert_eq!(parser.feed(&mut more), outcome.map(|()| Event::Done));
    Replay {
        headers: parser.headers().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
        head_bytes: parser.head_bytes().to_vec(),
        reusable: parser.is_reusable(),
        head,
        body,
        outcome,
        left,
    }
}

/// A valid response.
struct Message {
    /// Statuses from 100 to 199 of the interim responses before it.
    interim: Vec<u16>,
    status: u16,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Vec<u8>,
    /// The sizes of its chunks, repeated until the body ends; `None` if it is not chunked.
    chunks: Option<Vec<u8>>,
    until_close: bool,
    extension: String,
    trailers: usize,
}

impl Message {
    fn new(source: &mut Source<'_>) -> Self {
        let printable = |byte: u8| (b' '..=b'~').contains(&byte);
        let header = |source: &mut Source<'_>| {
            let name =
                source.text(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte), 40);
            let value = source.text(|byte| (b' '..=b'~').contains(&byte), 80);
            (format!("X-{name}").into_bytes(), value.trim().as_bytes().to_vec())
        };
        Self {
            interim: source.list(3, |source| source.pick(&[100, 102, 103, 199])),
            status: source.pick(&[200, 201, 204, 304, 400, 404, 503, 599]),
            headers: source.list(12, header),
            chunks: source.maybe(|source| source.bytes().to_vec()),
            until_close: source.one_in(2),
            extension: source.text(printable, 40),
            trailers: source.below(4),
            body: source.bytes().to_vec(),
        }
    }

    /// "A server MUST NOT send […] in a 204"; a 304 has no body whatever it declares.
    fn has_body(&self) -> bool {
        ![204, 304].contains(&self.status)
    }

    fn wire(&self) -> Vec<u8> {
        let mut wire = Vec::new();
        for status in &self.interim {
            wire.extend(format!("HTTP/1.1 {status} \r\nX-Interim: 1\r\n\r\n").bytes());
        }
        wire.extend(format!("HTTP/1.1 {} some reason\r\n", self.status).bytes());
        for (name, value) in &self.headers {
            wire.extend([name, &b":"[..], value, b"\r\n"].concat());
        }
        let length = self.body.len();
        match (&self.chunks, self.has_body()) {
            (_, false) => wire.extend(b"\r\n"),
            (Some(sizes), _) => {
                wire.extend(b"transfer-encoding: Chunked\r\n\r\n");
                wire.extend(self.chunked(sizes));
            }
            (None, _) if self.until_close => wire.extend([b"\r\n", &self.body[..]].concat()),
            _ => wire.extend([format!("Content-Length: {length} \r\n\r\n").as_bytes(), &self.body].concat()),
        }
        wire
    }

    fn chunked(&self, sizes: &[u8]) -> Vec<u8> {
        let (mut wire, mut rest) = (Vec::new(), &self.body[..]);
        for size in sizes.iter().cycle() {
            let (chunk, after) = rest.split_at(usize::from(*size).max(1).min(rest.len()));
            if chunk.is_empty() {
                break;
            }
            wire.extend(format!("{:X} ;{}\r\n", chunk.len(), self.extension).bytes());
            wire.extend([chunk, b"\r\n"].concat());
            rest = after;
        }
        if !rest.is_empty() {
            wire.extend([format!("{:x}\r\n", rest.len()).as_bytes(), rest, b"\r\n"].concat());
        }
        wire.extend(b"00\r\n");
        wire.extend(b"X-Trailer: 1\r\n".repeat(self.trailers));
        wire.extend(b"\r\n");
        wire
    }
}

/// A parsed response.
struct Plain {
    status: u16,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Vec<u8>,
    /// The bytes that the response took.
    used: usize,
}

/// Parses a complete response without validating it.
fn read(bytes: &[u8]) -> Option<Plain> {
    let (head, rest) = cut(bytes, b"\r\n\r\n")?;
    let status = str::from_utf8(head.get(9..12)?).ok()?.parse().ok()?;
    if status < 200 {
        let skipped = bytes.len() - rest.len();
        return read(rest).map(|plain| Plain { used: plain.used + skipped, ..plain });
    }
    let mut headers = Vec::new();
    let mut lines = head;
    while let Some((_, after)) = cut(lines, b"\r\n") {
        lines = after;
        let line = cut(lines, b"\r\n").map_or(lines, |(line, _)| line);
        let (name, value) = cut(line, b":")?;
        headers.push((name.to_vec(), value.trim_ascii().to_vec()));
    }
    let header = |name: &str| headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
    let (body, rest) = if status == 204 || status == 304 {
        (Vec::new(), rest)
    } else if header("transfer-encoding").is_some() {
        dechunk(rest)?
    } else if let Some((_, length)) = header("content-length") {
        let (body, rest) = rest.split_at_checked(str::from_utf8(length).ok()?.parse().ok()?)?;
        (body.to_vec(), rest)
    } else {
        (rest.to_vec(), &[][..])
    };
    Some(Plain { status, headers, body, used: bytes.len() - rest.len() })
}

fn dechunk(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = Vec::new();
    loop {
        let (line, data) = cut(rest, b"\r\n")?;
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let size = usize::from_str_radix(str::from_utf8(&line[..digits]).ok()?, 16).ok()?;
        if size == 0 {
            rest = data;
            break;
        }
        let (chunk, after) = data.split_at_checked(size)?;
        body.extend(chunk);
        rest = after.strip_prefix(b"\r\n")?;
    }
    while let Some((line, after)) = cut(rest, b"\r\n") {
        rest = after;
        if line.is_empty() {
            return Some((body, rest));
        }
    }
    None
}

fn cut<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..start], &bytes[start + at.len()..]))
}
