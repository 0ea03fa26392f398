//! Checks a reply and decodes its time.

use super::error::{Kiss, SntpError};
use core::num::NonZeroU64;
use tc3_core::Timestamp;

const VERSION: u8 = 4;
const SERVER_MODE: u8 = 4;
/// Seconds from the NTP epoch (1900) to the Unix epoch (1970).
const NTP_TO_UNIX: u64 = 2_208_988_800;
/// Root delay and root dispersion must be below 16 s (MAXDISP in RFC 5905), here in units of 2^-16 s.
const MAX_DISPERSION: u32 = 16 << 16;

/// Returns the seconds and fraction of the transmit timestamp if the reply passes the checks of RFC
/// 4330.
///
/// The random number is checked first, so that an attacker who did not see the request cannot stop it
/// with a forged Kiss-o'-Death.
pub(super) fn check(reply: &[u8], nonce: NonZeroU64) -> Result<(u32, u32), SntpError> {
    let ([head, delay, dispersion, code, _, _, high, low, _, _, seconds, fraction, ..], _) =
        reply.as_chunks::<4>()
    else {
        return Err(SntpError::Short { length: reply.len() });
    };
    if [*high, *low].as_flattened() != nonce.get().to_be_bytes() {
        return Err(SntpError::Foreign);
    }
    let [flags, stratum, ..] = *head;
    let (leap, version, mode) = (flags >> 6, flags >> 3 & 7, flags & 7);
    if mode != SERVER_MODE {
        return Err(SntpError::Mode { mode });
    }
    // Version 3 has the same layout, and some servers always reply with version 3.
    if version != VERSION && version != 3 {
        return Err(SntpError::Version { version });
    }
    match stratum {
        0 => return Err(SntpError::Kiss(Kiss::from(*code))),
        1..=15 => {}
        _ => return Err(SntpError::Stratum { stratum }),
    }
    if leap == 3 {
        return Err(SntpError::Unsynchronised);
    }
    // The delay is signed. As a `u32`, a negative delay is at least 2^31, so it is refused too.
    let (delay, dispersion) = (u32::from_be_bytes(*delay), u32::from_be_bytes(*dispersion));
    if delay >= MAX_DISPERSION || dispersion >= MAX_DISPERSION {
        return Err(SntpError::Distance { delay, dispersion });
    }
    match (u32::from_be_bytes(*seconds), u32::from_be_bytes(*fraction)) {
        (0, 0) => Err(SntpError::NoTime),
        time => Ok(time),
    }
}

/// Adds the NTP era that brings the seconds nearest to the floor. A time before the floor is an error.
pub(super) fn timestamp(seconds: u32, floor: Timestamp) -> Result<Timestamp, SntpError> {
    let [.., a, b, c, d] = floor.unix().wrapping_add(NTP_TO_UNIX).to_be_bytes();
    let since_floor = seconds.wrapping_sub(u32::from_be_bytes([a, b, c, d])).cast_signed();
    let now = floor.unix().saturating_add_signed(i64::from(since_floor));
    let now = Timestamp::from_unix(now).map_err(|_| SntpError::OutOfRange { now })?;
    if since_floor < 0 {
        return Err(SntpError::BeforeFloor { now, floor });
    }
    Ok(now)
}

/// Converts a fraction in units of 2^-32 s to milliseconds.
pub(super) fn millis(fraction: u32) -> u16 {
    let millis = u64::from(fraction).wrapping_mul(1000) >> 32;
    u16::try_from(millis).unwrap_or_default() // below 1,000
}
