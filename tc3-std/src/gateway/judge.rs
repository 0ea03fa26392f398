//! Whether a request is accepted, and the code it is refused with if not.

use super::{Account, Answer, Config, Received, Scheme};
use bytes::Bytes;
use hyper::{
    Method, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue},
    http::request::Parts,
};
use std::borrow::Cow;
use tc3_core::{
    HashedPayload, Limit, Timestamp,
    verify::{Body, Message, Rejection, Verifier, tc3, v1},
};

/// A request as it came from a connection.
pub(super) struct Inbound<'a> {
    pub(super) head: &'a Parts,
    pub(super) kept: Bytes,
    pub(super) payload: HashedPayload,
}

/// Verifies a request and answers it. The action, if one could be read, goes into the record.
pub(super) fn judge(config: &Config, inbound: &Inbound<'_>, now: Timestamp) -> (Option<String>, Answer) {
    let headers: Vec<_> =
        inbound.head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let target = &target(&inbound.head.uri);
    let is_v1 = is_v1(inbound.head);
    let body = if is_v1 { Body::Whole(&inbound.kept) } else { Body::Hashed(inbound.payload) };
    let message = Message { method: inbound.head.method.as_str(), target, headers: &headers, body };
    let mut action = None;
    let verdict = match is_v1 {
        true => check_v1(config, inbound, &message, now, &mut action),
        false => check_tc3(config, inbound, &message, now, &mut action),
    };
    let answer = match verdict {
        Ok(received) => (config.answer)(&received),
        Err(rejection) => refuse(rejection),
    };
    (action, answer)
}

/// Path and query. A target of any other form, which names a server, goes to the verifier as a whole.
fn target(uri: &Uri) -> Cow<'_, str> {
    match (uri.scheme(), uri.authority(), uri.path_and_query()) {
        (None, None, Some(target)) => target.as_str().into(),
        _ => uri.to_string().into(),
    }
}

/// What is not signed in its headers is signed in its parameters, if it has any: those of a form,
/// or of a GET that does not even name its action in a header.
fn is_v1(head: &Parts) -> bool {
    if head.headers.contains_key(AUTHORIZATION) {
        return false;
    }
    let form = text(head, CONTENT_TYPE.as_str()).is_some_and(|of| of.contains("x-www-form-urlencoded"));
    match head.method {
        Method::GET => !head.headers.contains_key("x-tc-action") && head.uri.query().is_some(),
        _ => form,
    }
}

fn check_tc3(
    config: &Config,
    inbound: &Inbound<'_>,
    message: &Message<'_>,
    now: Timestamp,
    action: &mut Option<String>,
) -> Result<Received, Rejection> {
    let claim = tc3::Claim::read(message)?;
    *action = Some(claim.action().to_owned());
    let account = find(&config.accounts, |id| id == claim.secret_id())?;
    let credentials = account.credentials().map_err(|_| Rejection::SecretId)?;
    Verifier::new().tc3(&claim, &credentials, now)?;
    Ok(Received {
        scheme: if claim.is_unsigned() { Scheme::Tc3Unsigned } else { Scheme::Tc3 },
        service: Some(claim.service().to_ascii_lowercase()),
        version: Some(claim.version().to_owned()),
        region: claim.region().map(str::to_owned),
        query: inbound.head.uri.query().map(str::to_owned),
        ..received(inbound, account, claim.action().to_owned())
    })
}

/// Pieces that a form falls into at `&`: room for its parameters. A form that is too large is refused
/// before any is read.
fn count(form: &[u8]) -> usize {
    match u64::try_from(form.len()) {
        Ok(len) if len <= Limit::FormBody.bytes() => form.split(|byte| *byte == b'&').count(),
        _ => 0,
    }
}

fn check_v1(
    config: &Config,
    inbound: &Inbound<'_>,
    message: &Message<'_>,
    now: Timestamp,
    action: &mut Option<String>,
) -> Result<Received, Rejection> {
    let query = inbound.head.uri.query().unwrap_or_default();
    let mut room = vec![v1::Parameter::default(); count(&inbound.kept).max(count(query.as_bytes()))];
    let claim = v1::Claim::read(message, &mut room)?;
    *action = Some(claim.action().to_string());
    let account = find(&config.accounts, |id| claim.secret_id().is(id))?;
    let credentials = account.credentials().map_err(|_| Rejection::SecretId)?;
    Verifier::new().v1(&claim, &credentials, now)?;
    let sha256 = claim.parameter("SignatureMethod").is_some_and(|method| method.is("HmacSHA256"));
    let parameter = |name| claim.parameter(name).map(|value| value.to_string());
    Ok(Received {
        scheme: if sha256 { Scheme::HmacSha256 } else { Scheme::HmacSha1 },
        service: service_of(text(inbound.head, HOST.as_str()).unwrap_or_default()),
        version: parameter("Version"),
        region: parameter("Region"),
        ..received(inbound, account, claim.action().to_string())
    })
}

fn received(inbound: &Inbound<'_>, account: &Account, action: String) -> Received {
    Received {
        method: inbound.head.method.to_string(),
        scheme: Scheme::Tc3,
        secret_id: account.id().to_owned(),
        service: None,
        action,
        version: None,
        region: None,
        content_type: text(inbound.head, CONTENT_TYPE.as_str()).map(str::to_owned),
        query: None,
        body: inbound.kept.clone(),
        payload: inbound.payload,
    }
}

fn find(accounts: &[Account], is: impl Fn(&str) -> bool) -> Result<&Account, Rejection> {
    accounts.iter().find(|account| is(account.id())).ok_or(Rejection::SecretId)
}

fn text<'a>(head: &'a Parts, name: &str) -> Option<&'a str> {
    head.headers.get(name).map(HeaderValue::as_bytes).and_then(|value| str::from_utf8(value).ok())
}

/// Behind an address or a name of one's own, a v1 request does not say which service it is for.
fn service_of(host: &str) -> Option<String> {
    let (service, domain) = host.split_once('.')?;
    domain.contains("tencentcloudapi.").then(|| service.to_ascii_lowercase())
}

fn refuse(rejection: Rejection) -> Answer {
    let message = match rejection {
        // The service's own hint, which says what the code does not.
        Rejection::TooLargeForV1 { .. } => {
            format!("the signature is not validated because of exceeding request size limit: {rejection}")
        }
        _ => rejection.to_string(),
    };
    Answer::failure(rejection.code(), message)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn a_form_that_is_too_large_gets_no_room() {
        let form = vec![b'&'; 1024 * 1024];
        assert_eq!(count(&form), form.len() + 1);
        assert_eq!(count(&[&form[..], b"&"].concat()), 0);
    }
}
