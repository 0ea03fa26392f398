//! The HTTP response parser says the same however the bytes are split, keeps its limits, and reads what
//! is well formed as a reader would that has all of it at once.

use crate::plain::{self, Message};
use crate::source::Source;
use tc3_embedded::http::{Event, Framing, Limits, MAX_HEADERS, ResponseError, ResponseHead, ResponseParser};

/// Any bytes under any limits, or a response that is right; in any pieces.
pub fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let plan = source.bytes();
    if source.wild {
        let (room, limits) = if source.one_in(2) {
            (source.short() % 600, limits(&mut source))
        } else {
            (600, Limits::DEFAULT)
        };
        any(source.rest(), plan, room, limits);
    } else {
        sound(&Message::new(&mut source), plan);
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

fn any(bytes: &[u8], plan: &[u8], room: usize, limits: Limits) {
    let whole = replay(&[bytes], room, limits);
    assert_eq!(replay(&pieces(bytes, plan), room, limits), whole);
    assert!(whole.head_bytes.len() <= room && whole.headers.len() <= MAX_HEADERS);
    assert!(whole.body.len() as u64 <= limits.body);
    if whole.outcome.is_ok() {
        let used = &bytes[..bytes.len() - whole.left];
        let plain = plain::read(used).expect("what is complete can be read");
        assert_eq!((plain.headers, plain.body), (whole.headers, whole.body));
        assert_eq!((plain.used, plain.status), (used.len(), whole.head.expect("it has a head").status));
    }
}

fn sound(message: &Message, plan: &[u8]) {
    let wire = message.wire();
    let sent = replay(&pieces(&wire, plan), wire.len(), Limits::DEFAULT);
    assert_eq!((sent.outcome, sent.left), (Ok(()), 0));
    let framing = match (message.has_body(), &message.chunks) {
        (false, _) => Framing::Empty,
        (true, Some(_)) => Framing::Chunked,
        (true, None) if message.until_close => Framing::UntilClose,
        (true, None) => Framing::Length(message.body.len() as u64),
    };
    let head = sent.head.expect("it has a head");
    assert_eq!((head.status, head.framing), (message.status, framing));
    assert_eq!(sent.body, if message.has_body() { &message.body[..] } else { &[] });
    assert_eq!(sent.reusable, framing != Framing::UntilClose);
    let own = sent.headers.iter().filter(|(name, _)| name.starts_with(b"X-"));
    assert!(own.eq(&message.headers));
}

/// As many bytes at a time as the plan says, over and over.
fn pieces<'a>(mut bytes: &'a [u8], plan: &[u8]) -> Vec<&'a [u8]> {
    let sizes: &[u8] = if plan.is_empty() { &[1] } else { plan };
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
    /// Bytes that were not used.
    left: usize,
    reusable: bool,
}

fn replay(pieces: &[&[u8]], room: usize, limits: Limits) -> Replay {
    let mut buffer = vec![0; room];
    let mut parser = ResponseParser::new(&mut buffer, limits);
    let (mut head, mut body, mut left, mut over) = (None, Vec::new(), 0, None);
    for mut input in pieces.iter().copied() {
        while over.is_none() {
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
                Ok(Event::Done) => over = Some(Ok(())),
                Err(error) => over = Some(Err(error)),
            }
        }
        left += input.len();
    }
    let outcome = parser.end_of_stream();
    // What is over stays over.
    assert!(over.is_none_or(|over| over == outcome));
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
