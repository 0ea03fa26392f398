//! Decides the answer: the configured one if the signature is valid, otherwise a failure.

use super::{
    answer::Answer,
    config::Config,
    diagnosis::Diagnosis,
    documents,
    hint::hint,
    inbound::Inbound,
    mock::MockAnswer,
    verify::{Refusal, verify},
};
use bytes::Bytes;
use hyper::{Uri, http::request::Parts};
use std::borrow::Cow;
use tc3_core::{HashedPayload, Timestamp, verify::Rejection};

/// What the gateway found out about a request.
pub(super) struct Judgement {
    /// The action, if it could be read.
    pub(super) action: Option<String>,
    pub(super) answer: MockAnswer,
    pub(super) diagnosis: Option<Diagnosis>,
}

/// Verifies a request and decides the answer.
pub(super) fn judge(
    config: &Config,
    head: &Parts,
    (body, payload, has_two_lengths): (Bytes, HashedPayload, bool),
    now: Timestamp,
) -> Judgement {
    let headers: Vec<_> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let (method, target) = (head.method.as_str(), &*target(&head.uri));
    let inbound = Inbound { method, target, headers: &headers, body, payload, has_two_lengths };
    let refused = |answer: Answer| (MockAnswer::from(answer), None);
    if let Err(answer) = documents::check_framing(&inbound) {
        return Judgement { action: None, answer: answer.into(), diagnosis: None };
    }
    let (action, verdict) = verify(&config.accounts, &inbound, now);
    let (answer, diagnosis) = match verdict {
        Ok(accepted) => match documents::check(&inbound, &accepted, config.is_api2) {
            Ok(()) => {
                let set = config.answers.next(&accepted.action);
                (set.unwrap_or_else(|| (config.answer)(&accepted).into()), None)
            }
            Err(answer) => refused(answer),
        },
        Err(Refusal { rejection, diagnosis }) => {
            let more = hint(rejection, &config.accounts, &inbound);
            (refuse(rejection, more, diagnosis.as_ref()).into(), diagnosis)
        }
    };
    Judgement { action, answer, diagnosis }
}

/// Path and query. A request target in absolute or authority form is returned unchanged; the verifier
/// rejects it.
fn target(uri: &Uri) -> Cow<'_, str> {
    match (uri.scheme(), uri.authority(), uri.path_and_query()) {
        (None, None, Some(target)) => target.as_str().into(),
        _ => uri.to_string().into(),
    }
}

/// A longer message is cut: an SDK prints it in one line.
const MAX_MESSAGE: usize = 1500;

fn refuse(rejection: Rejection, hint: Option<String>, diagnosis: Option<&Diagnosis>) -> Answer {
    let mut message = match rejection {
        // The service reports the code of a wrong signature, with this hint in the message.
        Rejection::TooLargeForV1 { .. } => {
            format!("the signature is not validated because of exceeding request size limit: {rejection}")
        }
        _ => rejection.to_string(),
    };
    if let Some(cause) = hint.as_deref().or(diagnosis.map(Diagnosis::cause)) {
        message = format!("{message}: {cause}");
    }
    if let Some(diagnosis) = diagnosis {
        message = format!("{message}\n{diagnosis}");
        if message.len() > MAX_MESSAGE {
            let end = (0..=MAX_MESSAGE).rev().find(|end| message.is_char_boundary(*end));
            message.truncate(end.unwrap_or_default());
            message.push_str(" ...");
        }
    }
    Answer::failure(rejection.code(), message)
}
