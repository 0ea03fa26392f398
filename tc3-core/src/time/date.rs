//! The UTC date of a day, and the day of a date.

use crate::encode::decimal::{digits, high};

/// A date in the proleptic Gregorian calendar. The calculations let years begin in March, so that the leap
/// day is the last day of its year.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

/// Days from 0000-03-01 to 1970-01-01.
const DAYS_TO_EPOCH: u32 = 719_468;
/// Days in 400 years.
const DAYS_PER_ERA: u32 = 146_097;

impl Date {
    /// By Cassio Neri and Lorenz Schneider, "Euclidean affine functions and their application to calendar
    /// algorithms". Each factor is a scaled reciprocal, and exact up to the end of the year 9999. Saves up to 196 B
    /// on a Cortex-M0 over divisions.
    pub(super) fn from_day(day: u32) -> Self {
        // Counted in quarters of a day, all centuries have the same length, and so have all years of a century.
        let quarters = day.wrapping_add(DAYS_TO_EPOCH).wrapping_mul(4).wrapping_add(3);
        let century = high(quarters, 240_828_848) >> 13; // 2^45 / 146,097
        let quarters = quarters.wrapping_sub(century.wrapping_mul(DAYS_PER_ERA)) | 3;
        let year_of_century = high(quarters, 2_939_745); // 2^32 / 1,461
        let day_of_year = quarters.wrapping_sub(year_of_century.wrapping_mul(1_461)) >> 2;
        let mut year = century.wrapping_mul(100).wrapping_add(year_of_century);
        // A linear function of the day gives the month, in units of 1/65,536 month.
        let months = day_of_year.wrapping_mul(2_141).wrapping_add(197_913);
        let mut month = months >> 16;
        let day = ((months & 0xffff).wrapping_mul(31_345) >> 26).wrapping_add(1); // 2^26 / 2,141
        if month > 12 {
            (year, month) = (year.wrapping_add(1), month.wrapping_sub(12));
        }
        Self { year, month, day }
    }

    /// By Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
    pub(super) fn to_day(self) -> u32 {
        let (year, march_month) = if self.month > 2 {
            (self.year, self.month.wrapping_sub(3))
        } else {
            (self.year.wrapping_sub(1), self.month.wrapping_add(9))
        };
        let (era, year_of_era) = (year / 400, year % 400);
        era.wrapping_mul(DAYS_PER_ERA)
            .wrapping_add(days_before_year(year_of_era))
            .wrapping_add(days_before_month(march_month))
            .wrapping_add(self.day)
            .wrapping_sub(DAYS_TO_EPOCH.wrapping_add(1))
    }

    /// Writes `YYYY-MM-DD`. "Date is a date in UTC time, and this value must be matched the value of
    /// X-TC-Timestamp."
    pub(super) fn put(self, date: &mut [u8; 10]) {
        let Self { year, month, day } = self;
        // Year and month as one number with a three-digit month, whose leading zero the dash overwrites: saves 32 B
        // on RV32IMC.
        let [year_and_month @ .., dash, _, _] = date;
        digits(year.wrapping_mul(1_000).wrapping_add(month), year_and_month);
        *dash = b'-';
        let [_, _, _, _, dash, _, _, _, day_of_month @ ..] = date;
        *dash = b'-';
        digits(day, day_of_month);
    }
}

fn days_before_year(year_of_era: u32) -> u32 {
    year_of_era.wrapping_mul(365).wrapping_add(year_of_era / 4).wrapping_sub(year_of_era / 100)
}

fn days_before_month(march_month: u32) -> u32 {
    march_month.wrapping_mul(153).wrapping_add(2) / 5
}
