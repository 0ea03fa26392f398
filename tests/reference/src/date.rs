//! tc3-core parses the HTTP dates that the crate `httpdate` formats, and no other strings.

use crate::rows::{format_error, without_allocating};
use crate::source::Source;
use std::time::{Duration, UNIX_EPOCH};
use tc3_core::Timestamp;

/// Parses the date of any second, and any string.
pub fn check(data: &[u8]) {
    let second = Source::new(data).number() % 253_402_300_800;
    assert_eq!(Timestamp::from_http_date(&format(second)).map(Timestamp::unix), Ok(second));
    if let Ok(date) = str::from_utf8(data) {
        let parsed = without_allocating("parsing a date", || Timestamp::from_http_date(date));
        let _ = parsed.map_err(|error| format_error(&error));
        assert_eq!(parsed.ok().map(Timestamp::unix), expected(date), "{date}");
        let is_in_range = parsed.map_or_else(|error| error.at <= date.len().min(29), |_| date.len() == 29);
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
    let time = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs();
    // `httpdate` also parses the two obsolete formats, and dates with a wrong weekday.
    (format(time) == date).then_some(time)
}
