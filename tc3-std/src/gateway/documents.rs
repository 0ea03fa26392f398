//! Refuses requests that are signed well and that the documents do not allow.

use super::{
    accepted::{Accepted, Scheme},
    answer::Answer,
    inbound::Inbound,
};
use serde_json::Value;

const FORM: &str = "application/x-www-form-urlencoded";

/// Refuses a request whose length is not clear, whatever its signature is.
///
/// RFC 9112, section 6.1: "A server MAY reject a request that contains both Content-Length and Transfer-Encoding".
pub(super) fn check_framing(inbound: &Inbound<'_>) -> Result<(), Answer> {
    match inbound.has_two_lengths {
        true => refuse(
            "InvalidRequest",
            "the request has both Content-Length and Transfer-Encoding: send one of them",
        ),
        false => Ok(()),
    }
}

/// Checks an accepted request against the documents. `is_api2` allows v1 without a version.
pub(super) fn check(inbound: &Inbound<'_>, accepted: &Accepted, is_api2: bool) -> Result<(), Answer> {
    let is_v1 = matches!(accepted.scheme, Scheme::HmacSha1 | Scheme::HmacSha256);
    let region = inbound.header("x-tc-region").map(<[u8]>::trim_ascii);
    if accepted.region.as_deref() == Some("") || !is_v1 && region == Some(b"") {
        return refuse("InvalidParameterValue", "the region is empty: leave it out if the action needs none");
    }
    if is_v1 {
        let has_version = accepted.version.as_deref().is_some_and(|version| !version.is_empty());
        return match has_version || is_api2 {
            true => Ok(()),
            false => {
                refuse("MissingParameter", "Version is missing: only API 2.0 has none (tc3 serve --api2)")
            }
        };
    }
    let content_type = accepted.content_type.as_deref().unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match (accepted.method.as_str(), media_type.as_str()) {
        ("GET", FORM) => Ok(()),
        ("GET", _) => refuse(
            "InvalidParameterValue",
            format!("the Content-Type of a GET must be {FORM}, and it is {content_type}"),
        ),
        (_, FORM) => refuse(
            "InvalidParameterValue",
            "a form must be signed with HmacSHA1 or HmacSHA256: with TC3-HMAC-SHA256, send application/json or \
             multipart/form-data",
        ),
        (_, "application/json") => check_json(&accepted.body),
        _ => Ok(()),
    }
}

/// A body of JSON must be one object.
fn check_json(body: &[u8]) -> Result<(), Answer> {
    if body.is_empty() {
        return refuse(
            "InvalidParameter",
            "the body is empty and Content-Type says application/json: send at least {}",
        );
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(_)) => Ok(()),
        Ok(_) => {
            refuse("InvalidParameter", "the body must be a JSON object, {...}, and is another JSON value")
        }
        Err(error) => {
            refuse("InvalidParameter", format!("the body is not JSON in UTF-8: {error}{}", guess(body)))
        }
    }
}

/// What a body that is not JSON probably is.
fn guess(body: &[u8]) -> &'static str {
    match body {
        [0xef, 0xbb, 0xbf, ..] => " (it begins with a byte order mark)",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => " (it is UTF-16)",
        [b'@', ..] => " (it begins with @: the name of a file?)",
        [b'\'', ..] => " (it has quotes of a shell around it)",
        _ if str::from_utf8(body).is_err() => " (it is not UTF-8)",
        [b'{', b'a'..=b'z' | b'A'..=b'Z', ..] => " (a shell took the quotes)",
        _ => "",
    }
}

fn refuse(code: &str, message: impl Into<String>) -> Result<(), Answer> {
    Err(Answer::failure(code, message.into()))
}
