//! An SNTP reply is accepted if and only if RFC 4330 allows a client to use it.

use core::convert::Infallible;
use reference::Source;
use tc3_core::Timestamp;
use tc3_embedded::entropy::from_fn;
use tc3_embedded::sntp::{Kiss, PACKET, Request, SntpError, Time};

/// Any datagram; most of them repeat the request's transmit timestamp.
pub(crate) fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let (drawn, floor) = (source.number(), source.number() % 253_402_300_800);
    let mut entropy = from_fn(|bytes| {
        bytes.copy_from_slice(&drawn.to_be_bytes());
        Ok::<_, Infallible>(())
    });
    let Ok(request) = Request::draw(&mut entropy) else {
        return assert!(drawn < 2, "63 of its bits are used");
    };
    let timestamp = request.bytes()[40..].to_vec();
    assert_eq!((request.bytes()[0], timestamp.as_slice()), (0x23, (drawn >> 1).to_be_bytes().as_slice()));
    assert!(request.bytes()[1..40].iter().all(|byte| *byte == 0));
    let (wild, round_trip) = (source.wild, source.number() >> 20);
    let mut reply = source.rest().to_vec();
    if let Some(origin) = reply.get_mut(24..32).filter(|_| !wild) {
        origin.copy_from_slice(&timestamp);
    }
    let read = request.read(&reply, Timestamp::from_unix(floor).expect("it is before the year 10000"));
    assert_eq!(read.map(|time| (time.timestamp.unix(), time.millis)), expected(&reply, &timestamp, floor));
    if let Ok(time) = read {
        check_after(time, round_trip);
    }
}

fn check_after(time: Time, round_trip: u64) {
    let millis = |time: Time| time.timestamp.unix() * 1000 + u64::from(time.millis);
    let expected = millis(time) + round_trip / 2;
    let expected = if expected / 1000 > 253_402_300_799 { millis(time) } else { expected };
    assert_eq!(millis(time.after(round_trip)), expected, "{time:?} after {round_trip} ms");
}

fn expected(reply: &[u8], timestamp: &[u8], floor: u64) -> Result<(u64, u16), SntpError> {
    if reply.len() < PACKET {
        return Err(SntpError::Short { length: reply.len() });
    }
    let word = |at: usize| u32::from_be_bytes([reply[at], reply[at + 1], reply[at + 2], reply[at + 3]]);
    let (leap, version, mode, stratum) = (reply[0] / 64, reply[0] / 8 % 8, reply[0] % 8, reply[1]);
    let (delay, dispersion, seconds, fraction) = (word(4), word(8), word(40), word(44));
    let seconds_16 = 16 * 65_536;
    let kiss = match &reply[12..16] {
        b"DENY" => Kiss::Deny,
        b"RSTR" => Kiss::Restricted,
        b"RATE" => Kiss::Rate,
        code => Kiss::Other([code[0], code[1], code[2], code[3]]),
    };
    let checks = [
        (&reply[24..32] != timestamp, SntpError::Foreign),
        (mode != 4, SntpError::Mode { mode }),
        (version != 3 && version != 4, SntpError::Version { version }),
        (stratum == 0, SntpError::Kiss(kiss)),
        (stratum > 15, SntpError::Stratum { stratum }),
        (leap == 3, SntpError::Unsynchronised),
        (delay >= seconds_16 || dispersion >= seconds_16, SntpError::Distance { delay, dispersion }),
        (seconds == 0 && fraction == 0, SntpError::NoTime),
    ];
    if let Some((_, error)) = checks.into_iter().find(|(wrong, _)| *wrong) {
        return Err(error);
    }
    // The NTP era whose time is nearest to the floor.
    let (floor_wide, era) = (i128::from(floor), 1_i128 << 32);
    let first = i128::from(seconds) - 2_208_988_800;
    let eras = (-1..70).map(|era_number| first + era_number * era);
    let now = eras.min_by_key(|now| (2 * (now - floor_wide) + 1).abs()).expect("there are eras");
    match u64::try_from(now.max(0)) {
        _ if now < floor_wide => {
            let at = |unix| Timestamp::from_unix(unix).expect("it is before the year 10000");
            Err(SntpError::BeforeFloor { now: at(now.max(0) as u64), floor: at(floor) })
        }
        Ok(now) if now > 253_402_300_799 => Err(SntpError::OutOfRange { now }),
        now => Ok((now.expect("it is after 1970"), (u64::from(fraction) * 1000 / (1 << 32)) as u16)),
    }
}
