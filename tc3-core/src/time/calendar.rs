//! Converts between days since 1970-01-01 and calendar dates.

use crate::encode::decimal::{digits, high};

/// A date in the proleptic Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

// The calculations let each year begin on 1 March, so that the leap day is its last day.

/// Days from 0000-03-01 to 1970-01-01.
const DAYS_TO_EPOCH: u32 = 719_468;
/// Days in 400 years, and so also the quarter-days in 100 years.
const DAYS_PER_ERA: u32 = 146_097;

impl Date {
    /// The date of a day counted from 1970-01-01. Algorithm: Cassio Neri and Lorenz Schneider, "Euclidean affine
    /// functions and their application to calendar algorithms".
    // Each multiplication replaces a division, which saves up to 196 B on a Cortex-M0. The results are exact up to
    // the year 9999.
    pub(super) fn from_day(day: u32) -> Self {
        // In quarter-days, every century has 146,097 and every year of a century 1,461. A day belongs to the year in
        // which its last quarter lies, which `+ 3` and `| 3` select.
        let quarters = day.wrapping_add(DAYS_TO_EPOCH).wrapping_mul(4).wrapping_add(3);
        let century = high(quarters, 240_828_848) >> 13; // quarters / 146,097; factor: 2^45 / 146,097, rounded up
        let quarters = quarters.wrapping_sub(century.wrapping_mul(DAYS_PER_ERA)) | 3;
        let year_of_century = high(quarters, 2_939_745); // quarters / 1,461; factor: 2^32 / 1,461, rounded up
        let day_of_year = quarters.wrapping_sub(year_of_century.wrapping_mul(1_461)) >> 2;
        let mut year = century.wrapping_mul(100).wrapping_add(year_of_century);
        // The upper 16 bits are the month, from 3 to 14. The lower 16 give the day in the month.
        let months = day_of_year.wrapping_mul(2_141).wrapping_add(197_913);
        let mut month = months >> 16;
        // The lower 16 bits / 2,141; factor: 2^26 / 2,141, rounded up.
        let day = ((months & 0xffff).wrapping_mul(31_345) >> 26).wrapping_add(1);
        if month > 12 {
            (year, month) = (year.wrapping_add(1), month.wrapping_sub(12));
        }
        Self { year, month, day }
    }

    /// Days from 1970-01-01 to this date. Algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
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
            // Plus 1, because days of the month count from 1.
            .wrapping_sub(DAYS_TO_EPOCH.wrapping_add(1))
    }

    /// Writes `YYYY-MM-DD`.
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

/// Days from 1 March to the first of a month; March is 0.
fn days_before_month(march_month: u32) -> u32 {
    march_month.wrapping_mul(153).wrapping_add(2) / 5
}
