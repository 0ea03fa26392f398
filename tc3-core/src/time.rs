//! UNIX time, and the UTC date derived from it.

mod calendar;
mod http_date;

pub use http_date::NotADate;

use crate::{
    encode::{
        Encode, Sink,
        decimal::{digits, high, trimmed, wide},
    },
    error::Invalid,
};
use calendar::Date;
use core::fmt;

const SECONDS_PER_DAY: u32 = 86_400;
/// 9999-12-31T23:59:59Z.
const LAST: u64 = 253_402_300_799;
/// The day of [`LAST`].
const LAST_DAY: u32 = low(LAST / wide(SECONDS_PER_DAY));

/// A time in whole seconds, from 1970-01-01T00:00:00Z to the end of the year 9999.
///
/// ```
/// use tc3_core::{Invalid, Timestamp};
///
/// let now = Timestamp::from_unix(1_551_113_065)?;
/// assert_eq!(now.unix(), 1_551_113_065);
/// assert_eq!(now.to_string(), "2019-02-25T16:44:25Z");
/// // milliseconds by mistake
/// assert!(Timestamp::from_unix(1_551_113_065_000).is_err());
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    day: u32,
    /// Second of the day.
    second: u32,
}

impl Timestamp {
    /// A time from whole seconds since 1970.
    ///
    /// # Errors
    /// [`Invalid::Milliseconds`] if the time is after the year 9999.
    pub const fn from_unix(seconds: u64) -> Result<Self, Invalid> {
        // In units of 128 s, of which a day has 675, the number fits 32 bits, and `LAST` is the end of a unit. Saves
        // up to 872 B on a Cortex-M0 over a division of 64 bits.
        let units = low(seconds >> 7);
        if seconds >> 39 != 0 || units > low(LAST >> 7) {
            return Err(Invalid::Milliseconds { seconds });
        }
        let day = high(units, 3_257_812_231) >> 9; // units / 675; factor: 2^41 / 675, rounded up
        Ok(Self { day, second: low(seconds).wrapping_sub(day.wrapping_mul(SECONDS_PER_DAY)) })
    }

    /// Parses the value of an HTTP `Date` header. A device whose clock is wrong can set it from the
    /// server's response.
    ///
    /// Accepts the three forms of RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, which servers must send, and
    /// the obsolete `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. A two-digit
    /// year counts as 1977 to 2076.
    ///
    /// # Errors
    /// [`NotADate`] if the value has another form, the weekday is wrong, or the date does not exist or is before
    /// 1970.
    ///
    /// ```
    /// use tc3_core::Timestamp;
    ///
    /// let date = Timestamp::from_http_date("Mon, 25 Feb 2019 16:44:25 GMT")?;
    /// assert_eq!(date.unix(), 1_551_113_065);
    /// # Ok::<(), tc3_core::NotADate>(())
    /// ```
    pub fn from_http_date(value: &str) -> Result<Self, NotADate> {
        let (day, second) = http_date::parse(value.as_bytes())?;
        Ok(Self { day, second })
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn unix(self) -> u64 {
        wide(self.day).wrapping_mul(wide(SECONDS_PER_DAY)).wrapping_add(wide(self.second))
    }

    /// Days since 1970-01-01, in UTC.
    #[must_use]
    pub const fn day(self) -> u32 {
        self.day
    }

    /// The seconds between two times, in either order.
    #[must_use]
    pub const fn abs_diff(self, other: Self) -> u64 {
        self.unix().abs_diff(other.unix())
    }

    /// The start of a day, given in days since 1970. Days after the year 9999 become its last day.
    pub(crate) fn of_day(day: u32) -> Self {
        Self { day: day.min(LAST_DAY), second: 0 }
    }

    /// `YYYY-MM-DD`, in UTC.
    pub(crate) fn date(self) -> [u8; 10] {
        let mut date = [0; 10];
        self.put_date(&mut date);
        date
    }

    /// Writes [`date`](Self::date) in place.
    pub(crate) fn put_date(self, date: &mut [u8; 10]) {
        Date::from_day(self.day).put(date);
    }
}

/// Date and time in UTC (RFC 3339): `2019-02-25T16:44:25Z`. A signature contains [`unix`](Self::unix) instead.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = Date::from_day(self.day);
        let (hour, minute, second) = (self.second / 3_600, self.second / 60 % 60, self.second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timestamp").field(&self.unix()).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Timestamp {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Timestamp({=u64})", self.unix());
    }
}

impl Encode for Timestamp {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        // As hundreds and a remainder, which fit 32 bits up to the last second: saves 56 B on a Cortex-M0 over a
        // number of 64 bits, and the factor up to 216 B over a division.
        let hundreds = (self.second >> 2).wrapping_mul(5_243) >> 17; // second / 100; factor: 2^17 / 25, rounded up
        let mut decimal = [0; 12];
        if let Some((head, tail)) = decimal.split_last_chunk_mut::<2>() {
            digits(self.day.wrapping_mul(SECONDS_PER_DAY / 100).wrapping_add(hundreds), head);
            digits(self.second.wrapping_sub(hundreds.wrapping_mul(100)), tail);
        }
        trimmed(&decimal, out);
    }
}

const fn low(number: u64) -> u32 {
    let [.., a, b, c, d] = number.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "a test may panic"
    )]

    use super::*;
    use crate::encode::Encoded;
    use std::{
        string::{String, ToString},
        vec::Vec,
    };

    fn encoded(value: impl Encode) -> String {
        Encoded(value).to_string()
    }

    #[test]
    fn a_timestamp_is_encoded_as_its_seconds_in_decimal() {
        let mut seconds: Vec<u64> =
            (0..12).flat_map(|digits| [10u64.pow(digits) - 1, 10u64.pow(digits)]).collect();
        seconds.extend([1_551_113_065, u64::from(u32::MAX), u64::from(u32::MAX) + 1, LAST - 1, LAST]);
        seconds.extend(0..86_400);
        seconds.extend((0..20_000).map(|step| step * 12_670_123));
        for seconds in seconds.into_iter().filter(|seconds| *seconds <= LAST) {
            let at = Timestamp::from_unix(seconds).unwrap();
            assert_eq!(at.unix(), seconds);
            assert_eq!(encoded(at), seconds.to_string());
        }
    }

    #[test]
    fn a_time_is_shown_as_a_date() {
        let show = |seconds| Timestamp::from_unix(seconds).unwrap().to_string();
        assert_eq!(show(7), "1970-01-01T00:00:07Z");
        assert_eq!(show(1_551_113_065), "2019-02-25T16:44:25Z");
        assert_eq!(show(LAST), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn every_day_up_to_the_last_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..=Timestamp::from_unix(LAST).unwrap().day() {
            let civil = Date::from_day(days);
            assert_eq!((civil.year, civil.month, civil.day), (year, month, day));
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            day += 1;
            if day > [31, 28 + u32::from(is_leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1]
            {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!((year, month, day), (10_000, 1, 1));
    }
}
