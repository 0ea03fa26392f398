//! The HTTP response parser gives the same result however the bytes are split, enforces its limits, and
//! agrees with a simple parser that has the whole response at once.

use crate::plain::{self, Message};
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
        let message = Message::new(&mut source);
        check_valid(&message, sizes);
        let (mut edited, mut source) = (message.wire(), Source::new(sizes));
        (0..=source.below(5)).for_each(|_| source.edit(&mut edited));
        let limits = if source.one_in(2) { limits(&mut source) } else { Limits::DEFAULT };
        check_any(&edited, sizes, edited.len(), limits);
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
    if let Err(
        ResponseError::Malformed { at, .. }
        | ResponseError::TransferEncoding { at }
        | ResponseError::ContentEncoding { at },
    ) = whole.outcome
    {
        assert!(at < bytes.len() as u64, "the offset of an error is that of a byte");
    }
    if whole.outcome.is_ok() {
        let used = &bytes[..bytes.len() - whole.left];
        let plain = plain::read(used).expect("a complete response can be parsed");
        assert_eq!((plain.headers, plain.body), (whole.headers, whole.body));
        let head = whole.head.expect("a complete response has a head");
        assert_eq!((plain.used, plain.status), (used.len(), head.status));
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
    assert_eq!(sent.waits, framing == Framing::UntilClose);
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
pub(crate) struct Replay {
    pub(crate) head: Option<ResponseHead>,
    pub(crate) head_bytes: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// After the end of the stream.
    pub(crate) outcome: Result<(), ResponseError>,
    /// Whether only the end of the stream told the outcome.
    pub(crate) waits: bool,
    /// The number of bytes after the response.
    pub(crate) left: usize,
    pub(crate) reusable: bool,
}

pub(crate) fn replay(pieces: &[&[u8]], head_len: usize, limits: Limits) -> Replay {
    replay_with(&mut ResponseParser::new(&mut vec![0; head_len], limits), pieces)
}

/// Replays with this parser and checks what it promises at each step.
pub(crate) fn replay_with(parser: &mut ResponseParser<'_>, pieces: &[&[u8]]) -> Replay {
    let (mut head, mut body, mut left, mut end) = (None, Vec::new(), 0, None);
    for mut input in pieces.iter().copied() {
        while end.is_none() {
            let before = input;
            let event = parser.feed(&mut input);
            assert!(before.ends_with(input), "input is consumed from its front");
            match event {
                Ok(Event::NeedMore) => {
                    assert!(input.is_empty());
                    break;
                }
                Ok(Event::Head(found)) => assert_eq!(head.replace(found), None),
                Ok(Event::Body(piece)) => {
                    assert!(head.is_some() && !piece.is_empty() && piece.len() <= before.len() - input.len());
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
    assert_eq!(more.len(), 19, "after its end the parser consumes nothing");
    Replay {
        headers: parser.headers().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
        head_bytes: parser.head_bytes().to_vec(),
        reusable: parser.is_reusable(),
        head,
        body,
        outcome,
        waits: end.is_none(),
        left,
    }
}
