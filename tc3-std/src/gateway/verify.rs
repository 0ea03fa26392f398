//! Verifies one request: finds its signature scheme and its account, and checks the signature.

use super::{
    accepted::{Accepted, Scheme},
    account::Account,
    diagnosis::Diagnosis,
    inbound::Inbound,
    near_miss,
};
use tc3_core::{
    Limit, Timestamp,
    verify::{Body, Rejection, Verifier, tc3, v1},
};

/// Why a request is refused, and what was expected if the signature is wrong.
pub(super) struct Refusal {
    pub(super) rejection: Rejection,
    pub(super) diagnosis: Option<Diagnosis>,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self { rejection, diagnosis: None }
    }
}

/// The action, if it could be read, and the result of the verification.
pub(super) type Verdict = (Option<String>, Result<Accepted, Refusal>);

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
) -> Result<Accepted, Refusal> {
    let message = inbound.message(Body::Hashed(inbound.payload));
    let claim = tc3::Claim::read(&message)?;
    *action = Some(claim.action().to_owned());
    let account = find(accounts, |id| id == claim.secret_id())?;
    let credentials = account.credentials().map_err(|_| Rejection::SecretId)?;
    Verifier::new().tc3(&claim, &credentials, now).map_err(|rejection| Refusal {
        rejection,
        diagnosis: matches!(rejection, Rejection::Signature)
            .then(|| near_miss::of_tc3(accounts, account, inbound, &claim)),
    })?;
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
) -> Result<Accepted, Refusal> {
    let query = inbound.query().unwrap_or_default();
    let max_params = count(&inbound.body).max(count(query.as_bytes()));
    let mut parameters = vec![v1::Parameter::default(); max_params];
    let message = inbound.message(Body::Whole(&inbound.body));
    let claim = v1::Claim::read(&message, &mut parameters)?;
    *action = Some(claim.action().to_string());
    let account = find(accounts, |id| claim.secret_id().is(id))?;
    let credentials = account.credentials().map_err(|_| Rejection::SecretId)?;
    Verifier::new().v1(&claim, &credentials, now).map_err(|rejection| Refusal {
        rejection,
        diagnosis: matches!(rejection, Rejection::Signature)
            .then(|| near_miss::of_v1(accounts, account, inbound, &claim)),
    })?;
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
    use super::count;

    #[test]
    fn no_parameters_are_allocated_for_a_form_over_the_limit() {
        let form = vec![b'&'; 1024 * 1024];
        assert_eq!(count(&form), form.len() + 1);
        assert_eq!(count(&[&form[..], b"&"].concat()), 0);
    }
}
