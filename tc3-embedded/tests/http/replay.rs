//! Feeds a response piece by piece and records the events of the parser.

use tc3_embedded::http::{Event, Limits, ResponseError, ResponseHead, ResponseParser};

/// Length of the head buffer unless a test needs another.
pub(crate) const HEAD: usize = 1024;

/// The state of the parser after the last piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Waiting,
    Done,
    Failed(ResponseError),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replay {
    pub(crate) head: Option<ResponseHead>,
    pub(crate) head_bytes: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) outcome: Outcome,
    /// Bytes that the parser did not consume.
    pub(crate) left: usize,
    pub(crate) reusable: bool,
}

/// Replays one response with the default limits.
pub(crate) fn replay(pieces: &[&[u8]]) -> Replay {
    replay_within(&mut [0; HEAD], Limits::DEFAULT, pieces)
}

pub(crate) fn replay_within(buffer: &mut [u8], limits: Limits, pieces: &[&[u8]]) -> Replay {
    replay_with(&mut ResponseParser::new(buffer, limits), pieces)
}

/// Replays with this parser and checks what `feed` promises at each step.
pub(crate) fn replay_with(parser: &mut ResponseParser<'_>, pieces: &[&[u8]]) -> Replay {
    let mut head = None;
    let mut body = Vec::new();
    let mut outcome = Outcome::Waiting;
    let mut left = 0;
    for piece in pieces {
        let mut input = *piece;
        while outcome == Outcome::Waiting {
            let before = input.len();
            let event = parser.feed(&mut input);
            let used = before - input.len();
            assert!(piece.ends_with(input), "input is not consumed from its front");
            match event {
                Ok(Event::NeedMore) => {
                    assert!(input.is_empty(), "input left over by NeedMore");
                    break;
                }
                Ok(Event::Head(found)) => {
                    assert!(used > 0, "a head of zero bytes");
                    assert_eq!(head.replace(found), None, "two heads");
                }
                Ok(Event::Body(bytes)) => {
                    assert!(head.is_some(), "a body before the head");
                    assert!(!bytes.is_empty() && bytes.len() <= used, "an empty piece");
                    body.extend_from_slice(bytes);
                }
                Ok(Event::Done) => outcome = Outcome::Done,
                Err(error) => outcome = Outcome::Failed(error),
            }
        }
        left += input.len();
    }
    check_final(parser, outcome);
    let headers = parser.headers().map(|(n, v)| (n.to_vec(), v.to_vec()));
    Replay {
        headers: headers.collect(),
        head_bytes: parser.head_bytes().to_vec(),
        reusable: parser.is_reusable(),
        head,
        body,
        outcome,
        left,
    }
}

/// After the end or an error, the parser returns the same and consumes nothing.
fn check_final(parser: &mut ResponseParser<'_>, outcome: Outcome) {
    let mut more: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
    match outcome {
        Outcome::Waiting => return,
        Outcome::Done => {
            assert_eq!(parser.feed(&mut more), Ok(Event::Done));
            assert_eq!(parser.end_of_stream(), Ok(()));
        }
        Outcome::Failed(error) => {
            assert_eq!(parser.feed(&mut more), Err(error));
            assert_eq!(parser.end_of_stream(), Err(error));
        }
    }
    assert_eq!(more.len(), 19);
}
