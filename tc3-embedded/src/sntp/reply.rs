//! Checks a reply.

use super::error::{Kiss, SntpError};
use core::num::NonZeroU64;
use tc3_core::Timestamp;

const VERSION: u8 = 4;
/// The mode of a server.
const SERVER: u8 = 4;
/// From 1900, the epoch of NTP, to 1970.
const SECONDS_TO_EPOCH: u64 = 2_208_988_800;
/// "Less than infinity, where infinity is currently a cozy number like 16 seconds", in units of
/// 2^-16 s.
const INFINITY: u32 = 16 << 16;

/// Returns seconds and fraction of the transmit timestamp, if the reply passes the checks of RFC
/// 4330.
///
/// The random number is checked first, so that a forger who did not see the request cannot even
/// send a kiss o' death.
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
    if mode != SERVER {
        return Err(SntpError::Mode { mode });
    }
    // Version 3 has the same layout, and some servers always answer with it.
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
    // The delay is signed. Read as unsigned, a negative one exceeds the limit too.
    let (delay, dispersion) = (u32::from_be_bytes(*delay), u32::from_be_bytes(*dispersion));
    if delay >= INFINITY || dispersion >= INFINITY {
        return Err(SntpError::Distance { delay, dispersion });
    }
    match (u32::from_be_bytes(*seconds), u32::from_be_bytes(*fraction)) {
        (0, 0) => Err(SntpError::NoTime),
        time => Ok(time),
    }
}

/// The time nearest to the floor that these seconds can mean, unless it is before the floor.
pub(super) fn timestamp(seconds: u32, floor: Timestamp) -> Result<Timestamp, SntpError> {
    let [.., a, b, c, d] = floor.unix().wrapping_add(SECONDS_TO_EPOCH).to_be_bytes();
    let after = seconds.wrapping_sub(u32::from_be_bytes([a, b, c, d])).cast_signed();
    let now = floor.unix().saturating_add_signed(i64::from(after));
    let now = Timestamp::from_unix(now).map_err(|_| SntpError::OutOfRange { now })?;
    if after < 0 {
        return Err(SntpError::BeforeFloor { now, floor });
    }
    Ok(now)
}

/// The milliseconds in a fraction of 2^-32 s.
pub(super) fn millis(fraction: u32) -> u16 {
    let millis = u64::from(fraction).wrapping_mul(1000) >> 32;
    u16::try_from(millis).unwrap_or_default() // below 1,000
}
