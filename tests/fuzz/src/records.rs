//! Only records that are allowed at that point pass the gate, whatever a TLS server sends and however it
//! is split.

use crate::handshake::Stream;
use core::cell::Cell;
use embedded_io::{Read, Write};
use reference::Source;
use sha2::{Digest, Sha256};
use tc3_embedded::tls::{ServerHelloFault, TlsError, fuzzing};

/// Any records, and the content of any record.
pub(crate) fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let (read_sizes, limit, write) = (source.bytes(), 123 + source.short() % 900, source.short());
    let mut received = Vec::new();
    if !source.wild {
        received.extend([22, 3, 3, 0, HELLO_LEN as u8]);
        received.extend(server_hello(&mut source));
        for _ in 0..source.below(4) {
            let (content_type, content) = (source.pick(&[20, 21, 22, 23, 23, 23, 0]), source.bytes());
            let length = source.maybe(Source::short).unwrap_or(content.len()) as u16;
            received.extend([&[content_type, 3, 3], &length.to_be_bytes()[..], content].concat());
        }
    }
    check_content(source.bytes());
    received.extend(source.rest());
    let write = write % (received.len() + 2);
    let expected = expected(&received, limit, write);
    assert_eq!(pass(&received, read_sizes, limit, write), expected);
    assert_eq!(pass(&received, &[], limit, write), expected);
}

/// The length of a valid ServerHello.
const HELLO_LEN: usize = 123;
const VERSION: &[u8] = &[0, 43, 0, 2, 3, 4];
const KEY_SHARE: &[u8] = &[0, 51, 0, 69, 0, 23, 0, 65, 4];

/// A valid ServerHello; one in four has a byte changed.
fn server_hello(source: &mut Source<'_>) -> Vec<u8> {
    let point = [7; 64];
    let extensions = match source.one_in(2) {
        true => [VERSION, KEY_SHARE, &point].concat(),
        false => [KEY_SHARE, &point, VERSION].concat(),
    };
    let start: &[u8] = &[2, 0, 0, 119, 3, 3];
    let mut hello = [start, &[source.byte(); 32], &[0, 0x13, 1, 0, 0, 79], &extensions].concat();
    if source.one_in(4) {
        hello[usize::from(source.byte()) % HELLO_LEN] = source.byte();
    }
    hello
}

/// RFC 8446 section 4.1.3: everything but the random value and the point is determined by the offer.
fn is_valid(hello: &[u8]) -> bool {
    let fixed = |at: usize, bytes: &[u8]| hello[at..].starts_with(bytes);
    hello.len() == HELLO_LEN
        && fixed(0, &[2, 0, 0, 119, 3, 3])
        && fixed(38, &[0, 0x13, 1, 0, 0, 79])
        && ((fixed(44, VERSION) && fixed(50, KEY_SHARE)) || (fixed(44, KEY_SHARE) && fixed(117, VERSION)))
        && !fixed(6, &Sha256::digest(b"HelloRetryRequest"))
}

/// The bytes that pass, and the error that stops them.
fn expected(received: &[u8], limit: usize, write: usize) -> (Vec<u8>, TlsError) {
    let (mut passed, mut rest, mut changed, mut is_cut) = (Vec::new(), received, false, false);
    loop {
        let phase = match passed.len() {
            0 => 0,
            passed if write > 0 && passed >= write => 2,
            _ => 1,
        };
        let &[content_type, _, minor, high, low, ref after @ ..] = rest else {
            let closed = match phase {
                2 if is_cut || !rest.is_empty() => TlsError::TruncatedRecord,
                2 => TlsError::Truncated,
                _ => TlsError::HandshakeClosed,
            };
            return (passed, closed);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let shortest = match (content_type, phase) {
            (23, 1 | 2) => 17,
            (21 | 22, 0) | (20, 1) => 1,
            _ => return (passed, TlsError::Unprotected { content_type }),
        };
        if length > limit {
            return (passed, TlsError::RecordTooLong { length, limit });
        } else if length < shortest {
            return (passed, TlsError::EmptyRecord { length });
        }
        let received_len = if content_type == 23 { length } else { length.min(HELLO_LEN) }.min(after.len());
        let (content, following) = after.split_at(received_len);
        rest = following;
        if content_type == 23 {
            is_cut = received_len < length;
            passed.extend([&[23, phase, minor, high, low], content].concat());
        } else if received_len < length.min(HELLO_LEN) {
            return (passed, TlsError::HandshakeClosed);
        } else if content_type == 20 && content == [1] && !changed {
            changed = true;
        } else if let (21, &[level, description]) = (content_type, content) {
            return (passed, TlsError::Alert { level, description });
        } else if content_type != 22 {
            return (passed, TlsError::Unprotected { content_type });
        } else if length > HELLO_LEN || !is_valid(content) {
            return (passed, TlsError::ServerHello(fault(content, length)));
        } else {
            passed.extend([&received[..5], content].concat());
        }
    }
}

/// The fault that the code under test reports; it must report one.
fn fault(content: &[u8], length: usize) -> ServerHelloFault {
    match length > HELLO_LEN {
        true => fuzzing::fault_of_too_long_server_hello(content),
        false => fuzzing::check_server_hello(content).expect_err("the ServerHello is not valid"),
    }
}

/// Reads through the gate, with these read sizes on both sides. The client writes once `write` bytes have
/// passed.
fn pass(received: &[u8], read_sizes: &[u8], limit: usize, write: usize) -> (Vec<u8>, TlsError) {
    let (fault, mut passed, mut written) = (Cell::new(None), Vec::new(), false);
    let mut sizes = read_sizes.iter().map(|size| usize::from(*size).max(1)).chain([400]).cycle();
    let mut gate = fuzzing::gate(Stream::new(received, read_sizes), limit, &fault);
    loop {
        if !written && passed.len() >= write {
            written = gate.write(b"Finished").is_ok();
        }
        let left = if written { usize::MAX } else { write - passed.len() };
        let mut out = [0; 400];
        let size = sizes.next().unwrap_or(400).min(left);
        match gate.read(&mut out[..size]) {
            Ok(count) => passed.extend(&out[..count]),
            Err(_) => return (passed, fault.take().expect("the gate reports the reason")),
        }
    }
}

/// The plaintext of a record is unchanged if it is valid, and overwritten with one of four values if not.
fn check_content(content: &[u8]) {
    for in_handshake in [true, false] {
        let (filter, valid) = match in_handshake {
            true => (fuzzing::filter_in_handshake as fn(&mut [u8]), is_flight(content)),
            false => (fuzzing::filter_after_handshake as fn(&mut [u8]), is_data(content)),
        };
        let mut record = content.to_vec();
        filter(&mut record);
        let end = record.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let is_replaced = matches!(record[..end], [] | [23] | [0, 22] | [0xff]);
        assert!(if valid { record == content } else { is_replaced });
    }
}

/// The content of a plaintext without its padding, and its content type.
pub(crate) fn split(plaintext: &[u8]) -> (&[u8], Option<u8>) {
    let end = plaintext.iter().rposition(|byte| *byte != 0).unwrap_or_default();
    (&plaintext[..end], plaintext.get(end).copied())
}

fn is_data(record: &[u8]) -> bool {
    match split(record) {
        (_, Some(23)) => true,
        (alert, Some(21)) => matches!(alert, [_, 0]),
        _ => false,
    }
}

/// Whole messages of the server's flight with ascending handshake types, whose inner lengths match.
fn is_flight(record: &[u8]) -> bool {
    let ((mut rest, content_type), mut before) = (split(record), 0);
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
    while let [handshake_type, a, b, c, after @ ..] = rest {
        let Some((body, following)) = after.split_at_checked(number(&[*a, *b, *c])) else { return false };
        let inner = match (handshake_type, body) {
            (8, [a, b, rest @ ..]) => rest.len() == number(&[*a, *b]),
            (11, [context, rest @ ..]) => rest
                .get(usize::from(*context)..)
                .is_some_and(|list| list.len() >= 3 && list.len() - 3 == number(&list[..3])),
            (15, [_, _, a, b, rest @ ..]) => rest.len() == number(&[*a, *b]),
            (20, hash) => hash.len() == 32,
            _ => false,
        };
        if !inner || *handshake_type <= before {
            return false;
        }
        (rest, before) = (following, *handshake_type);
    }
    content_type == Some(22) && before > 0 && rest.is_empty()
}
