//! The request writer sends what was declared, or says what is amiss.

use tc3_embedded::http::{Outgoing, RequestError, RequestWriter};

const HEAD: &[u8] = b"POST / HTTP/1.1\r\ncontent-length: 12\r\n\r\n";
const BODY: &[u8] = b"{\"Limit\":10}";

/// A transport that takes at most `most` bytes at a time.
pub(crate) fn send(wire: &mut Vec<u8>, mut outgoing: Outgoing<'_, '_>, most: usize) {
    while !outgoing.pending().is_empty() {
        let taken = outgoing.pending().len().min(most);
        wire.extend_from_slice(&outgoing.pending()[..taken]);
        outgoing.advance(taken).unwrap();
    }
}

#[test]
fn short_writes_and_pieces_of_any_length_give_the_same_bytes() {
    for most in 1..HEAD.len() + 2 {
        for piece in 1..BODY.len() + 2 {
            let mut wire = Vec::new();
            let mut request = RequestWriter::new(HEAD, 12);
            send(&mut wire, request.head(), most);
            // One buffer for all pieces, as a body read from flash or a camera has it.
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
fn a_surplus_piece_is_refused_whole() {
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
fn a_request_without_a_body_takes_none() {
    let mut request = RequestWriter::new(HEAD, 0);
    send(&mut Vec::new(), request.head(), 7);
    let (declared, offered) = (0, 1);
    let refused = request.body(b"a").unwrap_err();
    assert_eq!(refused, RequestError::SurplusBody { declared, offered });
    assert_eq!(request.finish(), Ok(()));
}

#[test]
fn a_missing_byte_is_told_with_its_counts() {
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
fn a_piece_dropped_half_sent_counts_as_half_sent() {
    let mut request = RequestWriter::new(HEAD, 12);
    send(&mut Vec::new(), request.head(), 100);
    request.body(BODY).unwrap().advance(5).unwrap();
    let (declared, sent) = (12, 5);
    assert_eq!(request.finish(), Err(RequestError::MissingBody { declared, sent }));
}

#[test]
fn no_body_goes_out_before_the_head_has() {
    for sent in 0..HEAD.len() {
        let mut request = RequestWriter::new(HEAD, 12);
        request.head().advance(sent).unwrap();
        let left = u64::try_from(HEAD.len() - sent).unwrap();
        let unsent = RequestError::HeadUnsent { left };
        assert_eq!(request.body(BODY).unwrap_err(), unsent);
        // Interrupted, then taken up where it was.
        assert_eq!(request.head().pending(), &HEAD[sent..]);
        assert_eq!(request.finish(), Err(unsent));
    }
}

#[test]
fn the_head_is_not_sent_again_once_it_is_out() {
    let mut request = RequestWriter::new(HEAD, 12);
    send(&mut Vec::new(), request.head(), 100);
    send(&mut Vec::new(), request.body(BODY).unwrap(), 100);
    assert_eq!(request.head().pending(), b"");
}

#[test]
fn a_transport_cannot_take_more_than_it_was_given() {
    let mut request = RequestWriter::new(HEAD, 12);
    let mut outgoing = request.head();
    let (given, count) = (HEAD.len(), HEAD.len() + 1);
    assert_eq!(outgoing.advance(count), Err(RequestError::Overrun { given, count }));
    assert_eq!(outgoing.pending(), HEAD);
    outgoing.advance(0).unwrap();
    assert_eq!(outgoing.pending(), HEAD);
}

#[test]
fn debug_output_shows_counts_but_neither_signature_nor_body() {
    let mut request = RequestWriter::new(b"authorization: x", 12);
    assert_eq!(format!("{request:?}"), "RequestWriter { declared: 12, sent: 0, .. }");
    let outgoing = request.head();
    assert_eq!(format!("{outgoing:?}"), "Outgoing { pending: 16, sent: 0, .. }");
}
