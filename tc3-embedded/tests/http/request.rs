//! The request writer sends exactly what was declared, or returns an error.

use tc3_embedded::http::{Outgoing, RequestError, RequestWriter};

const HEAD: &[u8] = b"POST / HTTP/1.1\r\ncontent-length: 12\r\n\r\n";
const BODY: &[u8] = b"{\"Limit\":10}";

/// Sends through a transport that accepts at most `most` bytes at a time.
pub(crate) fn send(wire: &mut Vec<u8>, mut outgoing: Outgoing<'_, '_>, most: usize) {
    while !outgoing.pending().is_empty() {
        let count = outgoing.pending().len().min(most);
        wire.extend_from_slice(&outgoing.pending()[..count]);
        outgoing.advance(count).unwrap();
    }
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
            assert_eq!(wire, [HEAD, BODY].concat());
        }
    }
}

#[test]
fn a_surplus_piece_is_refused_as_a_whole() {
    let mut wire = Vec::new();
    let mut request = RequestWriter::new(HEAD, 12);
    send(&mut wire, request.head(), 100);
    send(&mut wire, request.body(&BODY[..10]).unwrap(), 100);
    let refused = request.body(b"abc").unwrap_err();
    let (declared, offered) = (12, 13);
    assert_eq!(refused, RequestError::SurplusBody { declared, offered });
    send(&mut wire, request.body(&BODY[10..]).unwrap(), 100);
    assert_eq!(request.body(b"").unwrap().pending(), b"");
    let refused = request.body(b"a").unwrap_err();
    assert_eq!(refused, RequestError::SurplusBody { declared, offered });
    assert_eq!(request.finish(), Ok(()));
    assert_eq!(wire, [HEAD, BODY].concat());
}

#[test]
fn a_request_without_a_body_refuses_one() {
    let mut request = RequestWriter::new(HEAD, 0);
    send(&mut Vec::new(), request.head(), 7);
    let (declared, offered) = (0, 1);
    let refused = request.body(b"a").unwrap_err();
    assert_eq!(refused, RequestError::SurplusBody { declared, offered });
    assert_eq!(request.finish(), Ok(()));
}

#[test]
fn a_missing_byte_is_an_error_with_the_byte_counts() {
    for sent in 0..BODY.len() {
        let mut request = RequestWriter::new(HEAD, 12);
        send(&mut Vec::new(), request.head(), 100);
        send(&mut Vec::new(), request.body(&BODY[..sent]).unwrap(), 100);
        let sent = u64::try_from(sent).unwrap();
        let missing = RequestError::MissingBody { declared: 12, sent };
        assert_eq!(request.finish(), Err(missing));
    }
}

#[test]
fn a_partly_sent_piece_counts_only_the_bytes_sent() {
    let mut request = RequestWriter::new(HEAD, 12);
    send(&mut Vec::new(), request.head(), 100);
    request.body(BODY).unwrap().advance(5).unwrap();
    let (declared, sent) = (12, 5);
    assert_eq!(request.finish(), Err(RequestError::MissingBody { declared, sent }));
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
fn a_sent_head_is_not_pending_again() {
    let mut request = RequestWriter::new(HEAD, 12);
    send(&mut Vec::new(), request.head(), 100);
    send(&mut Vec::new(), request.body(BODY).unwrap(), 100);
    assert_eq!(request.head().pending(), b"");
}

#[test]
fn a_transport_that_reports_more_bytes_than_given_is_refused() {
    let mut request = RequestWriter::new(HEAD, 12);
    let mut outgoing = request.head();
    let (given, count) = (HEAD.len(), HEAD.len() + 1);
    assert_eq!(outgoing.advance(count), Err(RequestError::Overrun { given, count }));
    assert_eq!(outgoing.pending(), HEAD);
    outgoing.advance(0).unwrap();
    assert_eq!(outgoing.pending(), HEAD);
}

#[test]
fn debug_output_shows_counts_but_neither_head_nor_body() {
    let mut request = RequestWriter::new(b"authorization: x", 12);
    assert_eq!(format!("{request:?}"), "RequestWriter { declared: 12, sent: 0, .. }");
    let outgoing = request.head();
    assert_eq!(format!("{outgoing:?}"), "Outgoing { pending: 16, sent: 0, .. }");
}
