//! Which replies are accepted, and what a clock shows that is set by them.

#[path = "../../../tests/fuzz/src/sntp.rs"]
mod model;

use crate::world::{NOW, at};
use core::convert::Infallible;
use reference::Random;
use tc3_embedded::{
    clock::RELEASED,
    entropy::{Entropy, EntropyError, from_fn},
    sntp::{Kiss, PACKET, Request, SntpError, Time},
};

const NONCE: [u8; 8] = [0x0b, 0x1c, 0x2d, 0x3e, 0x4f, 0x50, 0x61, 0x72];

fn source(number: u64) -> impl Entropy<Error = Infallible> {
    from_fn(move |bytes| {
        bytes.copy_from_slice(&number.to_be_bytes());
        Ok(())
    })
}

fn request() -> Request {
    Request::draw(&mut source(u64::from_be_bytes(NONCE) << 1)).unwrap()
}

/// 2026-11-21T16:39:42.25Z from a server of stratum 2.
fn reply() -> [u8; PACKET] {
    let mut reply = [0; PACKET];
    reply[..4].copy_from_slice(&[0b00_100_100, 2, 6, 0xe9]);
    reply[4..8].copy_from_slice(&[0, 0, 0x0b, 0x2c]);
    reply[8..12].copy_from_slice(&[0, 0, 0x05, 0xe1]);
    reply[12..16].copy_from_slice(&[192, 0, 2, 1]);
    reply[16..24].copy_from_slice(&[0xee, 0xac, 0x47, 0xc0, 0, 0, 0, 0]);
    reply[24..32].copy_from_slice(&NONCE);
    reply[32..40].copy_from_slice(&[0xee, 0xac, 0x47, 0xce, 0x3f, 0, 0, 0]);
    reply[40..48].copy_from_slice(&[0xee, 0xac, 0x47, 0xce, 0x40, 0, 0, 0]);
    reply
}

/// Checks that the reply is accepted or refused as RFC 4330 says.
fn check(reply: &[u8], floor: u64) {
    let number = u64::from_be_bytes(NONCE) << 1;
    // The first byte makes `check` keep the reply as it is.
    let input = [&[3][..], &number.to_be_bytes(), &floor.to_be_bytes(), &[0; 8], reply].concat();
    let checked = std::panic::catch_unwind(|| model::check(&input));
    assert!(checked.is_ok(), "floor {floor}, reply {}", reply.escape_ascii());
}

fn time(unix: u64, millis: u16) -> Time {
    Time { timestamp: at(unix), millis }
}

#[test]
fn a_request_holds_the_flags_of_a_client_and_the_random_number_and_a_reply_the_time() {
    let mut expected = [0; PACKET];
    expected[0] = 0b00_100_011; // no leap indicator, version 4, mode 3
    expected[40..].copy_from_slice(&NONCE);
    assert_eq!(request().bytes(), expected);
    assert_eq!(request().read(&reply(), RELEASED), Ok(time(NOW, 250)));
    let mut dead = from_fn(|_| Err(7));
    assert_eq!(Request::draw(&mut dead), Err(EntropyError::Source(7)));
    assert_eq!(Request::draw(&mut source(0)), Err(EntropyError::Zero { draws: 3 }));
}

#[test]
fn a_reply_with_any_byte_changed_is_refused_or_read_as_the_rfc_says() {
    let delays = [(4, [0, 15, 0xff, 0xff]), (8, [0, 15, 0xff, 0xff]), (4, [0, 16, 0, 0]), (8, [0, 16, 0, 0])];
    // The limits of one millisecond.
    let fractions = [4_294_967_u32, 4_294_968].map(|fraction| (44, fraction.to_be_bytes()));
    for (at, bytes) in delays.into_iter().chain(fractions).chain([(40, [0; 4]), (44, [0; 4])]) {
        let mut changed = reply();
        changed[at..at + 4].copy_from_slice(&bytes);
        for (at, byte) in (0..PACKET).flat_map(|at| (0..=255).map(move |byte| (at, byte))) {
            let mut reply = changed;
            reply[at] = byte;
            check(&reply, RELEASED.unix());
        }
    }
    check(&[&reply()[..40], &[0; 8]].concat(), RELEASED.unix());
    for (leap, origin) in (0..4).flat_map(|leap| (24..32).map(move |origin| (leap, origin))) {
        for code in [*b"DENY", *b"RSTR", *b"RATE", *b"INIT", *b"rate", [0; 4]] {
            let mut kiss = reply();
            kiss[..2].copy_from_slice(&[leap << 6 | 4 << 3 | 4, 0]);
            kiss[12..16].copy_from_slice(&code);
            check(&kiss, RELEASED.unix());
            // A kiss without the number of the request.
            kiss[origin] ^= 1 << leap;
            check(&kiss, RELEASED.unix());
        }
    }
}

#[test]
fn random_replies_are_refused_or_read_as_the_rfc_says() {
    let mut random = Random(0);
    for _ in 0..50_000 {
        let mut bytes: [u8; 64] = core::array::from_fn(|_| random.number() as u8);
        check(&bytes[..random.pick(&[0, 1, 24, 40, 47, 48, 64])], random.number());
        bytes[24..32].copy_from_slice(&NONCE);
        bytes[0] = bytes[0] & 0xc0 | random.pick(&[3, 4]) << 3 | 4;
        (bytes[1], bytes[4], bytes[8]) = (bytes[1] & 15, 0, 0);
        (bytes[5], bytes[9]) = (bytes[5] & 31, bytes[9] & 31);
        check(&bytes, random.number() >> random.below(64));
    }
}

fn at_second(seconds: u32, floor: u64) -> Result<u64, SntpError> {
    let mut reply = reply();
    reply[40..44].copy_from_slice(&seconds.to_be_bytes());
    request().read(&reply, at(floor)).map(|time| time.timestamp.unix())
}

/// 2036-02-07T06:28:16Z, when the seconds of NTP wrap for the first time.
const ERA_1: u64 = 2_085_978_496;
/// 2172-03-15T12:56:32Z, when they wrap for the second time.
const ERA_2: u64 = 6_380_945_792;

#[test]
fn a_time_before_the_floor_is_not_taken_for_one_of_the_next_era() {
    let floor = RELEASED.unix();
    let first = u32::try_from(floor + 2_208_988_800).unwrap();
    let before = |now| Err(SntpError::BeforeFloor { now: at(now), floor: RELEASED });
    for (seconds, expected) in [
        (first, Ok(floor)),
        // A server that starts in 1970, and one whose GPS receiver is 1,024 weeks behind.
        (2_208_988_800, before(0)),
        (first - 619_315_200, before(floor - 619_315_200)),
    ] {
        assert_eq!(at_second(seconds, floor), expected, "second {seconds}");
    }
}

/// Around each change of the era, and the end of the year 9999.
#[test]
fn the_second_of_a_reply_is_that_of_the_era_nearest_to_the_floor() {
    let last = 253_402_300_799;
    for floor in [0, RELEASED.unix(), ERA_1, ERA_1 + 17, ERA_2 - 86_400, ERA_2, last] {
        let first = (floor + 2_208_988_800) as u32;
        for start in [0, first, first.wrapping_add(1 << 31)] {
            for seconds in [u32::MAX - 1, u32::MAX, 0, 1, 17].map(|by| start.wrapping_add(by)) {
                let mut reply = reply();
                reply[40..44].copy_from_slice(&seconds.to_be_bytes());
                check(&reply, floor);
            }
        }
    }
}

#[test]
fn half_of_the_round_trip_is_added_in_milliseconds() {
    let sent = time(NOW, 250);
    for (round_trip, arrived) in [
        (1, sent),
        (2, time(NOW, 251)),
        (1_500, time(NOW + 1, 0)),
        (u64::MAX, sent), // no such time
    ] {
        assert_eq!(sent.after(round_trip), arrived, "{round_trip} ms");
    }
}

#[test]
fn error_sentences_show_the_value_and_the_limit() {
    use SntpError::*;
    let distance = "server has a root delay of 0 s and a root dispersion of 20 s, both must be below 16 s";
    let early = "server shows 1970-01-01T00:00:17Z, before the earliest possible time, 2026-01-01T00:00:00Z";
    let late = "server shows 253402300800 s since 1970, which is after the year 9999";
    for (error, sentence) in [
        (Short { length: 47 }, "reply has 47 bytes, fewer than 48"),
        (Mode { mode: 3 }, "reply has mode 3, a server has 4"),
        (Version { version: 2 }, "reply has version 2, neither 3 nor 4"),
        (Kiss(self::Kiss::Deny), "server refuses this client: DENY, do not ask it again"),
        (Kiss(self::Kiss::Restricted), "server refuses this client: RSTR, it serves only others"),
        (Kiss(self::Kiss::Rate), "server refuses this client: RATE, too many requests"),
        (Kiss(self::Kiss::Other(*b"INIT")), "server refuses this client: INIT"),
        (Kiss(self::Kiss::Other([27, 0, b'A', 255])), "server refuses this client: \\x1b\\x00A\\xff"),
        (Stratum { stratum: 16 }, "server has stratum 16, the limit is 15"),
        (Distance { delay: 1 << 15, dispersion: 20 << 16 }, distance),
        (BeforeFloor { now: at(17), floor: RELEASED }, early),
        (OutOfRange { now: 253_402_300_800 }, late),
    ] {
        assert_eq!(error.to_string(), sentence);
    }
}
