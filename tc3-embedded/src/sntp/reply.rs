//! What a reply has to be.

use super::{Kiss, SERVER, SntpError, VERSION};
use core::num::NonZeroU64;
use tc3_core::Timestamp;

/// From 1900, where the scale of NTP begins, to 1970.
const SECONDS_TO_EPOCH: u64 = 2_208_988_800;
/// "Less than infinity, where infinity is currently a cozy number like 16 seconds", in units of
/// 2^-16 s.
const INFINITY: u32 = 16 << 16;

/// Seconds and fraction of the transmit timestamp, if the reply is one that RFC 4330 lets a client
/// believe.
///
/// The number comes before all else: only who saw the request can say anything at all, be it that
/// the client should stay away.
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
    // The layout is that of version 3, and some servers answer with 3 whatever was asked.
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
    // A negative delay, as a number without sign, is over the limit too.
    let (delay, dispersion) = (u32::from_be_bytes(*delay), u32::from_be_bytes(*dispersion));
    if delay >= INFINITY || dispersion >= INFINITY {
        return Err(SntpError::Distance { delay, dispersion });
    }
    match (u32::from_be_bytes(*seconds), u32::from_be_bytes(*fraction)) {
        (0, 0) => Err(SntpError::NoTime),
        time => Ok(time),
    }
}

/// The moment nearest to the floor that these seconds can mean, unless it is before the floor.
pub(super) fn unix(seconds: u32, floor: Timestamp) -> Result<Timestamp, SntpError> {
    let floor = floor.unix();
    let [.., a, b, c, d] = floor.wrapping_add(SECONDS_TO_EPOCH).to_be_bytes();
    let after = seconds.wrapping_sub(u32::from_be_bytes([a, b, c, d])).cast_signed();
    let now = floor.saturating_add_signed(i64::from(after));
    if after < 0 {
        return Err(SntpError::BeforeFloor { now, floor });
    }
    Timestamp::from_unix(now).map_err(|_| SntpError::OutOfRange { now })
}

/// The milliseconds in a fraction of 2^-32 s.
pub(super) fn millis(fraction: u32) -> u16 {
    let millis = u64::from(fraction).wrapping_mul(1000) >> 32;
    u16::try_from(millis).unwrap_or_default() // below 1,000
}
