//! Each limit accepts what just fits, and nothing more.

use crate::{HEAD, model, replay};
use tc3_embedded::http::{Limits, MAX_HEADERS, ResponseError};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// What becomes of a response that arrives in one piece.
fn outcome(head_len: usize, limits: Limits, response: &str) -> Result<(), ResponseError> {
    model::replay(&[response.as_bytes()], head_len, limits).outcome
}

/// For one limit: the length of the head buffer, all limits, and the error if it is exceeded.
type Limit = fn(usize) -> (usize, Limits, ResponseError);

const HEAD_LEN: Limit = |limit| (limit, Limits::DEFAULT, ResponseError::HeadTooLong { limit });
const INTERIM: Limit = |limit| {
    let limit = limit as u8;
    (HEAD, Limits { interim: limit, ..Limits::DEFAULT }, ResponseError::TooManyInterim { limit })
};
const LINE: Limit = |limit| {
    (HEAD, Limits { chunk_line: limit, ..Limits::DEFAULT }, ResponseError::ChunkLineTooLong { limit })
};
const TRAILERS: Limit =
    |limit| (HEAD, Limits { trailers: limit, ..Limits::DEFAULT }, ResponseError::TrailersTooLong { limit });

#[test]
fn what_just_fits_a_limit_is_accepted_and_every_lower_limit_refuses_it() {
    let chunked = |rest| format!("{CHUNKED}{rest}");
    let hints = |count| "HTTP/1.1 103 Hints\r\n\r\n".repeat(count) + "HTTP/1.1 204 A\r\n\r\n";
    for (of, needed, response) in [
        (HEAD_LEN, 38, "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n".to_owned()),
        // Every interim response may fill the buffer.
        (HEAD_LEN, 19, "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 204 OK\r\n\r\n".to_owned()),
        (INTERIM, 1, hints(1)),
        (INTERIM, 255, hints(255)),
        (LINE, 9, chunked("000000001\r\na\r\n0;bcdefgh\r\n\r\n")),
        (LINE, 9, chunked("1;bcdefgh\r\na\r\n1 \t    ;h\r\nb\r\n00001;\"h\"\r\nc\r\n0\r\n\r\n")),
        (LINE, 10, chunked("01 \t    ;h\r\na\r\n0\r\n\r\n")),
        (LINE, 10, chunked("1\r\na\r\n0;bcdefghi\r\n\r\n")),
        (TRAILERS, 12, chunked("0;ext\r\nAb: cdefghij\r\n\r\n")),
        (TRAILERS, 12, chunked("0;ext\r\nA: bcd\r\nE:fghi\r\n\r\n")),
        (TRAILERS, 12, chunked("0;ext\r\nA:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\n\r\n")),
    ] {
        for limit in 0..=needed {
            let (head, limits, error) = of(limit);
            let expected = if limit == needed { Ok(()) } else { Err(error) };
            let bytes: Vec<_> = response.as_bytes().chunks(1).collect();
            let found = (outcome(head, limits, &response), model::replay(&bytes, head, limits).outcome);
            assert_eq!(found, (expected, expected), "limit {limit}: {response}");
        }
    }
    let fields = |count| format!("HTTP/1.1 204 A\r\n{}\r\n", "A: b\r\n".repeat(count));
    let too_many = ResponseError::TooManyHeaders { limit: MAX_HEADERS };
    assert_eq!(outcome(HEAD, Limits::DEFAULT, &fields(MAX_HEADERS)), Ok(()));
    assert_eq!(outcome(HEAD, Limits::DEFAULT, &fields(MAX_HEADERS + 1)), Err(too_many));
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
    let in_chunks = ResponseError::ChunksTruncated { received: 3 };
    let by_length = ResponseError::BodyTruncated { received: 3, expected: u64::MAX };
    for (response, error) in [
        (&*format!("{CHUNKED}1\r\na\r\nfffffffffffffffe\r\nbc"), in_chunks),
        ("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nabc", by_length),
    ] {
        assert_eq!(outcome(HEAD, unlimited, response), Err(error), "{response}");
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
    let documented = Limits { body: 52_428_800, chunk_line: 256, trailers: 1024, interim: 8 };
    assert_eq!((Limits::DEFAULT, MAX_HEADERS), (documented, 32));
}
