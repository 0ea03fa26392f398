//! Responses that are not valid HTTP/1.x, or are ambiguous, are refused with the rule and the offset.

use tc3_embedded::http::{Fault, ResponseError};

use crate::replay::{Outcome, replay};

const fn malformed(fault: Fault, at: u64) -> ResponseError {
    ResponseError::Malformed { fault, at }
}

/// Each response is refused in the same way however it is split.
fn refused(table: &[(&[u8], ResponseError)]) {
    for (response, error) in table {
        let shown = response.escape_ascii();
        let found = replay(&[response]);
        assert_eq!(found.outcome, Outcome::Failed(*error), "{shown}");
        assert_eq!(replay(&response.chunks(1).collect::<Vec<_>>()), found, "{shown}, byte by byte");
        for at in 0..response.len() {
            let (front, back) = response.split_at(at);
            assert_eq!(replay(&[front, back]), found, "{shown}, split at {at}");
        }
    }
}

#[test]
fn a_status_line_is_a_version_a_space_and_three_digits() {
    use Fault::{StatusLine, Version};
    refused(&[
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", malformed(StatusLine, 0)),
        (b"\x15\x03\x01\x00\x02\x02\x28", malformed(StatusLine, 0)),
        (b"\0", malformed(StatusLine, 0)),
        (b"H\r\n\r\n", malformed(Version, 1)),
        (b"HTTP\r\n\r\n", malformed(Version, 4)),
        (b"HTTP/2 200\r\n\r\n", malformed(Version, 5)),
        (b"HTTP/1.2 200 OK\r\n\r\n", malformed(Version, 7)),
        (b"HTTP/1.10 200 OK\r\n\r\n", malformed(Version, 8)),
        (b"HTTP/1.1\t200 OK\r\n\r\n", malformed(Version, 8)),
        (b"HTTP/1.1  200 OK\r\n\r\n", malformed(StatusLine, 9)),
        (b"HTTP/1.1 20 OK\r\n\r\n", malformed(StatusLine, 11)),
        (b"HTTP/1.1 2000 OK\r\n\r\n", malformed(StatusLine, 12)),
        (b"HTTP/1.1 OK\r\n\r\n", malformed(StatusLine, 9)),
        (b"HTTP/1.1 200OK\r\n\r\n", malformed(StatusLine, 12)),
        (b"HTTP/1.1 200 O\0\r\n\r\n", malformed(StatusLine, 14)),
        (b"HTTP/1.1 099 OK\r\n\r\n", malformed(StatusLine, 9)),
        (b"HTTP/1.1 600 OK\r\n\r\n", malformed(StatusLine, 9)),
    ]);
}

#[test]
fn lines_end_with_cr_lf() {
    use Fault::LineEnd;
    refused(&[
        (b"HTTP/1.1 200 OK\nA: b\n\n", malformed(LineEnd, 15)),
        (b"HTTP/1.1 200 OK\rA: b\r\n\r\n", malformed(LineEnd, 16)),
        (b"HTTP/1.1 200 OK\r\r\n\r\n", malformed(LineEnd, 16)),
        (b"HTTP/1.1 200 OK\r\nA: b\n\r\n", malformed(LineEnd, 21)),
        (b"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", malformed(LineEnd, 22)),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\n", malformed(LineEnd, 23)),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\rx", malformed(LineEnd, 24)),
        (b"H\n", malformed(LineEnd, 1)),
    ]);
}

#[test]
fn a_header_field_is_one_line_of_token_colon_and_value() {
    use Fault::{Folding, HeaderName, HeaderValue};
    refused(&[
        (b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", malformed(Folding, 23)),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n\r\n", malformed(Folding, 23)),
        (b"HTTP/1.1 200 OK\r\n A: b\r\n\r\n", malformed(Folding, 17)),
        (b"HTTP/1.1 200 OK\r\nA\r\n\r\n", malformed(HeaderName, 18)),
        (b"HTTP/1.1 200 OK\r\n: b\r\n\r\n", malformed(HeaderName, 17)),
        (b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", malformed(HeaderName, 18)),
        (b"HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n", malformed(HeaderName, 18)),
        (b"HTTP/1.1 200 OK\r\nAb: c\r\nD(: e\r\n\r\n", malformed(HeaderName, 25)),
        (b"HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n", malformed(HeaderValue, 21)),
        (b"HTTP/1.1 200 OK\r\nA: \x7f\r\n\r\n", malformed(HeaderValue, 20)),
        (b"HTTP/1.1 200 OK\r\nA: b\x0bc\r\nD: e\r\n\r\n", malformed(HeaderValue, 21)),
    ]);
}

#[test]
fn offsets_include_interim_responses() {
    refused(&[
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.2 200 OK\r\n\r\n", malformed(Fault::Version, 32)),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            malformed(Fault::ContentLength, 42),
        ),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            malformed(Fault::Folding, 48),
        ),
    ]);
}

#[test]
fn a_content_length_is_one_decimal_number_below_2_64() {
    const BAD: ResponseError = malformed(Fault::ContentLength, 17);
    refused(&[
        (b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", BAD),
        (b"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", BAD),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n\r\n", BAD),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", BAD),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n", BAD),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n", BAD),
        (b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 1\x09-\r\n\r\n", malformed(Fault::ContentLength, 23)),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n",
            ResponseError::LengthTwice { first: 1, second: 1 },
        ),
        (
            b"HTTP/1.1 204 OK\r\nContent-Length: 1\r\nA: b\r\nContent-Length: 2\r\n\r\n",
            ResponseError::LengthTwice { first: 1, second: 2 },
        ),
    ]);
}

#[test]
fn the_only_transfer_encoding_is_chunked_without_a_content_length() {
    use ResponseError::{LengthAndChunked, TransferEncoding};
    refused(&[
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", TransferEncoding { at: 17 }),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", TransferEncoding { at: 17 }),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: \x0bchunked\r\n\r\n", malformed(Fault::HeaderValue, 36)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n", TransferEncoding { at: 17 }),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            TransferEncoding { at: 45 },
        ),
        (b"HTTP/1.0 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n", TransferEncoding { at: 23 }),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n",
            LengthAndChunked { length: 7 },
        ),
        (
            b"HTTP/1.0 304 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
            LengthAndChunked { length: 0 },
        ),
    ]);
}

#[test]
fn content_encodings_and_protocol_switches_are_refused() {
    use ResponseError::{ContentEncoding, SwitchingProtocols};
    refused(&[
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", ContentEncoding { at: 17 }),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Encoding: br\r\n\r\n",
            ContentEncoding { at: 45 },
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: identity, gzip\r\n\r\n", ContentEncoding { at: 17 }),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", SwitchingProtocols),
        (b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 101 Up\r\n\r\n", SwitchingProtocols),
    ]);
}

#[test]
fn a_chunk_is_a_size_a_line_end_data_and_a_line_end() {
    use Fault::{ChunkEnd, ChunkExtension, ChunkSize, LineEnd};
    chunks_refused(&[
        (b"\r\n", ChunkSize, 0),
        (b";a\r\n", ChunkSize, 0),
        (b" 1\r\n", ChunkSize, 0),
        (b"+1\r\n", ChunkSize, 0),
        (b"0x1\r\n", ChunkSize, 1),
        (b"1 1\r\n", ChunkSize, 2),
        (b"1 \r\n", ChunkSize, 2),
        (b"10000000000000000\r\n", ChunkSize, 16),
        (b"1;a\0\r\n", ChunkExtension, 3),
        (b"1\na", LineEnd, 1),
        (b"1;a\nb", LineEnd, 3),
        (b"1 \nb", LineEnd, 2),
        (b"1\ra", LineEnd, 2),
        (b"1;a\r\r\n", LineEnd, 4),
        (b"\n", LineEnd, 0),
        (b"1\r\nab\r\n", ChunkEnd, 4),
        (b"1\r\na\n", ChunkEnd, 4),
        (b"1\r\na\ra", ChunkEnd, 5),
        (b"1\r\na0\r\n\r\n", ChunkEnd, 4),
        (b"1\r\na\r\n\r\n", ChunkSize, 6),
    ]);
}

#[test]
fn a_trailer_is_one_line_of_token_colon_and_value() {
    use Fault::{Folding, LineEnd, Trailer};
    chunks_refused(&[
        (b"0\r\n A: b\r\n\r\n", Folding, 3),
        (b"0\r\nA: b\r\n\tc\r\n\r\n", Folding, 9),
        (b"0\r\n: b\r\n\r\n", Trailer, 3),
        (b"0\r\nA\r\n\r\n", Trailer, 4),
        (b"0\r\nA : b\r\n\r\n", Trailer, 4),
        (b"0\r\nA(: b\r\n\r\n", Trailer, 4),
        (b"0\r\n\0: b\r\n\r\n", Trailer, 3),
        (b"0\r\nA: b\0\r\n\r\n", Trailer, 7),
        (b"0\r\nA: \x7f\r\n\r\n", Trailer, 6),
        (b"0\r\n\n", LineEnd, 3),
        (b"0\r\n\rA", LineEnd, 4),
        (b"0\r\nA: b\n\r\n", LineEnd, 7),
        (b"0\r\nA: b\rc\r\n\r\n", LineEnd, 8),
        (b"0\r\nA\n", LineEnd, 4),
    ]);
}

/// Chunked bodies, each with its fault at an offset in the body.
fn chunks_refused(table: &[(&[u8], Fault, u64)]) {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (body, fault, at) in table {
        let at = at + u64::try_from(HEAD.len()).unwrap();
        refused(&[(&[HEAD, body].concat(), malformed(*fault, at))]);
    }
}
