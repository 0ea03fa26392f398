//! Decides the answer: the configured one if the signature is valid, otherwise a failure.

use super::{
    answer::Answer,
    config::Config,
    verify::{Inbound, verify},
};
use bytes::Bytes;
use hyper::{Uri, http::request::Parts};
use std::borrow::Cow;
use tc3_core::{HashedPayload, Timestamp, verify::Rejection};

/// Verifies a request. Returns the action, if it could be read, and the answer.
pub(super) fn judge(
    config: &Config,
    head: &Parts,
    (body, payload): (Bytes, HashedPayload),
    now: Timestamp,
) -> (Option<String>, Answer) {
    let headers: Vec<_> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let (method, target) = (head.method.as_str(), &*target(&head.uri));
    let inbound = Inbound { method, target, headers: &headers, body, payload };
    let (action, verdict) = verify(&config.accounts, &inbound, now);
    let answer = match verdict {
        Ok(accepted) => (config.answer)(&accepted),
        Err(rejection) => refuse(rejection),
    };
    (action, answer)
}

/// Path and query. A request target in absolute or authority form is returned unchanged; the verifier
/// rejects it.
fn target(uri: &Uri) -> Cow<'_, str> {
    match (uri.scheme(), uri.authority(), uri.path_and_query()) {
        (None, None, Some(target)) => target.as_str().into(),
        _ => uri.to_string().into(),
    }
}

fn refuse(rejection: Rejection) -> Answer {
    let message = match rejection {
        // The service reports the code of a wrong signature, with this hint in the message.
        Rejection::TooLargeForV1 { .. } => {
            format!("the signature is not validated because of exceeding request size limit: {rejection}")
        }
        _ => rejection.to_string(),
    };
    Answer::failure(rejection.code(), message)
}
