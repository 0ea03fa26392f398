//! Responses as servers send them: split, truncated and one after the other.

use crate::{HEAD, model, plain, replay};
use reference::{Source, seeded};
use tc3_embedded::http::{Framing, Limits, ResponseError, ResponseParser};

/// How a response ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// By its framing; the connection is reusable.
    Reusable,
    /// By its framing; the connection must be closed.
    Close,
    /// With the connection.
    UntilClose,
}

/// The bytes of a response, and its end.
const RECORDED: [(&str, End); 12] = [
    (
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 26 Feb 2019 00:44:25 GMT\r\n\
            Content-Type: application/json\r\nContent-Length: 55\r\nConnection: keep-alive\r\n\r\n\
            {\"Response\":{\"TotalCount\":0,\"RequestId\":\"3c140219-cf\"}}",
        End::Reusable,
    ),
    (
        "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n6;name=\"a;b\"\r\n\
            {\"Resp\r\n00B \t;x\r\nonse\":null}\r\n000;last\r\nX-Sum: 1\r\nX-Empty:\r\n\r\n",
        End::Reusable,
    ),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", End::Close),
    ("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>\r\n\r\n</html>", End::UntilClose),
    ("HTTP/1.0 500 \r\n\r\n", End::UntilClose),
    (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\
            Content-Length: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        End::Reusable,
    ),
    ("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", End::Reusable),
    ("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", End::Reusable),
    ("HTTP/1.1 429 Busy\r\nContent-Length: 00\r\n\r\n", End::Reusable),
    ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", End::Close),
    ("HTTP/1.0 200\r\nConnection: x , Keep-Alive,y\r\nContent-Length:2\r\n\r\n{}", End::Reusable),
    (
        "HTTP/1.1 200 a: b\r\nCONNECTION: te,CLOSE\r\nconnection: keep-alive\r\n\
            content-encoding: Identity\r\nCONTENT-LENGTH: \t2 \t\r\n\r\n{}",
        End::Close,
    ),
];

#[test]
fn every_recorded_response_is_parsed_as_expected_however_it_is_split() {
    for (response, end) in RECORDED {
        let found = replay(Limits::DEFAULT, response.as_bytes());
        let plain = plain::read(response.as_bytes()).expect(response);
        let status = found.head.map(|head| head.status);
        assert_eq!((status, &found.body), (Some(plain.status), &plain.body), "{response}");
        let (waits, reusable) = (end == End::UntilClose, end == End::Reusable);
        assert_eq!((found.waits, found.left, found.reusable), (waits, 0, reusable), "{response}");
        if !waits {
            let two = format!("{response}{}", RECORDED[0].0);
            let left = model::replay(&[two.as_bytes()], HEAD, Limits::DEFAULT).left;
            assert_eq!(left, RECORDED[0].0.len(), "two responses in one input: {two}");
        }
    }
}

#[test]
fn a_close_at_any_byte_is_an_error_with_the_byte_counts() {
    for (response, end) in RECORDED {
        for at in 0..=response.len() {
            let found = model::replay(&[&response.as_bytes()[..at]], HEAD, Limits::DEFAULT);
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
            let waits = !whole || end == End::UntilClose;
            let reusable = whole && end == End::Reusable;
            let seen = (found.outcome, found.waits, found.reusable);
            assert_eq!(seen, (expected, waits, reusable), "{response} at {at}");
        }
    }
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
fn a_parser_that_is_reset_again_and_again_does_what_a_new_one_does() {
    let limits = Limits { body: 60, interim: 2, ..Limits::DEFAULT };
    let mut buffer = [0; HEAD];
    let mut long = ResponseParser::new(&mut buffer, limits);
    for seed in 0..10_000 {
        let data = seeded(seed);
        let mut source = Source::new(&data);
        let mut bytes = source.pick(&RECORDED).0.as_bytes().to_vec();
        (0..source.below(3)).for_each(|_| source.edit(&mut bytes));
        bytes.truncate(bytes.len() - source.pick(&[0, 0, 0, 1, 9]));
        let case = format!("seed {seed}: {}", bytes.escape_ascii());
        let found = model::replay_with(&mut long, &[&bytes]);
        assert_eq!(found, model::replay(&[&bytes], HEAD, limits), "{case}");
        long.reset();
        assert_eq!((long.date(), long.head_bytes()), (None, &b""[..]), "{case}");
    }
}
