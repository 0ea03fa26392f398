//! Decides which requests a webhook accepts.

use crate::replays::{Replay, Replays};
use std::fmt;
use tc3_core::{
    Credentials, Timestamp,
    verify::{Demands, Message, Rejection, Verifier, tc3},
};

/// How far a timestamp may be off, in seconds.
const WINDOW: u32 = 60;

/// The number of signatures that are kept. It is enough for 33 requests a second: 33 × 2 × 61 s = 4,026.
const CAPACITY: usize = 4_096;

/// The services whose keys may sign.
const SERVICES: &[&str] = &["cvm", "cls"];

/// A sender that signs its action may call any of these.
const ACTIONS: &[&str] = &["DescribeInstances", "UploadLog", "RunInstances"];

/// A sender that does not sign its action may call only these. The official SDKs are such senders. Someone on the way
/// can replace one of these actions by another, so none may do harm.
const HARMLESS: &[&str] = &["DescribeInstances", "UploadLog"];

/// A webhook with one sender.
#[derive(Debug)]
pub(crate) struct Webhook {
    credentials: Credentials<'static>,
    hosts: &'static [&'static str],
    replays: Replays<CAPACITY>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Rejected(Rejection),
    Replayed(Replay),
}

impl Webhook {
    pub(crate) fn new(
        credentials: Credentials<'static>,
        hosts: &'static [&'static str],
        start: Timestamp,
    ) -> Self {
        Self { credentials, hosts, replays: Replays::new(WINDOW, start) }
    }

    /// Accepts a request once, and returns its action.
    pub(crate) fn accept<'a>(&mut self, message: &Message<'a>, now: Timestamp) -> Result<&'a str, Refusal> {
        let claim = tc3::Claim::read(message)?;
        let demands = Demands::new().hosts(self.hosts).services(SERVICES).signed_body();
        // The names of the signed headers are signed too, so nobody on the way can change the list.
        let demands = match claim.is_signed("X-TC-Action") {
            true => demands.actions(ACTIONS).signed(&["X-TC-Version"]).signed_if_sent(&["X-TC-Region"]),
            false => demands.actions(HARMLESS),
        };
        // With more than one sender, look up the credentials of `claim.secret_id()` here.
        Verifier::new().window(WINDOW).demanding(demands).tc3(&claim, &self.credentials, now)?;
        self.replays.refuse_again(claim.signature(), claim.timestamp(), now).map_err(Refusal::Replayed)?;
        Ok(claim.action())
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::Replayed(replay) => replay.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, Webhook};
    use crate::{HOSTS, ID, KEY, demonstration};
    use serde_json::Value;
    use std::error::Error;
    use tc3_core::{
        Credentials, Timestamp,
        verify::{Body, Message},
    };

    #[test]
    fn what_changed_on_the_way_is_refused_and_what_was_signed_is_accepted_once() -> Result<(), Box<dyn Error>>
    {
        demonstration::run()
    }

    /// One recorded request of each shape that the official SDKs send.
    #[test]
    fn the_four_shapes_of_the_official_sdks_are_accepted() -> Result<(), Box<dyn Error>> {
        let vectors: Value = serde_json::from_str(include_str!("../../../tests/vectors/tc3.json"))?;
        let cases = vectors.pointer("/cases").and_then(Value::as_array).ok_or("no cases")?;
        for id in ["get-two-params", "json-doc", "multipart-text", "body-binary"] {
            let case = cases.iter().find(|case| case["id"] == id).ok_or(id)?;
            let (input, headers) = (&case["input"], case.pointer("/expect/headers"));
            let headers: Vec<_> = headers
                .and_then(Value::as_object)
                .ok_or(id)?
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default().as_bytes()))
                .collect();
            // The body of the last case is recorded in base64: "all 256 byte values".
            let all: Vec<u8> = if id == "body-binary" { (0..=u8::MAX).collect() } else { Vec::new() };
            let body = input["body_utf8"].as_str().map_or(&*all, str::as_bytes);
            let target = format!("/?{}", input["query"].as_str().unwrap_or_default());
            let message = Message {
                method: input["method"].as_str().ok_or(id)?,
                target: &target,
                headers: &headers,
                body: Body::Whole(body),
            };
            let at = input["timestamp"].as_u64().ok_or(id)?;
            let [start, now] = [at.saturating_sub(1), at].map(Timestamp::from_unix);
            let mut webhook = Webhook::new(Credentials::new(ID, KEY)?, HOSTS, start?);
            let early = webhook.accept(&message, Timestamp::from_unix(at.saturating_sub(61))?);
            assert!(matches!(early, Err(Refusal::Rejected(_))), "{id}, 61 s early: {early:?}");
            assert_eq!(webhook.accept(&message, now?), Ok(input["action"].as_str().ok_or(id)?), "{id}");
        }
        Ok(())
    }
}
