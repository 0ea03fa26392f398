//! What the caller lent, drew or received is in no frame.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::convert::Infallible;
use core::time::Duration;

use defmt::Format;
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use frames::frame;
use tc3_core::{Call, Credentials, Request, Signer, Timestamp, api};
use tc3_embedded::client::{Buffers, Client, Connection};
use tc3_embedded::clock::{OffsetClock, SetClock};
use tc3_embedded::credentials::OwnedCredentials;
use tc3_embedded::deadline::{Deadline, Timeout};
use tc3_embedded::http::{Limits, RequestWriter, ResponseParser};
use tc3_embedded::tls::{self, Seed, roots::DIGICERT_GLOBAL_ROOT_G2};

const KEY: &str = "MARKED-KEY-0123456789";
const TOKEN: &str = "MARKED-TOKEN-0123456789";
const CALL: Call<'_> = api!("iotcloud", "2021-04-08").action("PublishMessage");

/// 2026-11-21T16:39:42Z.
fn now() -> Timestamp {
    Timestamp::from_unix(1_795_279_182).unwrap()
}

fn signer() -> Signer<'static> {
    Signer::new(Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap())
}

fn request() -> Request<'static> {
    CALL.json(r#"{"Payload":"MARKED"}"#).unwrap()
}

fn has(frame: &[u8], bytes: &[u8]) -> bool {
    frame.windows(bytes.len()).any(|window| window == bytes)
}

/// Shows this, between the numbers of the format strings, and nothing that is marked.
fn shows(value: &impl Format, bytes: &[u8]) {
    let frame = frame(value);
    assert!(has(&frame, bytes), "{frame:?}");
    assert!(!has(&frame, b"MARKED"), "{}", String::from_utf8_lossy(&frame));
}

/// A server that answers before it is asked.
struct Stream(&'static [u8]);

impl ErrorType for Stream {
    type Error = ErrorKind;
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(self.0.read(buffer).unwrap())
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

#[test]
#[should_panic(expected = "MARKED-KEY")]
fn a_key_that_shows_is_noticed() {
    shows(&KEY, b"KEY");
}

#[test]
fn owned_credentials_are_shown_by_their_id_and_a_client_too() {
    let mut owned = OwnedCredentials::<64, 64>::new("AKIDEXAMPLE", KEY).unwrap();
    shows(&owned, b"\x0b\0\0\0AKIDEXAMPLE");
    owned.renew("AKIDOTHER", KEY, TOKEN, now()).unwrap();
    shows(&owned, b"\x09\0\0\0AKIDOTHER");
    let clock = || Ok::<u64, Infallible>(now().unix());
    shows(&Client::new(signer(), clock).floor(now()), b"\x0b\0\0\0AKIDEXAMPLE");
}

#[test]
fn a_request_under_way_is_shown_by_how_much_of_it_was_sent() {
    let request = request();
    let mut signer = signer();
    let signed = signer.sign(&request, now());
    let mut room = [0; 1024];
    let mut writer = RequestWriter::tc3(signed, &mut room).unwrap();
    shows(&writer, &20u64.to_le_bytes());
    let len = u32::try_from(writer.head().pending().len()).unwrap();
    shows(&writer.head(), &len.to_le_bytes());
}

#[test]
fn an_answer_is_shown_by_its_status_its_length_and_its_request_id() {
    let mut connection = Connection::new(Stream(
        b"HTTP/1.1 200 OK\r\nX-Key: MARKED\r\nContent-Length: 49\r\n\r\n\
          {\"Response\":{\"RequestId\":\"7f-3c\",\"Key\":\"MARKED\"}}",
    ));
    let (mut head, mut body) = ([0; 512], [0; 512]);
    for (to, from) in body.iter_mut().zip(KEY.bytes()) {
        *to = from;
    }
    let buffers = Buffers::new(&mut head, &mut body);
    shows(&buffers, &512u32.to_le_bytes());
    shows(&connection, &[1]);
    let request = request();
    let reply = connection.exchange(signer().sign(&request, now()), buffers).unwrap();
    shows(&reply, &200u16.to_le_bytes());
    shows(&reply, &49u64.to_le_bytes());
    shows(&reply, b"\x05\0\0\x007f-3c");
}

#[test]
fn of_a_head_what_was_received_is_shown_and_not_what_was_in_the_buffer() {
    let mut room = *b"                MARKED-KEY-0123456789";
    let mut parser = ResponseParser::new(&mut room, Limits::DEFAULT);
    parser.feed(&mut &b"HTTP/1.1 200"[..]).unwrap();
    shows(&parser, b"\x0c\0\0\0HTTP/1.1 200");
}

#[test]
fn clocks_and_ends_are_shown_by_their_times() {
    let floor = Timestamp::from_unix(1_735_689_600).unwrap();
    let mut clock = OffsetClock::new(|| 0, floor);
    shows(&clock, &1_735_689_600u64.to_le_bytes());
    clock.set(now()).unwrap();
    shows(&clock, &1_735_689_600u64.to_le_bytes());
    let due = Timeout::new();
    due.arm(Duration::from_millis(12_345));
    shows(&due, &12_345u64.to_le_bytes());
    shows(&Deadline::new(Stream(KEY.as_bytes()), || 0u64, &due), &12_345u64.to_le_bytes());
}

#[test]
fn of_tls_its_sizes_and_the_names_of_roots_are_shown_and_no_seed() {
    shows(&tls::Buffers::<16_640, 1_024>::new(), &16_640u32.to_le_bytes());
    shows(&DIGICERT_GLOBAL_ROOT_G2, b"DigiCert Global Root G2");
    let mut number = 0;
    let mut source = |bytes: &mut [u8]| {
        number += 1;
        bytes.fill(number);
        bytes.iter_mut().zip(b"MARKED").for_each(|(to, from)| *to = *from);
        Ok::<(), Infallible>(())
    };
    let seed = Seed::draw(&mut source).unwrap();
    // Of a name, the number of its text is all.
    assert_eq!(frame(&seed).len(), 6);
}
