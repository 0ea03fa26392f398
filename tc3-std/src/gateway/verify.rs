//! Verifies one request: finds its signature scheme and its account, and checks the signature.

use super::{
    accepted::{Accepted, Scheme},
    account::Account,
};
use bytes::Bytes;
use tc3_core::{
    HashedPayload, Limit, Timestamp,
    verify::{Body, Message, Rejection, Verifier, tc3, v1},
};

/// A request as received.
pub(super) struct Inbound<'a> {
    pub(super) method: &'a str,
    /// The request target: path and query, percent-encoded.
    pub(super) target: &'a str,
    pub(super) headers: &'a [(&'a str, &'a [u8])],
    /// The body, truncated one byte after [`Limit::Body`].
    pub(super) body: Bytes,
    /// Hash and length of the whole body.
    pub(super) payload: HashedPayload,
}

impl<'a> Inbound<'a> {
    fn header(&self, name: &str) -> Option<&'a [u8]> {
        let mut headers = self.headers.iter();
        headers.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    fn query(&self) -> Option<&'a str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// Whether the signature is v1: in the parameters of a query or form, not in a header.
    fn is_v1(&self) -> bool {
        if self.header("authorization").is_some() {
            return false;
        }
        match self.method {
            // A TC3 GET without Authorization still has the header X-TC-Action.
            "GET" => self.header("x-tc-action").is_none() && self.query().is_some(),
            _ => self.header("content-type").is_some_and(is_form),
        }
    }

    fn message(&self, body: Body<'a>) -> Message<'a>
    where
        Self: 'a,
    {
        Message { method: self.method, target: self.target, headers: self.headers, body }
    }
}

/// Whether a Content-Type is that of a form. Upper and lower case are the same.
fn is_form(content_type: &[u8]) -> bool {
    const FORM: &[u8] = b"x-www-form-urlencoded";
    content_type.windows(FORM.len()).any(|part| part.eq_ignore_ascii_case(FORM))
}

/// The action, if it could be read, and the result of the verification.
pub(super) type Verdict = (Option<String>, Result<Accepted, Rejection>);

/// Verifies that one of these accounts signed the request.
pub(super) fn verify(accounts: &[Account], inbound: &Inbound<'_>, now: Timestamp) -> Verdict {
    let mut action = None;
    let accepted = match inbound.is_v1() {
        true => verify_v1(accounts, inbound, now, &mut action),
        false => verify_tc3(accounts, inbound, now, &mut action),
    };
    (action, accepted)
}

fn verify_tc3(
    accounts: &[Account],
    inbound: &Inbound<'_>,
    now: Timestamp,
    action: &mut Option<String>,
) -> Result<Accepted, Rejection> {
    let message = inbound.message(Body::Hashed(inbound.payload));
    let claim = tc3::Claim::read(&message)?;
    *action = Some(claim.action().to_owned());
    let account = find(accounts, |id| id == claim.secret_id())?;
    let credentials = account.credentials().map_err(|_| Rejection::SecretId)?;
    Verifier::new().tc3(&claim, &credentials, now)?;
    Ok(Accepted {
        scheme: if claim.is_unsigned() { Scheme::Tc3Unsigned } else { Scheme::Tc3 },
        service: Some(claim.service().to_ascii_lowercase()),
        version: Some(claim.version().to_owned()),
        region: claim.region().map(str::to_owned),
        query: inbound.query().map(str::to_owned),
        ..accepted(inbound, account, claim.action().to_owned())
    })
}

fn verify_v1(
    accounts: &[Account],
    inbound: &Inbound<'_>,
    now: Timestamp,
    action: &mut Option<String>,
) -> Result<Accepted, Rejection> {
    let query = inbound.query().unwrap_or_default();
    let max_params = count(&inbound.body).max(count(query.as_bytes()));
    let mut parameters = vec![v1::Parameter::default(); max_params];
    let message = inbound.message(Body::Whole(&inbound.body));
    let claim = v1::Claim::read(&message, &mut parameters)?;
    *action = Some(claim.action().to_string());
    let account = find(accounts, |id| claim.secret_id().is(id))?;
    let credentials = account.credentials().map_err(|_| Rejection::SecretId)?;
    Verifier::new().v1(&claim, &credentials, now)?;
    let sha256 = claim.parameter("SignatureMethod").is_some_and(|method| method.is("HmacSHA256"));
    let parameter = |name| claim.parameter(name).map(|value| value.to_string());
    Ok(Accepted {
        scheme: if sha256 { Scheme::HmacSha256 } else { Scheme::HmacSha1 },
        service: service_of(&string(inbound.header("host")).unwrap_or_default()),
        version: parameter("Version"),
        region: parameter("Region"),
        ..accepted(inbound, account, claim.action().to_string())
    })
}

/// The number of parameters that this form can have: of pieces between `&`. 0 for a form over the size limit, which
/// is refused before its parameters are read.
fn count(form: &[u8]) -> usize {
    match u64::try_from(form.len()) {
        Ok(len) if len <= Limit::FormBody.bytes() => form.split(|byte| *byte == b'&').count(),
        _ => 0,
    }
}

fn accepted(inbound: &Inbound<'_>, account: &Account, action: String) -> Accepted {
    Accepted {
        method: inbound.method.to_owned(),
        scheme: Scheme::Tc3,
        secret_id: account.id().to_owned(),
        service: None,
        action,
        version: None,
        region: None,
        content_type: string(inbound.header("content-type")),
        query: None,
        body: inbound.body.clone(),
        payload: inbound.payload,
    }
}

fn find(accounts: &[Account], is: impl Fn(&str) -> bool) -> Result<&Account, Rejection> {
    accounts.iter().find(|account| is(account.id())).ok_or(Rejection::SecretId)
}

fn string(value: Option<&[u8]>) -> Option<String> {
    value.and_then(|value| str::from_utf8(value).ok()).map(str::to_owned)
}

/// The service of a v1 request, if the host is one of Tencent's. No parameter names the service.
fn service_of(host: &str) -> Option<String> {
    let (service, domain) = host.split_once('.')?;
    domain.contains("tencentcloudapi.").then(|| service.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{count, is_form};

    #[test]
    fn no_parameters_are_allocated_for_a_form_over_the_limit() {
        let form = vec![b'&'; 1024 * 1024];
        assert_eq!(count(&form), form.len() + 1);
        assert_eq!(count(&[&form[..], b"&"].concat()), 0);
    }

    #[test]
    fn a_forms_content_type_may_have_parameters_and_letters_of_either_case() {
        assert!(is_form(b"application/x-www-form-urlencoded"));
        assert!(is_form(b"Application/X-WWW-Form-Urlencoded; charset=\xff"));
        assert!(!is_form(b"application/json") && !is_form(b""));
    }
}
