//! Signs a case of signature v1.

use crate::{Refused, Values, tc3::language_of, values_of};
use core::num::NonZeroU64;
use reference::{Arena, Tree};
use serde::Deserialize;
use serde_json::json;
use tc3_core::{Api, Call, Credentials, Host, Invalid, Signer, Timestamp, v1};

/// The `input` of a case.
#[derive(Clone, Debug, Deserialize)]
pub struct Input {
    secret_key: String,
    sign_method: String,
    method: String,
    host: String,
    path: Option<String>,
    /// All parameters that are sent, except `Signature`.
    pub params: Tree,
    /// The action's parameters before they were flattened into `params`.
    pub api_params: Option<Tree>,
}

/// Signs a case with its parameters sorted in place, and again unsorted. Both results must be equal.
///
/// # Errors
/// [`Refused`] if the signer refuses the case or cannot express it.
pub fn sign(input: &Input) -> Result<Values, Refused> {
    let Tree::Object(mut fields) = input.params.clone() else {
        return Err("params is not an object".into());
    };
    let common = Common::take(&mut fields)?;
    let arena = Arena::default();
    let sorted = common.sign(input, v1::Params::sorted(arena.params(&fields)));
    if fields.len() > v1::MAX_UNSORTED {
        return sorted;
    }
    let unsorted = common.sign(input, v1::Params::unsorted(arena.params(&fields)));
    match (&sorted, &unsorted) {
        (Ok(one), Ok(other)) if one == other => unsorted,
        // The error of the unsorted parameters has the index in the case, not in the sorted list.
        (Err(_), Err(_)) => unsorted,
        _ => Err("sorted and unsorted parameters have different signatures".into()),
    }
}

/// The common parameters, which the signer adds itself.
struct Common {
    action: String,
    version: Option<String>,
    timestamp: u64,
    nonce: NonZeroU64,
    secret_id: String,
    region: Option<String>,
    signature_method: Option<String>,
    token: Option<String>,
    language: Option<String>,
    request_client: Option<String>,
}

impl Common {
    fn take(fields: &mut Vec<(String, Tree)>) -> Result<Self, Refused> {
        let nonce = NonZeroU64::new(number(take(fields, "Nonce")?, "Nonce is not a decimal number")?);
        Ok(Self {
            action: take(fields, "Action")?.ok_or("there is no Action")?,
            version: take(fields, "Version")?,
            timestamp: number(take(fields, "Timestamp")?, "Timestamp is not a decimal number")?,
            nonce: nonce.ok_or("Nonce is not positive")?,
            secret_id: take(fields, "SecretId")?.ok_or("there is no SecretId")?,
            region: take(fields, "Region")?,
            signature_method: take(fields, "SignatureMethod")?,
            token: take(fields, "Token")?,
            language: take(fields, "Language")?,
            request_client: take(fields, "RequestClient")?,
        })
    }

    fn sign(&self, input: &Input, params: Result<v1::Params<'_>, Invalid>) -> Result<Values, Refused> {
        let request = self.call(input)?.v1(input.method()?, self.algorithm(input)?, params?)?;
        let credentials = match &self.token {
            Some(token) => Credentials::temporary(&self.secret_id, &input.secret_key, token),
            None => Credentials::new(&self.secret_id, &input.secret_key),
        };
        let now = Timestamp::from_unix(self.timestamp)?;
        let signed = Signer::new(credentials?).sign_v1(&request, now, v1::Nonce::new(self.nonce))?;
        let wire = signed.wire().to_string();
        // The SDKs send the parameters in other orders, and encode a space in other ways.
        Ok(values_of(&json!({
            "string_to_sign": signed.string_to_sign().to_string(),
            "signature": signed.signature().to_string(),
            "signature_urlencoded": wire.split("Signature=").nth(1),
            "wire_python": wire,
            "wire_node": wire,
        })))
    }

    fn call<'a>(&'a self, input: &'a Input) -> Result<Call<'a>, Refused> {
        // Signature v1 does not sign the service, and a host such as `[::1]` contains no service name.
        let label = input.host.split(['.', ':']).next().unwrap_or_default();
        let service = if Api::unversioned(label).is_ok() { label } else { "any" };
        let api = match &self.version {
            Some(version) => Api::new(service, version)?,
            None => Api::unversioned(service)?,
        };
        let api = api.at(Host::Endpoint(&input.host)).path(input.path.as_deref().unwrap_or("/"));
        let mut call = api.action(&self.action);
        if let Some(region) = &self.region {
            call = call.region(region);
        }
        if let Some(language) = &self.language {
            call = call.language(language_of(language)?);
        }
        if let Some(client) = &self.request_client {
            call = call.request_client(client);
        }
        Ok(call)
    }

    fn algorithm(&self, input: &Input) -> Result<v1::Algorithm, Refused> {
        match (input.sign_method.as_str(), self.signature_method.as_deref()) {
            ("HmacSHA1", None) => Ok(v1::Algorithm::HmacSha1Unnamed),
            ("HmacSHA1", Some("HmacSHA1")) => Ok(v1::Algorithm::HmacSha1),
            ("HmacSHA256", Some("HmacSHA256")) => Ok(v1::Algorithm::HmacSha256),
            _ => Err("SignatureMethod differs from sign_method".into()),
        }
    }
}

impl Input {
    fn method(&self) -> Result<v1::Method, Refused> {
        match self.method.as_str() {
            "GET" => Ok(v1::Method::Get),
            "POST" => Ok(v1::Method::Post),
            _ => Err("method is neither GET nor POST".into()),
        }
    }
}

/// Removes a common parameter and returns it. A duplicate stays in the list, so the signer refuses the case.
fn take(fields: &mut Vec<(String, Tree)>, name: &str) -> Result<Option<String>, Refused> {
    let Some(at) = fields.iter().position(|(other, _)| other == name) else { return Ok(None) };
    match fields.remove(at).1 {
        Tree::Null => Ok(None),
        Tree::Text(text) => Ok(Some(text)),
        Tree::Int(number) => Ok(Some(number.to_string())),
        _ => Err("a common parameter is not a string".into()),
    }
}

/// A decimal number without leading zeros, as the signer writes it.
fn number(digits: Option<String>, reason: &'static str) -> Result<u64, Refused> {
    let number = digits.as_deref().and_then(|digits| digits.parse::<u64>().ok());
    number.filter(|number| Some(number.to_string()) == digits).ok_or_else(|| reason.into())
}
