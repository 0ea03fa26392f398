//! The `Date` header of HTTP.

use super::{SECONDS_PER_DAY, calendar::Date};
use core::{error::Error, fmt};

const WEEKDAYS: [&[u8; 3]; 7] = [b"Sun", b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat"];
const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
/// The form of a date: `0` is a digit, `A` is a letter, and other bytes are literal.
const HTTP_DATE: &[u8; 29] = b"AAA, 00 AAA 0000 00:00:00 GMT";

/// The value is not an HTTP date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NotADate {
    /// Offset of the first wrong byte, or of a wrong weekday, day, month, year or time of day.
    pub at: usize,
}

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a date like `Sun, 06 Nov 1994 08:49:37 GMT`: wrong at byte {}", self.at)
    }
}

impl Error for NotADate {}

/// Parses a date into the day since 1970 and the second of that day.
pub(super) fn parse(value: &[u8]) -> Result<(u32, u32), NotADate> {
    let (date, second) = parse_parts(value)?;
    let day = date.to_day();
    // A day that the month does not have does not read back as the same date.
    if Date::from_day(day) != date {
        return Err(NotADate { at: 5 });
    }
    // Day 0 was a Thursday.
    let weekday = WEEKDAYS.iter().cycle().zip(0..=day.wrapping_add(4).wrapping_rem(7)).last();
    if weekday.is_none_or(|(name, _)| !value.starts_with(*name)) {
        return Err(NotADate { at: 0 });
    }
    Ok((day, second))
}

/// Parses date and time, without comparing the weekday with the date.
fn parse_parts(value: &[u8]) -> Result<(Date, u32), NotADate> {
    for (at, form) in HTTP_DATE.iter().enumerate() {
        let matches = match (form, value.get(at)) {
            (b'0', Some(byte)) => byte.is_ascii_digit(),
            (b'A', Some(byte)) => byte.is_ascii_alphabetic(),
            (form, byte) => byte == Some(form),
        };
        if !matches || (at == 28 && value.len() > 29) {
            return Err(NotADate { at: if matches { 29 } else { at } });
        }
    }
    let month = value.get(8..11).unwrap_or_default();
    let month = MONTHS.chunks_exact(3).zip(1u32..).find(|(name, _)| *name == month);
    let (_, month) = month.ok_or(NotADate { at: 8 })?;
    let date = Date { year: number(value, 12, 4), month, day: number(value, 5, 2) };
    let [hour, minute, second] = [17, 20, 23].map(|at| number(value, at, 2));
    if date.year < 1970 {
        return Err(NotADate { at: 12 });
    }
    // 60 is a leap second. As in UNIX time, it counts as the first second of the next minute. Exception: 23:59:60
    // counts as 23:59:59, so that it stays in its day.
    if hour > 23 || minute > 59 || second > 60 {
        return Err(NotADate { at: 17 });
    }
    let of_day = hour.wrapping_mul(60).wrapping_add(minute).wrapping_mul(60).wrapping_add(second);
    Ok((date, of_day.min(SECONDS_PER_DAY.wrapping_sub(1))))
}

/// The number that the `len` digits at byte `at` encode.
fn number(value: &[u8], at: usize, len: usize) -> u32 {
    let digits = value.iter().skip(at).take(len);
    digits.fold(0, |number, digit| number.wrapping_mul(10).wrapping_add(u32::from(digit & 15)))
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
    use crate::time::Timestamp;
    use std::{format, string::String};

    #[test]
    fn every_day_reads_back_from_its_http_date() {
        for day in (0..2_932_897u32).step_by(13) {
            let date = Date::from_day(day);
            let name = WEEKDAYS.iter().cycle().nth((day % 7) as usize + 4).unwrap();
            let month = &MONTHS.chunks(3).nth(date.month as usize - 1).unwrap();
            let (name, month) = (core::str::from_utf8(*name).unwrap(), core::str::from_utf8(month).unwrap());
            let date = format!("{name}, {:02} {month} {:04} 08:49:37 GMT", date.day, date.year);
            let at = Timestamp::from_http_date(&date).unwrap();
            assert_eq!((at.day(), at.unix()), (day, u64::from(day) * 86_400 + 31_777), "{date}");
        }
    }

    #[test]
    fn a_malformed_date_is_refused_at_its_first_wrong_byte() {
        const GOOD: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert!(Timestamp::from_http_date(GOOD).is_ok());
        for at in 0..GOOD.len() {
            assert_eq!(Timestamp::from_http_date(&GOOD[..at]), Err(NotADate { at }));
            let mut wrong = GOOD.as_bytes().to_vec();
            wrong[at] = b'!';
            let wrong = String::from_utf8(wrong).unwrap();
            assert_eq!(Timestamp::from_http_date(&wrong), Err(NotADate { at }));
        }
        for (wrong, at) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT ", 29),
            ("Sun, 06-Nov-1994 08:49:37 GMT ", 7),
            ("Mon, 06 Nov 1994 08:49:37 GMT", 0),
            ("Sun, 30 Feb 1994 08:49:37 GMT", 5),
            ("Sun, 00 Nov 1994 08:49:37 GMT", 5),
            ("Sun, 06 Nox 1994 08:49:37 GMT", 8),
            ("Sun, 06 nov 1994 08:49:37 GMT", 8),
            ("Sun, 06 Nov 1969 08:49:37 GMT", 12),
            ("Sun, 06 Nov 1994 24:49:37 GMT", 17),
            ("Sun, 06 Nov 1994 08:60:37 GMT", 17),
            ("Sun, 06 Nov 1994 08:49:61 GMT", 17),
        ] {
            assert_eq!(Timestamp::from_http_date(wrong), Err(NotADate { at }), "{wrong}");
        }
    }

    #[test]
    fn a_leap_second_belongs_to_the_day_it_ends() {
        let at = Timestamp::from_http_date("Sat, 31 Dec 2016 23:59:60 GMT").unwrap();
        assert_eq!(at.unix(), 1_483_228_799);
    }
}
