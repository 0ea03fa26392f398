//! An HTTP date is read as the crate `httpdate` writes it, and as nothing else.

use crate::source::Source;
use std::time::{Duration, UNIX_EPOCH};
use tc3_core::Timestamp;

/// Any second, and any text.
pub fn check(data: &[u8]) {
    let second = Source::new(data).number() % 253_402_300_800;
    let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
    assert_eq!(Timestamp::from_http_date(&text).map(Timestamp::unix), Ok(second));
    if let Ok(text) = str::from_utf8(data) {
        let read = Timestamp::from_http_date(text);
        assert_eq!(read.ok().map(Timestamp::unix), expected(text), "{text}");
        assert!(
            read.is_ok_and(|_| text.len() == 29) || read.is_err_and(|error| error.at <= text.len().min(29))
        );
    }
}

fn expected(text: &str) -> Option<u64> {
    // The crate knows no leap second; here it belongs to the minute that it ends.
    if let Some(start) = text.strip_suffix(":60 GMT") {
        let before = expected(&format!("{start}:59 GMT"))?;
        return Some(before + u64::from(before % 86_400 != 86_399));
    }
    let time = httpdate::parse_http_date(text).ok()?;
    // It reads the two older forms too, and any day of the week.
    (httpdate::fmt_http_date(time) == text).then_some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
