//! The request writer sends exactly what was declared, or returns an error.

use reference::{Source, seeded};
use tc3_embedded::http::{Outgoing, RequestError, RequestWriter};

const HEAD: &[u8] = b"POST / HTTP/1.1\r\n\r\n";
const BODY: &[u8] = b"{\"Limit\":10}";

/// Reports that the transport accepted some of the bytes, or one more than it was given. Returns how many it accepted.
fn advance(mut outgoing: Outgoing<'_, '_>, source: &mut Source<'_>) -> usize {
    let given = outgoing.pending().len();
    let count = source.pick(&[0, 1, given / 2, given, given, given + 1]);
    let expected = if count > given { Err(RequestError::Overrun { given, count }) } else { Ok(()) };
    assert_eq!(outgoing.advance(count), expected);
    let accepted = if expected.is_ok() { count } else { 0 };
    assert_eq!(outgoing.pending().len(), given - accepted);
    accepted
}

/// Sends pieces, whatever the transport accepts of each.
fn send(source: &mut Source<'_>) {
    let declared = source.pick(&[0, 4, 8, 12]);
    let mut request = RequestWriter::new(HEAD, declared);
    let (mut head, mut sent) = (0, 0);
    for _ in 0..source.below(20) {
        let head_error = RequestError::HeadUnsent { left: (HEAD.len() - head) as u64 };
        let piece = &BODY[..source.pick(&[0, 1, 4, 12])];
        let offered = sent + piece.len() as u64;
        let result = request.body(piece);
        if head < HEAD.len() {
            assert_eq!(result.unwrap_err(), head_error);
            assert_eq!(request.head().pending(), &HEAD[head..]);
            head += advance(request.head(), source);
        } else if offered > declared {
            assert_eq!(result.unwrap_err(), RequestError::SurplusBody { declared, offered });
        } else {
            let outgoing = result.unwrap();
            assert_eq!(outgoing.pending(), piece);
            sent += advance(outgoing, source) as u64;
            assert_eq!(request.head().pending(), b"", "the head is pending again");
        }
    }
    let expected = match (head < HEAD.len(), sent < declared) {
        (true, _) => Err(RequestError::HeadUnsent { left: (HEAD.len() - head) as u64 }),
        (_, true) => Err(RequestError::MissingBody { declared, sent }),
        (false, false) => Ok(()),
    };
    assert_eq!(request.finish(), expected);
}

#[test]
fn exactly_the_declared_bytes_are_sent_or_an_error_has_the_bytes_that_are_missing_or_too_many() {
    for seed in 0..10_000 {
        let sent = std::panic::catch_unwind(|| send(&mut Source::new(&seeded(seed))));
        assert!(sent.is_ok(), "for seed {seed}");
    }
}

#[test]
fn debug_output_shows_counts_but_neither_head_nor_body() {
    let mut request = RequestWriter::new(b"authorization: x", 12);
    assert_eq!(format!("{request:?}"), "RequestWriter { declared: 12, sent: 0, .. }");
    assert_eq!(format!("{:?}", request.head()), "Outgoing { pending: 16, sent: 0, .. }");
}
