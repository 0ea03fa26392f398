//! Responses that are not valid HTTP/1.x, or are ambiguous, are refused with the rule and the offset.

use crate::replay;
use tc3_embedded::http::{Fault, Fault::*, Limits, ResponseError, ResponseError::*};

const fn malformed(fault: Fault, at: u64) -> ResponseError {
    Malformed { fault, at }
}

/// Each response is refused in the same way however it is split. It begins with `prefix`, to which offsets
/// do not count.
fn refused(prefix: &str, rows: &[(&[u8], ResponseError)]) {
    let start = u64::try_from(prefix.len()).unwrap();
    for (rest, error) in rows {
        let response = [prefix.as_bytes(), rest].concat();
        let expected = match *error {
            Malformed { fault, at } => malformed(fault, start + at),
            TransferEncoding { at } => TransferEncoding { at: start + at },
            ContentEncoding { at } => ContentEncoding { at: start + at },
            error => error,
        };
        let found = replay(Limits::DEFAULT, &response);
        assert_eq!(found.outcome, Err(expected), "{}", response.escape_ascii());
    }
}

#[test]
fn a_status_line_is_a_version_a_space_and_three_digits() {
    refused(
        "",
        &[
            (b"\r\nHTTP/1.1 200 OK\r\n\r\n", malformed(StatusLine, 0)),
            (b"\x15\x03\x01\x00\x02\x02\x28", malformed(StatusLine, 0)),
            (b"H\n", malformed(LineEnd, 1)),
            (b"H\r\n\r\n", malformed(Version, 1)),
            (b"HTTP/2 200\r\n\r\n", malformed(Version, 5)),
            (b"HTTP/1.2 200 OK\r\n\r\n", malformed(Version, 7)),
            (b"HTTP/1.1  200 OK\r\n\r\n", malformed(StatusLine, 9)),
            (b"HTTP/1.1 20 OK\r\n\r\n", malformed(StatusLine, 11)),
            (b"HTTP/1.1 2000 OK\r\n\r\n", malformed(StatusLine, 12)),
            (b"HTTP/1.1 200 O\0\r\n\r\n", malformed(StatusLine, 14)),
            (b"HTTP/1.1 600 OK\r\n\r\n", malformed(StatusLine, 9)),
            (b"HTTP/1.1 200 OK\nA: b\n\n", malformed(LineEnd, 15)),
            (b"HTTP/1.1 200 OK\rA: b\r\n\r\n", malformed(LineEnd, 16)),
            (b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 101 Up\r\n\r\n", SwitchingProtocols),
            (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", TransferEncoding { at: 17 }),
            (
                b"HTTP/1.0 304 \r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
                LengthAndChunked { length: 0 },
            ),
            (b"HTTP/1.1 204 OK\r\nContent-Length: x\r\n\r\n", malformed(ContentLength, 17)),
        ],
    );
}

#[test]
fn a_header_field_is_one_line_of_token_colon_and_value() {
    let rows: &[(&[u8], _)] = &[
        (b"\r\r\n\r\n", malformed(LineEnd, 1)),
        (b"A: b\n\r\n", malformed(LineEnd, 4)),
        (b"A: b\rc\r\n\r\n", malformed(LineEnd, 5)),
        (b"A: b\r\n\n", malformed(LineEnd, 6)),
        (b"A: b\r\n c\r\n\r\n", malformed(Folding, 6)),
        (b"A\r\n\r\n", malformed(HeaderName, 1)),
        (b": b\r\n\r\n", malformed(HeaderName, 0)),
        (b"A : b\r\n\r\n", malformed(HeaderName, 1)),
        (b"A: b\0\r\n\r\n", malformed(HeaderValue, 4)),
        (b"A: \x7f\r\n\r\n", malformed(HeaderValue, 3)),
    ];
    refused("HTTP/1.1 200 OK\r\n", rows);
    // Offsets include interim responses.
    refused("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", rows);
}

#[test]
fn the_framing_is_one_content_length_or_one_chunked_and_no_content_encoding() {
    refused(
        "HTTP/1.1 200 OK\r\n",
        &[
            (b"Content-Length:\r\n\r\n", malformed(ContentLength, 0)),
            (b"Content-Length: 1, 1\r\n\r\n", malformed(ContentLength, 0)),
            (b"Content-Length: 18446744073709551616\r\n\r\n", malformed(ContentLength, 0)),
            (b"A: b\r\nContent-Length: 1\x09-\r\n\r\n", malformed(ContentLength, 6)),
            (b"Content-Length: 1\r\ncontent-length: 1\r\n\r\n", LengthTwice { first: 1, second: 1 }),
            (b"Content-Length: 1\r\nA: b\r\nContent-Length: 2\r\n\r\n", LengthTwice { first: 1, second: 2 }),
            (b"A: b\r\nTransfer-Encoding: gzip\r\n\r\n", TransferEncoding { at: 6 }),
            (b"Transfer-Encoding: chunked, chunked\r\n\r\n", TransferEncoding { at: 0 }),
            (b"Transfer-Encoding: \x0bchunked\r\n\r\n", malformed(HeaderValue, 19)),
            (
                b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                TransferEncoding { at: 28 },
            ),
            (b"Transfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n", LengthAndChunked { length: 7 }),
            (b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", LengthAndChunked { length: 0 }),
            (b"Content-Encoding: gzip\r\n\r\n", ContentEncoding { at: 0 }),
            (b"Content-Encoding: identity\r\nContent-Encoding: br\r\n\r\n", ContentEncoding { at: 28 }),
        ],
    );
}

#[test]
fn chunks_and_trailers_are_lines_and_data_of_the_announced_length() {
    refused(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        &[
            (b"\r\n", malformed(ChunkSize, 0)),
            (b";a\r\n", malformed(ChunkSize, 0)),
            (b"0x1\r\n", malformed(ChunkSize, 1)),
            (b"1 1\r\n", malformed(ChunkSize, 2)),
            (b"10000000000000000\r\n", malformed(ChunkSize, 16)),
            (b"1;a\0\r\n", malformed(ChunkExtension, 3)),
            (b"1\na", malformed(LineEnd, 1)),
            (b"1\ra", malformed(LineEnd, 2)),
            (b"1;a\r\r\n", malformed(LineEnd, 4)),
            (b"1\r\nab\r\n", malformed(ChunkEnd, 4)),
            (b"1\r\na\n", malformed(ChunkEnd, 4)),
            (b"1\r\na\ra", malformed(ChunkEnd, 5)),
            (b"1\r\na\r\n\r\n", malformed(ChunkSize, 6)),
            (b"0\r\nA: b\r\n\tc\r\n\r\n", malformed(Folding, 9)),
            (b"0\r\n: b\r\n\r\n", malformed(Trailer, 3)),
            (b"0\r\nA\r\n\r\n", malformed(Trailer, 4)),
            (b"0\r\nA : b\r\n\r\n", malformed(Trailer, 4)),
            (b"0\r\nA: b\0\r\n\r\n", malformed(Trailer, 7)),
            (b"0\r\n\n", malformed(LineEnd, 3)),
            (b"0\r\n\rA", malformed(LineEnd, 4)),
            (b"0\r\nA: b\rc\r\n\r\n", malformed(LineEnd, 8)),
        ],
    );
}
