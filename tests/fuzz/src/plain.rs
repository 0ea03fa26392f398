//! Encodes and parses HTTP responses that are complete in memory (RFC 9112).

use reference::Source;

/// A valid response.
pub(crate) struct Message {
    /// Statuses from 100 to 199 of the interim responses before it.
    interim: Vec<u16>,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// The sizes of its chunks, repeated until the body ends; `None` if it is not chunked.
    pub(crate) chunks: Option<Vec<u8>>,
    pub(crate) until_close: bool,
    extension: String,
    trailers: usize,
}

impl Message {
    pub(crate) fn new(source: &mut Source<'_>) -> Self {
        let printable = |byte: u8| (b' '..=b'~').contains(&byte);
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let header = |source: &mut Source<'_>| {
            let (name, value) = (source.text(is_token, 40), source.text(printable, 80));
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
    pub(crate) fn has_body(&self) -> bool {
        ![204, 304].contains(&self.status)
    }

    pub(crate) fn wire(&self) -> Vec<u8> {
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
pub(crate) struct Plain {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// The bytes that the response took.
    pub(crate) used: usize,
}

/// Parses a complete response without validating it.
pub(crate) fn read(bytes: &[u8]) -> Option<Plain> {
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
