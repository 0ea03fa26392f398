//! The bytes that `defmt` logs: no key, no token, no signature, no seed, and neither what was received nor the older
//! content of a buffer.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::convert::Infallible;
use core::time::Duration;
use defmt::{Format, export};
use std::{collections::VecDeque, thread};
use tc3_core::{Credentials, Signer, Timestamp, api};
use tc3_embedded::client::{Buffers, Client, Connection};
use tc3_embedded::clock::{self, OffsetClock, RELEASED};
use tc3_embedded::deadline::Timeout;
#[cfg(feature = "tls")]
use tc3_embedded::entropy;
use tc3_embedded::http::{Limits, RequestWriter, ResponseParser};
use tc3_embedded::signer::OwnedSigner;

const KEY: &str = "MARKED-KEY-0123456789";
const TOKEN: &str = "MARKED-TOKEN-0123456789";

/// 2026-11-21T16:39:42Z.
fn now() -> Timestamp {
    Timestamp::from_unix(1_795_279_182).unwrap()
}

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

#[track_caller]
fn check_shown(value: &impl Format, shown: &[u8]) {
    export::fmt(value);
    let logged = export::fetch_bytes();
    assert!(contains(&logged, shown), "{} is not in {}", shown.escape_ascii(), logged.escape_ascii());
    assert!(!contains(&logged, b"MARKED"), "MARKED is in {}", logged.escape_ascii());
}

#[test]
fn a_signer_logs_its_id_and_a_client_its_floor() {
    let mut signer = OwnedSigner::<64, 64>::new("AKIDEXAMPLE", KEY).unwrap();
    check_shown(&signer, b"\x0b\0\0\0AKIDEXAMPLE");
    signer.renew("AKIDOTHER", KEY, TOKEN, now()).unwrap();
    check_shown(&signer, b"\x09\0\0\0AKIDOTHER");
    let client = Client::new(clock::from_fn(|| Ok::<u64, Infallible>(now().unix())));
    check_shown(&client, &RELEASED.unix().to_le_bytes());
}

#[test]
fn a_call_logs_lengths_status_and_request_id() {
    let request =
        api!("iotcloud", "2021-04-08").action("PublishMessage").json(r#"{"Payload":"MARKED"}"#).unwrap();
    let mut signer = Signer::new(Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap());
    let (mut head, mut body) = ([0; 1024], [0; 512]);
    let writer = RequestWriter::tc3(signer.sign(&request, now()), &mut head).unwrap();
    check_shown(&writer, &20_u64.to_le_bytes());

    let (older, _) = body.split_at_mut(KEY.len());
    older.copy_from_slice(KEY.as_bytes());
    let buffers = Buffers::new(&mut head, &mut body);
    check_shown(&buffers, &512_u32.to_le_bytes());
    // The answer is read first, and the request is appended to it.
    let mut connection = Connection::new(VecDeque::from(
        *b"HTTP/1.1 200 OK\r\nX-Key: MARKED\r\nContent-Length: 49\r\n\r\n\
          {\"Response\":{\"RequestId\":\"7f-3c\",\"Key\":\"MARKED\"}}",
    ));
    check_shown(&connection, &[1]);
    let reply = connection.exchange(signer.sign(&request, now()), buffers).unwrap();
    for shown in [&200_u16.to_le_bytes()[..], &49_u64.to_le_bytes(), b"\x05\0\0\x007f-3c"] {
        check_shown(&reply, shown);
    }
}

#[cfg(feature = "tls")]
#[test]
fn a_seed_logs_only_its_name() {
    let known = peer::KnownSeed::next();
    let seed = tc3_embedded::tls::Seed::draw(&mut entropy::from_fn(known.source())).unwrap();
    // Two indexes of format strings, and the end.
    assert_eq!(logged(&seed), [0, 0, 1, 0, 0, 0]);
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
fn a_timeout_is_logged_with_its_milliseconds_and_a_clock_with_floor_and_time_of_setting() {
    let timeout = Timeout::new();
    timeout.arm(Duration::from_millis(12_345));
    check_shown(&timeout, &12_345_u64.to_le_bytes());
    let mut clock = OffsetClock::new(clock::from_fn(|| 4_711), RELEASED);
    clock.set_millis(now(), 250).unwrap();
    let logged = logged(&clock);
    for number in [1_767_225_600_u64, 4_711, 1_795_279_182_250] {
        assert!(contains(&logged, &number.to_le_bytes()), "{number}: {}", logged.escape_ascii());
    }
}
