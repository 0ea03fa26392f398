//! A connection that closes too early is distinguished from a response that ends with it.

use tc3_embedded::http::{Framing, Limits, ResponseError, ResponseParser};

use crate::recorded::{End, RECORDED, Recorded};
use crate::replay::{HEAD, Outcome, replay_with};

#[test]
fn a_close_at_any_byte_is_an_error_with_the_byte_counts() {
    for recorded in RECORDED {
        for at in 0..=recorded.bytes.len() {
            close_at(recorded, at);
        }
    }
}

fn close_at(recorded: &Recorded, at: usize) {
    let mut buffer = [0; HEAD];
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    let found = replay_with(&mut parser, &[&recorded.bytes[..at]]);
    let received = u64::try_from(found.body.len()).unwrap();
    let whole = at == recorded.bytes.len();
    let expected = match (found.head.map(|head| head.framing), at) {
        (None, 0) => Err(ResponseError::NoResponse),
        (None, _) => Err(ResponseError::HeadTruncated { received: u64::try_from(at).unwrap() }),
        (Some(Framing::Length(expected)), _) if !whole => {
            Err(ResponseError::BodyTruncated { received, expected })
        }
        (Some(Framing::Chunked), _) if !whole => Err(ResponseError::ChunksTruncated { received }),
        (Some(_), _) => Ok(()),
    };
    let done = whole && recorded.end != End::UntilClose;
    let outcome = if done { Outcome::Done } else { Outcome::Waiting };
    let context = format!("{} at {at}", recorded.name);
    assert_eq!(found.outcome, outcome, "{context}");
    assert_eq!(parser.end_of_stream(), expected, "{context}");
    assert_eq!(parser.end_of_stream(), expected, "{context}, asked again");
    assert_eq!(parser.is_reusable(), done && recorded.end == End::Reusable, "{context}");
    assert_eq!(parser.feed(&mut &b"H"[..]).err(), expected.err(), "{context}, fed again");
}

#[test]
fn a_close_directly_after_the_last_byte_is_not_a_truncation() {
    let mut buffer = [0; HEAD];
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    let mut input: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    // `Head` and `Body`, but not yet `Done`.
    parser.feed(&mut input).unwrap();
    parser.feed(&mut input).unwrap();
    assert_eq!(parser.end_of_stream(), Ok(()));
}
