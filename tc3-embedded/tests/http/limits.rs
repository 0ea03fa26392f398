//! Each limit accepts what just fits, and nothing more.

use tc3_embedded::http::{Limits, MAX_HEADERS, ResponseError};

use crate::replay::{HEAD, Outcome, Replay, replay, replay_within};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Parses the response in one piece and bytewise, with the same result.
fn within(limits: Limits, response: &str) -> Replay {
    let found = replay_within(&mut [0; HEAD], limits, &[response.as_bytes()]);
    let bytes: Vec<_> = response.as_bytes().chunks(1).collect();
    assert_eq!(replay_within(&mut [0; HEAD], limits, &bytes), found);
    found
}

#[test]
fn the_head_may_fill_its_buffer() {
    let head = b"HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n";
    for length in 0..=head.len() {
        let found = replay_within(&mut vec![0; length], Limits::DEFAULT, &[head]);
        let expected = if length == head.len() {
            Outcome::Done
        } else {
            Outcome::Failed(ResponseError::HeadTooLong { limit: length })
        };
        assert_eq!(found.outcome, expected, "buffer of {length}");
    }
}

#[test]
fn every_interim_response_can_use_the_whole_buffer() {
    let responses = b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 204 A\r\n\r\n";
    let found = replay_within(&mut [0; 19], Limits::DEFAULT, &[responses]);
    assert_eq!(found.outcome, Outcome::Done);
}

#[test]
fn the_number_of_header_fields_is_limited() {
    let head = |count| format!("HTTP/1.1 204 A\r\n{}\r\n", "A: b\r\n".repeat(count));
    assert_eq!(replay(&[head(MAX_HEADERS).as_bytes()]).outcome, Outcome::Done);
    let limit = MAX_HEADERS;
    let expected = Outcome::Failed(ResponseError::TooManyHeaders { limit });
    assert_eq!(replay(&[head(MAX_HEADERS + 1).as_bytes()]).outcome, expected);
}

#[test]
fn the_number_of_interim_responses_is_limited() {
    for limit in [0, 1, 8, u8::MAX] {
        let limits = Limits { interim: limit, ..Limits::DEFAULT };
        let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(usize::from(limit));
        let good = format!("{interim}HTTP/1.1 204 A\r\n\r\n");
        assert_eq!(within(limits, &good).outcome, Outcome::Done);
        let bad = format!("HTTP/1.1 199 A\r\n\r\n{good}");
        let expected = Outcome::Failed(ResponseError::TooManyInterim { limit });
        assert_eq!(within(limits, &bad).outcome, expected);
    }
}

#[test]
fn a_declared_length_over_the_limit_is_refused_after_the_head() {
    let limits = Limits { body: 10, ..Limits::DEFAULT };
    let head = |length: u64| format!("HTTP/1.1 500 A\r\nContent-Length: {length}\r\n\r\n");
    let found = within(limits, &(head(10) + "0123456789"));
    assert_eq!((found.outcome, found.body.len()), (Outcome::Done, 10));
    for size in [11, u64::MAX] {
        let found = within(limits, &(head(size) + "0"));
        let error = ResponseError::BodyTooLong { size, limit: 10 };
        assert_eq!(found.outcome, Outcome::Failed(error));
        assert_eq!(found.head.unwrap().status, 500);
        assert_eq!((found.left, found.body.len()), (1, 0));
    }
}

#[test]
fn the_sum_of_the_chunk_sizes_is_limited() {
    let limits = Limits { body: 10, ..Limits::DEFAULT };
    let chunks = |last| format!("{CHUNKED}4\r\nabcd\r\n{last}\r\n");
    let found = within(limits, &(chunks("6") + "efghij\r\n0\r\n\r\n"));
    assert_eq!((found.outcome, found.body.len()), (Outcome::Done, 10));
    for (last, size) in [("7", 11), ("ffffffffffffffff", u64::MAX)] {
        let found = within(limits, &chunks(last));
        let error = ResponseError::BodyTooLong { size, limit: 10 };
        assert_eq!((found.outcome, found.body.len()), (Outcome::Failed(error), 4));
    }
}

#[test]
fn a_body_until_close_is_limited() {
    let limits = Limits { body: 10, ..Limits::DEFAULT };
    let found = within(limits, "HTTP/1.1 200 OK\r\n\r\n0123456789");
    assert_eq!((found.outcome, found.body.len()), (Outcome::Waiting, 10));
    let found = within(limits, "HTTP/1.1 200 OK\r\n\r\n0123456789a");
    let error = ResponseError::BodyTooLong { size: 11, limit: 10 };
    assert_eq!((found.outcome, found.body.len()), (Outcome::Failed(error), 10));
}

#[test]
fn an_unlimited_body_is_not_limited() {
    let limits = Limits { body: u64::MAX, ..Limits::DEFAULT };
    let found = within(limits, &format!("{CHUNKED}1\r\na\r\nfffffffffffffffe\r\nbc"));
    assert_eq!((found.outcome, found.body.as_slice()), (Outcome::Waiting, &b"abc"[..]));
    let found = within(limits, "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nabc");
    assert_eq!((found.outcome, found.body.as_slice()), (Outcome::Waiting, &b"abc"[..]));
}

#[test]
fn each_chunk_size_line_is_limited_including_its_extensions() {
    let limit = 9;
    let limits = Limits { chunk_line: limit, ..Limits::DEFAULT };
    let error = Outcome::Failed(ResponseError::ChunkLineTooLong { limit });
    for line in ["000000001", "1;bcdefgh", "1 \t    ;h", "00001;\"h\""] {
        let good = format!("{CHUNKED}{line}\r\na\r\n{line}\r\nb\r\n0;bcdefgh\r\n\r\n");
        assert_eq!(within(limits, &good).outcome, Outcome::Done, "{line}");
        let longer = format!("{CHUNKED}0{line}\r\na\r\n0\r\n\r\n");
        assert_eq!(within(limits, &longer).outcome, error, "{line}");
        let last = format!("{CHUNKED}1\r\na\r\n0;bcdefghi\r\n\r\n");
        assert_eq!(within(limits, &last).outcome, error, "{line}");
    }
    let endless = format!("{CHUNKED}{}", "0".repeat(10));
    assert_eq!(within(limits, &endless).outcome, error);
}

#[test]
fn the_trailers_together_are_limited() {
    let limit = 12;
    let limits = Limits { trailers: limit, ..Limits::DEFAULT };
    let error = Outcome::Failed(ResponseError::TrailersTooLong { limit });
    for trailers in
        ["Ab: cdefghijk\r\n", "A: bcd\r\nE:fgh\r\nI:\r\n", "A:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\nG\r\n"]
    {
        let bad = format!("{CHUNKED}0;ext\r\n{trailers}\r\n");
        assert_eq!(within(limits, &bad).outcome, error, "{trailers}");
    }
    for trailers in ["Ab: cdefghij\r\n", "A: bcd\r\nE:fghi\r\n", ""] {
        let good = format!("{CHUNKED}0;ext\r\n{trailers}\r\n");
        assert_eq!(within(limits, &good).outcome, Outcome::Done, "{trailers}");
    }
}

#[test]
fn limits_of_zero_accept_an_empty_body() {
    let limits = Limits { body: 0, chunk_line: 1, trailers: 0, interim: 0 };
    let found = within(limits, &format!("{CHUNKED}0\r\n\r\n"));
    assert_eq!(found.outcome, Outcome::Done);
    assert_eq!(within(limits, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").outcome, Outcome::Done);
    assert_eq!(within(limits, "HTTP/1.1 200 OK\r\n\r\n").outcome, Outcome::Waiting);
}

#[test]
fn the_default_body_limit_is_that_of_the_service() {
    assert_eq!(Limits::default(), Limits::DEFAULT);
    assert_eq!(Limits::DEFAULT.body, 52_428_800);
}
