//! What goes over the wire to a log, of the types that say it by hand: no signature, and nothing that
//! a buffer held before.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use defmt::{Format, export};
use std::thread;
use tc3_core::Timestamp;
use tc3_embedded::clock::{OffsetClock, RELEASED};
use tc3_embedded::http::{Limits, RequestWriter, ResponseParser};

fn sent(value: &(impl Format + Sync)) -> Vec<u8> {
    // The texts that a log knows by number are counted from 0 by each thread.
    let logging = || {
        export::fmt(value);
        export::fetch_bytes()
    };
    thread::scope(|threads| threads.spawn(logging).join().unwrap())
}

fn holds(sent: &[u8], bytes: &[u8]) -> bool {
    sent.windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn a_request_shows_counts_but_neither_signature_nor_body() {
    let mut request = RequestWriter::new(b"authorization: x", 0x1234_5678);
    let counts = [&[0, 0, 1, 0, 2, 0][..], &0x1234_5678_u64.to_le_bytes(), &[3, 0], &[0; 8], &[0, 0]];
    assert_eq!(sent(&request), counts.concat());
    let mut outgoing = request.head();
    outgoing.advance(3).unwrap();
    let counts = [&[0, 0, 1, 0, 2, 0][..], &13_u32.to_le_bytes(), &[3, 0], &3_u64.to_le_bytes(), &[0, 0]];
    assert_eq!(sent(&outgoing), counts.concat());
}

#[test]
fn a_response_shows_what_was_received_and_no_older_byte_of_the_buffer() {
    let mut buffer = *b"authorization: of the request before";
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    parser.feed(&mut &b"HTTP/1.1 2"[..]).unwrap();
    let sent = sent(&parser);
    assert!(holds(&sent, b"\x0a\0\0\0HTTP/1.1 2"), "{}", sent.escape_ascii());
    assert!(!holds(&sent, b"request before"), "{}", sent.escape_ascii());
}

#[test]
fn a_clock_shows_its_floor_and_the_moment_at_which_it_was_set() {
    let mut clock = OffsetClock::new(|| 4_711, RELEASED);
    clock.set_millis(Timestamp::from_unix(1_795_279_182).unwrap(), 250).unwrap();
    let sent = sent(&clock);
    for number in [1_767_225_600_u64, 4_711, 1_795_279_182_250] {
        assert!(holds(&sent, &number.to_le_bytes()), "{number}: {}", sent.escape_ascii());
    }
}
