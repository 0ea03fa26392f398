//! Responses as servers send them: split, truncated and one after the other.

use crate::mutation::mutate;
use crate::random::Random;
use crate::replay::{HEAD, Outcome, replay, replay_with};
use tc3_embedded::http::{Framing, Limits, ResponseError, ResponseParser};

/// How a response ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By its framing; the connection is reusable.
    Reusable,
    /// By its framing; the connection must be closed.
    Close,
    /// With the connection.
    UntilClose,
}

/// The bytes of a response, its status, framing, body and end.
pub(crate) type Recorded = (&'static str, u16, Framing, &'static str, End);

pub(crate) const RECORDED: [Recorded; 12] = [
    (
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 26 Feb 2019 00:44:25 GMT\r\n\
            Content-Type: application/json\r\nContent-Length: 55\r\nConnection: keep-alive\r\n\r\n\
            {\"Response\":{\"TotalCount\":0,\"RequestId\":\"3c140219-cf\"}}",
        200,
        Framing::Length(55),
        "{\"Response\":{\"TotalCount\":0,\"RequestId\":\"3c140219-cf\"}}",
        End::Reusable,
    ),
    (
        "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n6;name=\"a;b\"\r\n\
            {\"Resp\r\n00B \t;x\r\nonse\":null}\r\n000;last\r\nX-Sum: 1\r\nX-Empty:\r\n\r\n",
        200,
        Framing::Chunked,
        "{\"Response\":null}",
        End::Reusable,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        200,
        Framing::Chunked,
        "",
        End::Close,
    ),
    (
        "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>\r\n\r\n</html>",
        502,
        Framing::UntilClose,
        "<html>\r\n\r\n</html>",
        End::UntilClose,
    ),
    ("HTTP/1.0 500 \r\n\r\n", 500, Framing::UntilClose, "", End::UntilClose),
    (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\
            Content-Length: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        200,
        Framing::Length(2),
        "{}",
        End::Reusable,
    ),
    ("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", 204, Framing::Empty, "", End::Reusable),
    (
        "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        304,
        Framing::Empty,
        "",
        End::Reusable,
    ),
    ("HTTP/1.1 429 Busy\r\nContent-Length: 00\r\n\r\n", 429, Framing::Length(0), "", End::Reusable),
    ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, Framing::Length(2), "{}", End::Close),
    (
        "HTTP/1.0 200\r\nConnection: x , Keep-Alive\r\nContent-Length:2\r\n\r\n{}",
        200,
        Framing::Length(2),
        "{}",
        End::Reusable,
    ),
    (
        "HTTP/1.1 200 a: b\r\nconnection: keep-alive\r\nCONNECTION: te,CLOSE\r\n\
            content-encoding: Identity\r\nCONTENT-LENGTH: \t2 \t\r\n\r\n{}",
        200,
        Framing::Length(2),
        "{}",
        End::Close,
    ),
];

#[test]
fn every_recorded_response_is_parsed_as_expected_however_it_is_split() {
    for (response, status, framing, body, end) in RECORDED {
        let bytes = response.as_bytes();
        let found = replay(&[bytes]);
        let head = found.head.expect(response);
        assert_eq!((head.status, head.framing), (status, framing), "{response}");
        assert_eq!(String::from_utf8_lossy(&found.body), body, "{response}");
        let outcome = if end == End::UntilClose { Outcome::Waiting } else { Outcome::Done };
        let reusable = end == End::Reusable;
        assert_eq!((found.outcome, found.left, found.reusable), (outcome, 0, reusable), "{response}");

        assert_eq!(replay(&bytes.chunks(1).collect::<Vec<_>>()), found, "{response}, in single bytes");
        for at in 0..=bytes.len() {
            let (front, back) = bytes.split_at(at);
            assert_eq!(replay(&[front, b"", back]), found, "{response}, split at {at}");
        }
    }
}

#[test]
fn a_close_at_any_byte_is_an_error_with_the_byte_counts() {
    for recorded in RECORDED {
        for at in 0..=recorded.0.len() {
            close_at(recorded, at);
        }
    }
}

fn close_at((response, _, _, _, end): Recorded, at: usize) {
    let mut buffer = [0; HEAD];
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    let found = replay_with(&mut parser, &[&response.as_bytes()[..at]]);
    let received = u64::try_from(found.body.len()).unwrap();
    let whole = at == response.len();
    let expected = match (found.head.map(|head| head.framing), at) {
        (None, 0) => Err(ResponseError::NoResponse),
        (None, _) => Err(ResponseError::HeadTruncated { received: u64::try_from(at).unwrap() }),
        (Some(Framing::Length(expected)), _) if !whole => {
            Err(ResponseError::BodyTruncated { received, expected })
        }
        (Some(Framing::Chunked), _) if !whole => Err(ResponseError::ChunksTruncated { received }),
        (Some(_), _) => Ok(()),
    };
    let done = whole && end != End::UntilClose;
    let outcome = if done { Outcome::Done } else { Outcome::Waiting };
    let context = format!("{response} at {at}");
    let reusable = done && end == End::Reusable;
    assert_eq!((found.outcome, found.reusable), (outcome, reusable), "{context}");
    assert_eq!(parser.end_of_stream(), expected, "{context}");
    assert_eq!(parser.end_of_stream(), expected, "{context}, asked again");
    assert_eq!(parser.is_reusable(), reusable, "{context}, after the end");
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

#[test]
fn two_responses_in_one_input_are_parsed_one_after_the_other() {
    for (first, _, _, body, _) in RECORDED.iter().filter(|(.., end)| *end != End::UntilClose) {
        let both = format!("{first}{}", RECORDED[0].0);
        let found = replay(&[both.as_bytes()]);
        assert_eq!((&*found.body, found.left), (body.as_bytes(), RECORDED[0].0.len()), "{both}");
    }
}

#[test]
fn a_parser_that_is_reset_again_and_again_does_what_a_new_one_does() {
    let limits = Limits { body: 60, interim: 2, ..Limits::DEFAULT };
    for seed in 0..100 {
        let mut random = Random::from_seed(seed);
        let mut long_buffer = [0; HEAD];
        let mut long = ResponseParser::new(&mut long_buffer, limits);
        for step in 0..100 {
            let mut bytes = random.pick(&RECORDED).0.as_bytes().to_vec();
            match random.below(4) {
                0 => bytes.truncate(random.below(bytes.len())),
                1 => mutate(&mut random, &mut bytes),
                _ => {}
            }
            let case = format!("seed {seed}, step {step}: {}", bytes.escape_ascii());
            let mut buffer = [0; HEAD];
            let mut fresh = ResponseParser::new(&mut buffer, limits);
            assert_eq!(replay_with(&mut long, &[&bytes]), replay_with(&mut fresh, &[&bytes]), "{case}");
            assert_eq!((long.end_of_stream(), long.date()), (fresh.end_of_stream(), fresh.date()), "{case}");
            long.reset();
            assert_eq!((long.date(), long.head_bytes()), (None, &b""[..]), "{case}");
        }
    }
}
