//! tc3-core parses the HTTP dates that the crate `httpdate` formats, and no other strings.

use crate::source::Source;
use std::time::{Duration, UNIX_EPOCH};
use tc3_core::Timestamp;

/// Parses the date of any second, and any string.
pub fn check(data: &[u8]) {
    let second = Source::new(data).number() % 253_402_300_800;
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
    assert_eq!(Timestamp::from_http_date(&date).map(Timestamp::unix), Ok(second));
    if let Ok(date) = str::from_utf8(data) {
        let parsed = Timestamp::from_http_date(date);
        assert_eq!(parsed.ok().map(Timestamp::unix), expected(date), "{date}");
        assert!(
            parsed.is_ok_and(|_| date.len() == 29)
                || parsed.is_err_and(|error| error.at <= date.len().min(29))
        );
    }
}

fn expected(date: &str) -> Option<u64> {
    // `httpdate` refuses leap seconds. tc3-core counts one as the first second of the next minute, but
    // at the end of a day as its last second.
    if let Some(start) = date.strip_suffix(":60 GMT") {
        let before = expected(&format!("{start}:59 GMT"))?;
        return Some(before + u64::from(before % 86_400 != 86_399));
    }
    let time = httpdate::parse_http_date(date).ok()?;
    // `httpdate` also parses the two obsolete formats, and dates with a wrong weekday.
    (httpdate::fmt_http_date(time) == date).then_some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
