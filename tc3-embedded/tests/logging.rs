//! The bytes that `defmt` logs for types with an implementation by hand: no signature, and no older
//! content of a buffer.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use defmt::{Format, export};
use std::thread;
use tc3_core::Timestamp;
use tc3_embedded::clock::{OffsetClock, RELEASED};
use tc3_embedded::http::{Limits, RequestWriter, ResponseParser};

fn logged(value: &(impl Format + Sync)) -> Vec<u8> {
    // Each thread numbers its format strings from 0.
    let logging = || {
        export::fmt(value);
        export::fetch_bytes()
    };
    thread::scope(|threads| threads.spawn(logging).join().unwrap())
}

fn contains(logged: &[u8], bytes: &[u8]) -> bool {
    logged.windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn a_request_is_logged_as_counts_without_signature_or_body() {
    let mut request = RequestWriter::new(b"authorization: x", 0x1234_5678);
    let counts = [&[0, 0, 1, 0, 2, 0][..], &0x1234_5678_u64.to_le_bytes(), &[3, 0], &[0; 8], &[0, 0]];
    assert_eq!(logged(&request), counts.concat());
    let mut outgoing = request.head();
    outgoing.advance(3).unwrap();
    let counts = [&[0, 0, 1, 0, 2, 0][..], &13_u32.to_le_bytes(), &[3, 0], &3_u64.to_le_bytes(), &[0, 0]];
    assert_eq!(logged(&outgoing), counts.concat());
}

#[test]
fn a_response_is_logged_as_received_without_older_bytes_of_the_buffer() {
    let mut buffer = *b"authorization: of the request before";
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    parser.feed(&mut &b"HTTP/1.1 2"[..]).unwrap();
    let logged = logged(&parser);
    assert!(contains(&logged, b"\x0a\0\0\0HTTP/1.1 2"), "{}", logged.escape_ascii());
    assert!(!contains(&logged, b"request before"), "{}", logged.escape_ascii());
}

#[test]
fn a_clock_is_logged_with_its_floor_and_the_time_at_which_it_was_set() {
    let mut clock = OffsetClock::new(|| 4_711, RELEASED);
    clock.set_millis(Timestamp::from_unix(1_795_279_182).unwrap(), 250).unwrap();
    let logged = logged(&clock);
    for number in [1_767_225_600_u64, 4_711, 1_795_279_182_250] {
        assert!(contains(&logged, &number.to_le_bytes()), "{number}: {}", logged.escape_ascii());
    }
}
