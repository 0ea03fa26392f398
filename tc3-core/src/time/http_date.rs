//! The `Date` header of HTTP.

use super::{SECONDS_PER_DAY, calendar::Date};
use core::{error::Error, fmt};

/// The names in an RFC 850 date. The other forms have their first three letters.
const WEEKDAYS: [&[u8]; 7] =
    [b"Sunday", b"Monday", b"Tuesday", b"Wednesday", b"Thursday", b"Friday", b"Saturday"];
const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// What follows the weekday in one form of a date, and at which byte of it each part begins.
struct Form {
    /// `0` is a digit, `_` a digit or a space, `A` a letter, and other bytes are literal.
    text: &'static [u8],
    day: usize,
    month: usize,
    year: usize,
    year_digits: usize,
    time: usize,
}

#[rustfmt::skip]
const IMF_FIXDATE: Form = Form { text: b", 00 AAA 0000 00:00:00 GMT", day: 2, month: 5, year: 9, year_digits: 4, time: 14 };
#[rustfmt::skip]
const RFC_850: Form = Form { text: b", 00-AAA-00 00:00:00 GMT", day: 2, month: 5, year: 9, year_digits: 2, time: 12 };
#[rustfmt::skip]
const ASCTIME: Form = Form { text: b" AAA _0 00:00:00 0000", day: 5, month: 1, year: 17, year_digits: 4, time: 8 };

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
    let letters = value.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (name, rest) = value.split_at_checked(letters).unwrap_or_default();
    let form = match (letters, rest) {
        (..3, _) => return Err(NotADate { at: letters }),
        (3, [b' ', ..]) => &ASCTIME,
        (3, _) => &IMF_FIXDATE,
        _ => &RFC_850,
    };
    let wrong = |at: usize| NotADate { at: letters.wrapping_add(at) };
    let (date, second) = parse_parts(rest, form).map_err(wrong)?;
    let day = date.to_day();
    // A day that the month does not have does not read back as the same date.
    if Date::from_day(day) != date {
        return Err(wrong(form.day));
    }
    // Day 0 was a Thursday.
    let weekday = WEEKDAYS.iter().cycle().zip(0..=day.wrapping_add(4).wrapping_rem(7)).last();
    let is_name = |weekday: &[u8]| if letters == 3 { weekday.starts_with(name) } else { weekday == name };
    if weekday.is_none_or(|(weekday, _)| !is_name(weekday)) {
        return Err(NotADate { at: 0 });
    }
    Ok((day, second))
}

/// Parses date and time after the weekday. An error is the offset of the wrong byte or part.
fn parse_parts(value: &[u8], form: &Form) -> Result<(Date, u32), usize> {
    for (at, expected) in form.text.iter().enumerate() {
        let matches = match (expected, value.get(at)) {
            (b'0', Some(byte)) => byte.is_ascii_digit(),
            (b'_', Some(byte)) => byte.is_ascii_digit() || *byte == b' ',
            (b'A', Some(byte)) => byte.is_ascii_alphabetic(),
            (expected, byte) => byte == Some(expected),
        };
        if !matches {
            return Err(at);
        }
    }
    if value.len() > form.text.len() {
        return Err(form.text.len());
    }
    let month = value.get(form.month..form.month.wrapping_add(3)).unwrap_or_default();
    let month = MONTHS.chunks_exact(3).zip(1u32..).find(|(name, _)| *name == month);
    let (_, month) = month.ok_or(form.month)?;
    let year = match (form.year_digits, number(value, form.year, form.year_digits)) {
        (2, year) if year > LAST_OF_2000S => year.wrapping_add(1900),
        (2, year) => year.wrapping_add(2000),
        (_, year) => year,
    };
    let date = Date { year, month, day: number(value, form.day, 2) };
    let [hour, minute, second] = [0, 3, 6].map(|at| number(value, form.time.wrapping_add(at), 2));
    if date.year < 1970 {
        return Err(form.year);
    }
    // 60 is a leap second. As in UNIX time, it counts as the first second of the next minute. Exception: 23:59:60
    // counts as 23:59:59, so that it stays in its day.
    if hour > 23 || minute > 59 || second > 60 {
        return Err(form.time);
    }
    let of_day = hour.wrapping_mul(60).wrapping_add(minute).wrapping_mul(60).wrapping_add(second);
    Ok((date, of_day.min(SECONDS_PER_DAY.wrapping_sub(1))))
}

/// The last year of two digits that counts as 20xx.
///
/// RFC 9110, section 5.6.7: "Recipients of a timestamp value in rfc850-date format, which uses a two-digit year, MUST
/// interpret a timestamp that appears to be more than 50 years in the future as representing the most recent year in the
/// past that had the same last two digits." The 50 years are counted from 2026, not from now: the caller's clock may be
/// wrong, and is perhaps to be set from this date.
const LAST_OF_2000S: u32 = 76;

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
    use std::format;

    #[test]
    fn every_day_reads_back_from_its_http_date() {
        for day in (0..2_932_897u32).step_by(13) {
            let date = Date::from_day(day);
            let name = WEEKDAYS.iter().cycle().nth((day % 7) as usize + 4).unwrap();
            let month = &MONTHS.chunks(3).nth(date.month as usize - 1).unwrap();
            let (name, month) = (core::str::from_utf8(name).unwrap(), core::str::from_utf8(month).unwrap());
            let (short, Date { day: date, year, .. }) = (&name[..3], date);
            let mut dates = std::vec![
                format!("{short}, {date:02} {month} {year:04} 08:49:37 GMT"),
                format!("{short} {month} {date:2} 08:49:37 {year:04}"),
            ];
            if (1977..=2076).contains(&year) {
                dates.push(format!("{name}, {date:02}-{month}-{:02} 08:49:37 GMT", year % 100));
            }
            for date in dates {
                let at = Timestamp::from_http_date(&date).unwrap();
                assert_eq!((at.day(), at.unix()), (day, u64::from(day) * 86_400 + 31_777), "{date}");
            }
        }
    }

    #[test]
    fn a_malformed_date_is_refused_at_its_first_wrong_byte() {
        for good in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(Timestamp::from_http_date(good).map(Timestamp::unix), Ok(784_111_777), "{good}");
            for at in 0..good.len() {
                assert_eq!(Timestamp::from_http_date(&good[..at]), Err(NotADate { at }), "{good}");
                let wrong = format!("{}!{}", &good[..at], &good[at + 1..]);
                assert_eq!(Timestamp::from_http_date(&wrong), Err(NotADate { at }), "{wrong}");
            }
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
            ("Sunda, 06-Nov-94 08:49:37 GMT", 0),
            ("Sundays, 06-Nov-94 08:49:37 GMT", 0),
            ("Sunday, 06 Nov 1994 08:49:37 GMT", 10),
            ("Sunday, 06-Nov-94 08:49:37 GMT+", 30),
            ("Sunday, 31-Nov-94 08:49:37 GMT", 8),
            ("Sun Nov 31 08:49:37 1994", 8),
            ("Sun Nov  6 08:49:37 1969", 20),
            ("Sun Nov  6 08:49:37 1994 ", 24),
            ("Thursday, 01-Jan-70 00:00:00 GMT", 0),
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
