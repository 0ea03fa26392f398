//! The response body: the service's JSON envelope.

use super::accepted::Accepted;
use serde_json::{Map, Value, json};
use std::time::{Duration, UNIX_EPOCH};
use tc3_core::Timestamp;

/// What the gateway responds to an accepted request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// Success, with these fields. The gateway adds `RequestId`.
    Fields(Map<String, Value>),
    /// An `Error` with this code and message.
    Failure {
        /// The error code, such as `InvalidParameter`.
        code: String,
        /// A description for people.
        message: String,
    },
}

/// The default answer: an `Echo` object that describes the request.
pub(super) fn echo(accepted: &Accepted) -> Answer {
    let Accepted { method, scheme, secret_id, service, action, version, region, .. } = accepted;
    let digest = accepted.payload.digest().map(|byte| format!("{byte:02x}")).concat();
    let echo = json!({
        "Method": method, "Signature": scheme.to_string(), "SecretId": secret_id,
        "Service": service, "Action": action, "Version": version, "Region": region,
        "ContentType": accepted.content_type, "Query": accepted.query,
        "BodySha256": digest, "BodySize": accepted.payload.len(),
    });
    Answer::Fields(Map::from_iter([("Action".to_owned(), json!(action)), ("Echo".to_owned(), echo)]))
}

impl Answer {
    pub(super) fn failure(code: &str, message: String) -> Self {
        Self::Failure { code: code.to_owned(), message }
    }

    /// Code and message of a failure; `None` for a success.
    pub(super) fn error(&self) -> Option<(String, String)> {
        match self {
            Self::Failure { code, message } => Some((code.clone(), message.clone())),
            Self::Fields(_) => None,
        }
    }

    /// `{"Response":{…,"RequestId":"…"}}`
    pub(super) fn envelope(self, request_id: &str) -> String {
        let mut fields = match self {
            Self::Fields(fields) => fields,
            Self::Failure { code, message } => {
                Map::from_iter([("Error".to_owned(), json!({"Code": code, "Message": message}))])
            }
        };
        fields.insert("RequestId".to_owned(), json!(request_id));
        json!({ "Response": fields }).to_string()
    }
}

/// A random UUID (version 4), like the service's.
pub(super) fn request_id() -> String {
    let random = getrandom::u64().and_then(|a| getrandom::u64().map(|b| (a, b)));
    let (a, b) = random.unwrap_or_default();
    let (a, b) = (a & !0xf000 | 0x4000, b & !(0b11 << 62) | 0b10 << 62);
    let [hex_a, hex_b] = [a, b].map(|half| format!("{half:016x}"));
    let part = |half: &str, from, to| half.get(from..to).unwrap_or_default().to_owned();
    let (a, b) = (hex_a.as_str(), hex_b.as_str());
    [part(a, 0, 8), part(a, 8, 12), part(a, 12, 16), part(b, 0, 4), part(b, 4, 16)].join("-")
}

/// The value of the header Date.
pub(super) fn http_date(now: Timestamp) -> String {
    let now = UNIX_EPOCH.checked_add(Duration::from_secs(now.unix()));
    httpdate::fmt_http_date(now.unwrap_or(UNIX_EPOCH))
}
