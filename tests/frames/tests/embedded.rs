//! No frame contains a key, a token, randomness, or what was received.
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

/// The frame contains these bytes, and nothing that is marked.
fn shows(value: &impl Format, bytes: &[u8]) {
    let frame = frame(value);
    assert!(has(&frame, bytes), "{frame:?}");
    assert!(!has(&frame, b"MARKED"), "{}", String::from_utf8_lossy(&frame));
}

/// A server that answers without reading the request.
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
fn a_key_in_a_frame_fails() {
    shows(&KEY, b"KEY");
}

#[test]
fn owned_credentials_and_a_client_show_the_secret_id() {
    let mut owned = OwnedCredentials::<64, 64>::new("AKIDEXAMPLE", KEY).unwrap();
    shows(&owned, b"\x0b\0\0\0AKIDEXAMPLE");
    owned.renew("AKIDOTHER", KEY, TOKEN, now()).unwrap();
    shows(&owned, b"\x09\0\0\0AKIDOTHER");
    let clock = || Ok::<u64, Infallible>(now().unix());
    shows(&Client::new(signer(), clock).floor(now()), b"\x0b\0\0\0AKIDEXAMPLE");
}

#[test]
fn a_request_writer_shows_how_much_was_sent() {
    let request = request();
    let mut signer = signer();
    let signed = signer.sign(&request, now());
    let mut buffer = [0; 1024];
    let mut writer = RequestWriter::tc3(signed, &mut buffer).unwrap();
    shows(&writer, &20u64.to_le_bytes());
    let len = u32::try_from(writer.head().pending().len()).unwrap();
    shows(&writer.head(), &len.to_le_bytes());
}

#[test]
fn a_reply_shows_status_length_and_request_id() {
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
fn a_parser_shows_the_received_head_and_not_the_rest_of_its_buffer() {
    let mut buffer = *b"                MARKED-KEY-0123456789";
    let mut parser = ResponseParser::new(&mut buffer, Limits::DEFAULT);
    parser.feed(&mut &b"HTTP/1.1 200"[..]).unwrap();
    shows(&parser, b"\x0c\0\0\0HTTP/1.1 200");
}

#[test]
fn clocks_and_deadlines_show_their_times() {
    let floor = Timestamp::from_unix(1_735_689_600).unwrap();
    let mut clock = OffsetClock::new(|| 0, floor);
    shows(&clock, &1_735_689_600u64.to_le_bytes());
    clock.set(now()).unwrap();
    shows(&clock, &1_735_689_600u64.to_le_bytes());
    let timeout = Timeout::new();
    timeout.arm(Duration::from_millis(12_345));
    shows(&timeout, &12_345u64.to_le_bytes());
    shows(&Deadline::new(Stream(KEY.as_bytes()), || 0u64, &timeout), &12_345u64.to_le_bytes());
}

#[test]
fn tls_shows_buffer_sizes_and_root_names_and_no_seed() {
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
    // Only the type's name.
    assert_eq!(frame(&seed).len(), 6);
}
