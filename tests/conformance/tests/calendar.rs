//! The first and the last second of every UTC day from 1970 to 2199.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test fails by panicking")]

use tc3_core::{Credentials, Signer, Timestamp, api};

const DAY: u64 = 86_400;

/// Every date from 1970-01-01 on, counted day by day without a formula.
fn dates() -> impl Iterator<Item = String> {
    let months = |year: u32| {
        let leap = year.is_multiple_of(400) || (year.is_multiple_of(4) && !year.is_multiple_of(100));
        let february = if leap { 29 } else { 28 };
        (1u32..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    };
    (1970u32..=2199).flat_map(move |year| {
        months(year).flat_map(move |(month, days)| {
            (1u32..=days).map(move |day| format!("{year:04}-{month:02}-{day:02}"))
        })
    })
}

#[test]
fn the_list_of_dates_is_complete() {
    // 230 years with 56 leap days: every fourth year except 2100.
    assert_eq!(dates().count(), 230 * 365 + 56);
    assert_eq!(dates().last().unwrap(), "2199-12-31");
    // The timestamp of the documented sample.
    assert_eq!(dates().nth(1_551_113_065 / 86_400).unwrap(), "2019-02-25");
}

#[test]
fn the_scope_has_the_utc_date_of_the_timestamp_before_and_after_every_midnight() {
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let mut midnight = 0;
    for date in dates() {
        for unix in [midnight, midnight + DAY - 1] {
            let now = Timestamp::from_unix(unix).unwrap();
            let explanation = signer.explain(&request, now);
            let start = format!("TC3-HMAC-SHA256\n{unix}\n{date}/cvm/tc3_request\n");
            assert!(explanation.string_to_sign().to_string().starts_with(&start), "{unix} is not on {date}");

            let credential = format!("TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/{date}/cvm/tc3_request, ");
            let signed = signer.sign(&request, now);
            assert!(signed.authorization().to_string().starts_with(&credential), "{unix} is not on {date}");
            assert_eq!(now.unix(), unix);
        }
        midnight += DAY;
    }
}

#[test]
fn every_date_header_parses_to_its_second() {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    for ((date, weekday), midnight) in dates().zip(WEEKDAYS.iter().cycle()).zip((0u64..).map(|day| day * DAY))
    {
        let mut parts = date.split('-');
        let mut next = || parts.next().unwrap();
        let (year, month, day) = (next(), next().parse::<usize>().unwrap(), next());
        let month = MONTHS.get(month - 1).unwrap();
        for (time, second) in [("00:00:00", 0), ("23:59:59", DAY - 1)] {
            let header = format!("{weekday}, {day} {month} {year} {time} GMT");
            assert_eq!(Timestamp::from_http_date(&header).unwrap().unix(), midnight + second, "{header}");
        }
    }
}

#[test]
fn local_midnight_in_shanghai_still_uses_the_utc_day() {
    // 2019-02-26T00:00:00+08:00
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let signed = signer.sign(&request, Timestamp::from_unix(1_551_110_400).unwrap());
    assert!(signed.authorization().to_string().contains("/2019-02-25/cvm/"));
}
