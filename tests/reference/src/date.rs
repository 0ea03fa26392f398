//! tc3-core parses the HTTP dates that the crate `httpdate` formats, and no other strings.

use crate::rows::{format_error, without_allocating};
use crate::source::Source;
use std::time::{Duration, UNIX_EPOCH};
use tc3_core::Timestamp;

/// Parses the date of any second, and any string.
pub fn check(data: &[u8]) {
    let second = Source::new(data).number() % 253_402_300_800;
    let date = format(second);
    let obsolete = obsolete(&date).into_iter().flatten();
    for date in obsolete.chain([date.clone()]) {
        assert_eq!(Timestamp::from_http_date(&date).map(Timestamp::unix), Ok(second), "{date}");
    }
    if let Ok(date) = str::from_utf8(data) {
        let parsed = without_allocating("parsing a date", || Timestamp::from_http_date(date));
        let _ = parsed.map_err(|error| format_error(&error));
        assert_eq!(parsed.ok().map(Timestamp::unix), expected(date), "{date}");
        let is_in_range =
            parsed.map_or_else(|error| error.at <= date.len(), |_| (24..=33).contains(&date.len()));
        assert!(is_in_range, "{date:?} of {} bytes: {parsed:?}", date.len());
    }
}

/// The HTTP date of a second since 1970.
pub fn format(second: u64) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second))
}

fn expected(date: &str) -> Option<u64> {
    // `httpdate` refuses leap seconds. tc3-core counts one as the first second of the next minute, but
    // at the end of a day as its last second.
    if let Some(start) = date.strip_suffix(":60 GMT") {
        let before = expected(&format!("{start}:59 GMT"))?;
        return Some(before + u64::from(before % 86_400 != 86_399));
    }
    let time = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    // `httpdate` also parses dates with a wrong weekday, and takes two digits for a year from 1970 to 2069.
    let seconds = [time.as_secs(), time.as_secs() + 36_525 * 86_400];
    let forms = |second: &u64| obsolete(&format(*second)).into_iter().flatten().chain([format(*second)]);
    seconds.into_iter().find(|second| forms(second).any(|form| form == date))
}

/// The same date in the forms of asctime and, from 1977 to 2076, of RFC 850.
fn obsolete(date: &str) -> [Option<String>; 2] {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let [short, day, month, year, time, _] = date.split(' ').collect::<Vec<_>>()[..] else {
        return [None, None];
    };
    let short = &short[..3];
    let asctime = format!("{short} {month} {:>2} {time} {year}", day.trim_start_matches('0'));
    let name = NAMES.into_iter().find(|name| name.starts_with(short)).expect("a weekday");
    let rfc_850 = format!("{name}, {day}-{month}-{} {time} GMT", &year[2..]);
    [Some(asctime), ("1977"..="2076").contains(&year).then_some(rfc_850)]
}
