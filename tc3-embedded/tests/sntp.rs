//! Which replies are accepted: each field of a valid reply is made wrong in turn.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use core::convert::Infallible;
use tc3_core::Timestamp;
use tc3_embedded::{
    clock::RELEASED,
    entropy::{Entropy, EntropyError},
    sntp::{Kiss, PACKET, Request, SntpError, Time},
};

const NONCE: [u8; 8] = [0x0b, 0x1c, 0x2d, 0x3e, 0x4f, 0x50, 0x61, 0x72];

fn source(number: [u8; 8]) -> impl Entropy<Error = Infallible> {
    move |bytes: &mut [u8]| {
        bytes.copy_from_slice(&number);
        Ok(())
    }
}

fn request() -> Request {
    let doubled = (u64::from_be_bytes(NONCE) << 1).to_be_bytes();
    Request::draw(&mut source(doubled)).unwrap()
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

fn read(reply: &[u8]) -> Result<Time, SntpError> {
    request().read(reply, RELEASED)
}

/// Reads the valid reply with these bytes at that offset.
fn with(at: usize, bytes: &[u8]) -> Result<Time, SntpError> {
    let mut reply = reply();
    reply[at..at + bytes.len()].copy_from_slice(bytes);
    read(&reply)
}

fn time(unix: u64, millis: u16) -> Time {
    Time { timestamp: Timestamp::from_unix(unix).unwrap(), millis }
}

#[test]
fn a_request_holds_the_flags_of_a_client_and_the_random_number_only() {
    let mut expected = [0; PACKET];
    expected[0] = 0b00_100_011; // no leap indicator, version 4, mode 3
    expected[40..].copy_from_slice(&NONCE);
    assert_eq!(request().bytes(), expected);
}

#[test]
fn there_is_no_request_without_randomness() {
    let mut dead = |_: &mut [u8]| Err(7);
    assert_eq!(Request::draw(&mut dead), Err(EntropyError::Source(7)));
    assert_eq!(Request::draw(&mut source([0; 8])), Err(EntropyError::Zero { draws: 3 }));
}

#[test]
fn a_valid_reply_gives_its_transmit_timestamp() {
    assert_eq!(read(&reply()), Ok(time(1_795_279_182, 250)));
}

#[test]
fn every_truncated_reply_is_refused_with_its_length() {
    for length in 0..PACKET {
        assert_eq!(read(&reply()[..length]), Err(SntpError::Short { length }));
    }
}

#[test]
fn bytes_after_the_packet_are_ignored() {
    for surplus in 1..=72 {
        let mut longer = reply().to_vec();
        longer.extend(std::iter::repeat_n(0xff, surplus));
        assert_eq!(read(&longer), Ok(time(1_795_279_182, 250)), "{surplus}");
    }
}

#[test]
fn a_reply_with_any_bit_of_the_number_flipped_is_refused() {
    for (at, bit) in (24..32).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut reply = reply();
        reply[at] ^= 1 << bit;
        assert_eq!(read(&reply), Err(SntpError::Foreign));
    }
}

#[test]
fn a_kiss_of_death_without_the_number_of_the_request_is_refused() {
    let mut forged = reply();
    forged[..2].copy_from_slice(&[0b11_100_100, 0]);
    forged[12..16].copy_from_slice(b"DENY");
    forged[31] ^= 1;
    assert_eq!(read(&forged), Err(SntpError::Foreign));
}

#[test]
fn only_the_mode_of_a_server_is_accepted() {
    for mode in (0..8).filter(|mode| *mode != 4) {
        assert_eq!(with(0, &[4 << 3 | mode]), Err(SntpError::Mode { mode }));
    }
}

#[test]
fn only_versions_3_and_4_are_accepted() {
    for version in 0..8 {
        let expected = match version {
            3 | 4 => Ok(time(1_795_279_182, 250)),
            _ => Err(SntpError::Version { version }),
        };
        assert_eq!(with(0, &[version << 3 | 4]), expected);
    }
}

#[test]
fn a_server_that_is_not_synchronised_is_refused() {
    for (leap, expected) in [
        (0, Ok(time(1_795_279_182, 250))),
        (1, Ok(time(1_795_279_182, 250))),
        (2, Ok(time(1_795_279_182, 250))),
        (3, Err(SntpError::Unsynchronised)),
    ] {
        assert_eq!(with(0, &[leap << 6 | 4 << 3 | 4]), expected);
    }
}

#[test]
fn only_strata_1_to_15_are_accepted() {
    for stratum in 1..=15 {
        assert_eq!(with(1, &[stratum]), Ok(time(1_795_279_182, 250)));
    }
    for stratum in 16..=255 {
        assert_eq!(with(1, &[stratum]), Err(SntpError::Stratum { stratum }));
    }
}

#[test]
fn a_kiss_of_death_is_returned_with_its_code() {
    for (code, kiss) in [
        (*b"DENY", Kiss::Deny),
        (*b"RSTR", Kiss::Restricted),
        (*b"RATE", Kiss::Rate),
        (*b"INIT", Kiss::Other(*b"INIT")),
        (*b"rate", Kiss::Other(*b"rate")),
        ([0; 4], Kiss::Other([0; 4])),
    ] {
        let mut reply = reply();
        reply[1] = 0;
        reply[12..16].copy_from_slice(&code);
        for leap in 0..4 {
            reply[0] = leap << 6 | 4 << 3 | 4; // a kiss may have any leap indicator
            assert_eq!(read(&reply), Err(SntpError::Kiss(kiss)));
        }
    }
}

#[test]
fn a_root_delay_or_dispersion_of_16_seconds_is_refused() {
    let delay = |delay| SntpError::Distance { delay, dispersion: 0x05e1 };
    let dispersion = |dispersion| SntpError::Distance { delay: 0x0b2c, dispersion };
    assert!(with(4, &[0, 15, 0xff, 0xff]).is_ok());
    assert_eq!(with(4, &[0, 16, 0, 0]), Err(delay(16 << 16)));
    assert_eq!(with(4, &[0xff; 4]), Err(delay(u32::MAX))); // -1 / 65,536 s
    assert!(with(8, &[0, 15, 0xff, 0xff]).is_ok());
    assert_eq!(with(8, &[0, 16, 0, 0]), Err(dispersion(16 << 16)));
}

#[test]
fn a_transmit_timestamp_of_zero_is_refused() {
    assert_eq!(with(40, &[0; 8]), Err(SntpError::NoTime));
    // the second of 2036-02-07T06:28:16Z is zero, and its fraction once in 2^32 times
    assert_eq!(with(40, &[0, 0, 0, 0, 0, 0, 0, 1]), Ok(time(2_085_978_496, 0)));
}

#[test]
fn the_fraction_is_rounded_down_to_milliseconds() {
    for (fraction, millis) in [
        (0, 0),
        (4_294_967, 0), // 0.999_999_9 ms
        (4_294_968, 1),
        (0x8000_0000, 500),
        (0xffff_ffff_u32, 999),
    ] {
        assert_eq!(with(44, &fraction.to_be_bytes()), Ok(time(1_795_279_182, millis)));
    }
}

fn at_second(seconds: u32, floor: u64) -> Result<u64, SntpError> {
    let mut reply = reply();
    reply[40..44].copy_from_slice(&seconds.to_be_bytes());
    let time = request().read(&reply, Timestamp::from_unix(floor).unwrap());
    time.map(|time| time.timestamp.unix())
}

fn before_floor(now: u64, floor: u64) -> SntpError {
    let at = |unix| Timestamp::from_unix(unix).unwrap();
    SntpError::BeforeFloor { now: at(now), floor: at(floor) }
}

/// 2036-02-07T06:28:16Z, when the seconds of NTP wrap for the first time.
const ERA_1: u64 = 2_085_978_496;
/// 2172-03-15T12:56:32Z, when they wrap for the second time.
const ERA_2: u64 = 6_380_945_792;

#[test]
fn time_continues_when_the_32_bit_seconds_wrap() {
    for (era, floor) in [(ERA_1, RELEASED.unix()), (ERA_2, ERA_2 - 86_400)] {
        assert_eq!(at_second(u32::MAX, floor), Ok(era - 1));
        assert_eq!(at_second(0, floor), Ok(era));
        assert_eq!(at_second(1, floor), Ok(era + 1));
        assert_eq!(at_second(1_000_000_000, floor), Ok(era + 1_000_000_000));
    }
}

#[test]
fn with_a_floor_after_2036_the_seconds_are_of_the_second_era() {
    assert_eq!(at_second(0, ERA_1), Ok(ERA_1));
    assert_eq!(at_second(17, ERA_1 + 17), Ok(ERA_1 + 17));
    assert_eq!(at_second(u32::MAX, ERA_1), Err(before_floor(ERA_1 - 1, ERA_1)));
}

#[test]
fn a_time_before_the_floor_is_not_taken_for_one_of_the_next_era() {
    let floor = RELEASED.unix();
    let first = u32::try_from(floor + 2_208_988_800).unwrap();
    assert_eq!(at_second(first, floor), Ok(floor));
    let before = |now| Err(before_floor(now, floor));
    assert_eq!(at_second(first - 1, floor), before(floor - 1));
    // a server that starts in 1970, and one whose GPS receiver is 1,024 weeks behind
    assert_eq!(at_second(2_208_988_800, floor), before(0));
    assert_eq!(at_second(first - 619_315_200, floor), before(floor - 619_315_200));
    // the nearest era changes at a distance of 2^31 s
    assert_eq!(at_second(first.wrapping_add(0x7fff_ffff), floor), Ok(floor + 0x7fff_ffff));
    assert_eq!(at_second(first.wrapping_add(0x8000_0000), floor), before(0));
}

#[test]
fn a_time_after_the_year_9999_is_refused() {
    let last = 253_402_300_799;
    let [.., a, b, c, d] = u64::to_be_bytes(last + 2_208_988_800);
    let seconds = u32::from_be_bytes([a, b, c, d]);
    assert_eq!(at_second(seconds, last), Ok(last));
    assert_eq!(at_second(seconds + 1, last), Err(SntpError::OutOfRange { now: last + 1 }));
}

#[test]
fn half_of_the_round_trip_is_added_in_milliseconds() {
    let sent = time(1_795_279_182, 250);
    for (round_trip, arrived) in [
        (0, sent),
        (1, sent),
        (2, time(1_795_279_182, 251)),
        (1_499, time(1_795_279_182, 999)),
        (1_500, time(1_795_279_183, 0)),
        (120_000, time(1_795_279_242, 250)),
        (u64::MAX, sent), // no such time
    ] {
        assert_eq!(sent.after(round_trip), arrived, "{round_trip} ms");
    }
}

#[test]
fn random_replies_are_refused_or_read_without_a_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut believed = 0;
    for _ in 0..200_000 {
        let mut bytes = [0; 64];
        bytes.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&random().to_le_bytes()));
        let length = usize::try_from(random() % 65).unwrap();
        assert!(read(&bytes[..length]).is_err());
        bytes[24..32].copy_from_slice(&NONCE);
        bytes[0] = bytes[0] & 0xc0 | 4 << 3 | 4;
        (bytes[1], bytes[4], bytes[8]) = (bytes[1] & 15, 0, 0);
        (bytes[5], bytes[9]) = (bytes[5] & 31, bytes[9] & 31);
        believed += usize::from(read(&bytes).is_ok());
    }
    assert!((1_000..100_000).contains(&believed), "{believed}");
}

#[test]
fn error_sentences_show_the_value_and_the_limit() {
    let sentences = [
        (SntpError::Short { length: 47 }, "reply has 47 bytes, fewer than 48"),
        (SntpError::Foreign, "reply does not repeat the number of the request"),
        (SntpError::Mode { mode: 3 }, "reply has mode 3, a server has 4"),
        (SntpError::Version { version: 2 }, "reply has version 2, neither 3 nor 4"),
        (SntpError::Kiss(Kiss::Deny), "server refuses this client: DENY, do not ask it again"),
        (SntpError::Kiss(Kiss::Restricted), "server refuses this client: RSTR, it serves only others"),
        (SntpError::Kiss(Kiss::Rate), "server refuses this client: RATE, too many requests"),
        (SntpError::Kiss(Kiss::Other(*b"INIT")), "server refuses this client: INIT"),
        (SntpError::Kiss(Kiss::Other([27, 0, b'A', 255])), "server refuses this client: \\x1b\\x00A\\xff"),
        (SntpError::Stratum { stratum: 16 }, "server has stratum 16, the limit is 15"),
        (SntpError::Unsynchronised, "server does not know the time (leap indicator 3)"),
        (
            SntpError::Distance { delay: 1 << 15, dispersion: 20 << 16 },
            "server has a root delay of 0 s and a root dispersion of 20 s, both must be below 16 s",
        ),
        (SntpError::NoTime, "reply has no transmit timestamp"),
        (
            before_floor(17, RELEASED.unix()),
            "server shows 1970-01-01T00:00:17Z, before the earliest possible time, 2026-01-01T00:00:00Z",
        ),
        (
            SntpError::OutOfRange { now: 253_402_300_800 },
            "server shows 253402300800 s since 1970, which is after the year 9999",
        ),
    ];
    for (error, sentence) in sentences {
        assert_eq!(error.to_string(), sentence);
    }
}
