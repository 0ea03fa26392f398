//! The request writer sends exactly what was declared, or returns an error.

use tc3_embedded::http::{Outgoing, RequestError, RequestWriter};

const HEAD: &[u8] = b"POST / HTTP/1.1\r\ncontent-length: 12\r\n\r\n";
const BODY: &[u8] = b"{\"Limit\":10}";

/// Sends through a transport that accepts at most `most` bytes at a time.
fn send(wire: &mut Vec<u8>, mut outgoing: Outgoing<'_, '_>, most: usize) {
    while !outgoing.pending().is_empty() {
        let count = outgoing.pending().len().min(most);
        wire.extend_from_slice(&outgoing.pending()[..count]);
        outgoing.advance(count).unwrap();
    }
}

/// A writer whose head is sent.
fn after_head(wire: &mut Vec<u8>, declared: u64) -> RequestWriter<'static> {
    let mut request = RequestWriter::new(HEAD, declared);
    send(wire, request.head(), 100);
    assert_eq!(request.head().pending(), b"", "the head is pending again");
    request
}

#[test]
fn short_writes_and_pieces_of_any_length_give_the_same_bytes() {
    for most in 1..HEAD.len() + 2 {
        for piece in 1..BODY.len() + 2 {
            let mut wire = Vec::new();
            let mut request = RequestWriter::new(HEAD, 12);
            send(&mut wire, request.head(), most);
            // One buffer for all pieces, as for a body read from flash or a camera.
            let mut buffer = [0; BODY.len()];
            for piece in BODY.chunks(piece) {
                let buffer = &mut buffer[..piece.len()];
                buffer.copy_from_slice(piece);
                send(&mut wire, request.body(buffer).unwrap(), most);
            }
            assert_eq!(request.finish(), Ok(()));
            assert_eq!(wire, [HEAD, BODY].concat(), "{most} bytes at a time, pieces of {piece}");
        }
    }
}

#[test]
fn a_surplus_piece_is_refused_as_a_whole() {
    for (declared, sent) in [(0, 0), (12, 10), (12, 12)] {
        let mut wire = Vec::new();
        let mut request = after_head(&mut wire, declared);
        let (first, rest) = BODY[..usize::try_from(declared).unwrap()].split_at(sent);
        send(&mut wire, request.body(first).unwrap(), 100);
        let surplus = [rest, b"a"].concat();
        let refused = RequestError::SurplusBody { declared, offered: declared + 1 };
        assert_eq!(request.body(&surplus).unwrap_err(), refused, "after {sent} bytes");
        send(&mut wire, request.body(rest).unwrap(), 100);
        assert_eq!(request.body(b"").unwrap().pending(), b"");
        assert_eq!(request.finish(), Ok(()));
        assert_eq!(wire, [HEAD, first, rest].concat());
    }
}

#[test]
fn a_missing_byte_is_an_error_with_the_bytes_that_were_sent() {
    for count in 0..BODY.len() {
        for piece in [&BODY[..count], BODY] {
            let mut request = after_head(&mut Vec::new(), 12);
            request.body(piece).unwrap().advance(count).unwrap();
            let sent = u64::try_from(count).unwrap();
            assert_eq!(request.finish(), Err(RequestError::MissingBody { declared: 12, sent }));
        }
    }
}

#[test]
fn the_body_is_refused_until_the_whole_head_is_sent() {
    for sent in 0..HEAD.len() {
        let mut request = RequestWriter::new(HEAD, 12);
        request.head().advance(sent).unwrap();
        let left = u64::try_from(HEAD.len() - sent).unwrap();
        let unsent = RequestError::HeadUnsent { left };
        assert_eq!(request.body(BODY).unwrap_err(), unsent);
        // The head can be continued.
        assert_eq!(request.head().pending(), &HEAD[sent..]);
        assert_eq!(request.finish(), Err(unsent));
    }
}

#[test]
fn a_transport_that_reports_more_bytes_than_given_is_refused() {
    let mut request = RequestWriter::new(HEAD, 12);
    let mut outgoing = request.head();
    let (given, count) = (HEAD.len(), HEAD.len() + 1);
    assert_eq!(outgoing.advance(count), Err(RequestError::Overrun { given, count }));
    outgoing.advance(0).unwrap();
    assert_eq!(outgoing.pending(), HEAD);
}

#[test]
fn debug_output_shows_counts_but_neither_head_nor_body() {
    let mut request = RequestWriter::new(b"authorization: x", 12);
    assert_eq!(format!("{request:?}"), "RequestWriter { declared: 12, sent: 0, .. }");
    assert_eq!(format!("{:?}", request.head()), "Outgoing { pending: 16, sent: 0, .. }");
}
