//! Each limit accepts what just fits, and nothing more.

use crate::{HEAD, model, replay};
use tc3_embedded::http::{Limits, MAX_HEADERS, ResponseError};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// What becomes of a response that arrives in one piece.
fn outcome(head_len: usize, limits: Limits, response: &str) -> Result<(), ResponseError> {
    model::replay(&[response.as_bytes()], head_len, limits).outcome
}

#[test]
fn the_head_may_fill_its_buffer_and_so_may_every_interim_response() {
    for head in
        ["HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n", "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 204 OK\r\n\r\n"]
    {
        let needed = head.len() / head.matches("HTTP").count();
        for limit in 0..=needed {
            let expected = if limit == needed { Ok(()) } else { Err(ResponseError::HeadTooLong { limit }) };
            assert_eq!(outcome(limit, Limits::DEFAULT, head), expected, "{head} in a buffer of {limit}");
        }
    }
}

#[test]
fn the_numbers_of_header_fields_and_interim_responses_are_limited() {
    let head = |count| format!("HTTP/1.1 204 A\r\n{}\r\n", "A: b\r\n".repeat(count));
    let too_many = ResponseError::TooManyHeaders { limit: MAX_HEADERS };
    assert_eq!(outcome(HEAD, Limits::DEFAULT, &head(MAX_HEADERS)), Ok(()));
    assert_eq!(outcome(HEAD, Limits::DEFAULT, &head(MAX_HEADERS + 1)), Err(too_many));
    for limit in [0, 1, 8, u8::MAX] {
        let limits = Limits { interim: limit, ..Limits::DEFAULT };
        let good = "HTTP/1.1 100 Continue\r\n\r\n".repeat(usize::from(limit)) + "HTTP/1.1 204 A\r\n\r\n";
        assert_eq!(outcome(HEAD, limits, &good), Ok(()), "{limit} interim responses");
        let too_many = ResponseError::TooManyInterim { limit };
        assert_eq!(outcome(HEAD, limits, &format!("HTTP/1.1 199 A\r\n\r\n{good}")), Err(too_many));
    }
}

#[test]
fn the_body_is_limited_in_every_framing() {
    let done = |body| (Ok(()), body);
    let too_long = |size, body| (Err(ResponseError::BodyTooLong { size, limit: 10 }), body);
    for (response, expected) in [
        ("HTTP/1.1 500 A\r\nContent-Length: 10\r\n\r\n0123456789", done(10)),
        ("HTTP/1.1 500 A\r\nContent-Length: 11\r\n\r\n0", too_long(11, 0)),
        ("HTTP/1.1 500 A\r\nContent-Length: 18446744073709551615\r\n\r\n0", too_long(u64::MAX, 0)),
        ("HTTP/1.1 200 OK\r\n\r\n0123456789", done(10)),
        ("HTTP/1.1 200 OK\r\n\r\n0123456789a", too_long(11, 10)),
        (&format!("{CHUNKED}4\r\nabcd\r\n6\r\nefghij\r\n0\r\n\r\n"), done(10)),
        (&format!("{CHUNKED}4\r\nabcd\r\n7\r\n"), too_long(11, 4)),
        (&format!("{CHUNKED}4\r\nabcd\r\nffffffffffffffff\r\n"), too_long(u64::MAX, 4)),
    ] {
        let found = replay(Limits { body: 10, ..Limits::DEFAULT }, response.as_bytes());
        assert_eq!((found.outcome, found.body.len()), expected, "{response}");
        assert!(found.head.is_some(), "no head is reported: {response}");
    }
    let unlimited = Limits { body: u64::MAX, ..Limits::DEFAULT };
    let expected = u64::MAX;
    for (response, error) in [
        (
            &*format!("{CHUNKED}1\r\na\r\nfffffffffffffffe\r\nbc"),
            ResponseError::ChunksTruncated { received: 3 },
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nabc",
            ResponseError::BodyTruncated { received: 3, expected },
        ),
    ] {
        assert_eq!(outcome(HEAD, unlimited, response), Err(error), "{response}");
    }
}

#[test]
fn chunk_size_lines_and_trailers_are_limited() {
    let line = Limits { chunk_line: 9, ..Limits::DEFAULT };
    let trailers = Limits { trailers: 12, ..Limits::DEFAULT };
    let long_line = Err(ResponseError::ChunkLineTooLong { limit: 9 });
    let long_trailers = Err(ResponseError::TrailersTooLong { limit: 12 });
    for (limits, body, expected) in [
        (line, "000000001\r\na\r\n0;bcdefgh\r\n\r\n", Ok(())),
        (line, "1;bcdefgh\r\na\r\n1 \t    ;h\r\nb\r\n00001;\"h\"\r\nc\r\n0\r\n\r\n", Ok(())),
        (line, "0000000001\r\na\r\n0\r\n\r\n", long_line),
        (line, "01 \t    ;h\r\na\r\n0\r\n\r\n", long_line),
        (line, "1\r\na\r\n0;bcdefghi\r\n\r\n", long_line),
        (trailers, "0;ext\r\nAb: cdefghij\r\n\r\n", Ok(())),
        (trailers, "0;ext\r\nA: bcd\r\nE:fghi\r\n\r\n", Ok(())),
        (trailers, "0;ext\r\nAb: cdefghijk\r\n\r\n", long_trailers),
        (trailers, "0;ext\r\nA: bcd\r\nE:fgh\r\nI:\r\n\r\n", long_trailers),
        (trailers, "0;ext\r\nA:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\nG\r\n\r\n", long_trailers),
    ] {
        assert_eq!(replay(limits, format!("{CHUNKED}{body}").as_bytes()).outcome, expected, "{body}");
    }
}

#[test]
fn limits_of_zero_accept_an_empty_body_and_the_default_is_that_of_the_service() {
    let limits = Limits { body: 0, chunk_line: 1, trailers: 0, interim: 0 };
    for response in [
        &*format!("{CHUNKED}0\r\n\r\n"),
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
    ] {
        assert_eq!(outcome(HEAD, limits, response), Ok(()), "{response}");
    }
    assert_eq!(Limits::default(), Limits::DEFAULT);
    assert_eq!(Limits::DEFAULT.body, 52_428_800);
}
