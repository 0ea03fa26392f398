//! Signs a case of signature v1.

use crate::{Refused, Values, credentials_of, language_of, values_of};
use core::num::NonZeroU64;
use reference::{Arena, Tree};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use tc3_core::{Api, Call, Host, Signer, Timestamp, v1};

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

/// Signs a case.
///
/// # Errors
/// [`Refused`] if the signer refuses the case or cannot express it.
pub fn sign(input: &Input) -> Result<Values, Refused> {
    let Tree::Object(mut fields) = input.params.clone() else {
        return Err("params is not an object".into());
    };
    let common = Common::take(&mut fields)?;
    let arena = Arena::default();
    let params = arena.params(&fields);
    if params.len() > v1::MAX_UNSORTED {
        return common.sign(input, v1::Params::sorted(params)?);
    }
    // The index in an error is then that of the case.
    common.sign(input, v1::Params::unsorted(params)?)
}

/// The common parameters, which the signer adds itself.
struct Common(BTreeMap<&'static str, String>);

impl Common {
    fn take(fields: &mut Vec<(String, Tree)>) -> Result<Self, Refused> {
        let mut common = BTreeMap::new();
        for name in
            "Action Language Nonce Region RequestClient SecretId SignatureMethod Timestamp Token Version"
                .split(' ')
        {
            // A duplicate stays in the list, so the signer refuses the case.
            let Some(at) = fields.iter().position(|(other, _)| other == name) else { continue };
            match fields.remove(at).1 {
                Tree::Null => None,
                Tree::Text(text) => common.insert(name, text),
                Tree::Int(number) => common.insert(name, number.to_string()),
                _ => return Err("a common parameter is not a string".into()),
            };
        }
        Ok(Self(common))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn required(&self, name: &str) -> Result<&str, Refused> {
        self.get(name).ok_or_else(|| format!("there is no {name}").into())
    }

    /// A decimal number without leading zeros, as the signer writes it.
    fn number(&self, name: &str) -> Result<u64, Refused> {
        let number = self.get(name).and_then(|digits| digits.parse::<u64>().ok());
        let number = number.filter(|number| Some(number.to_string().as_str()) == self.get(name));
        number.ok_or_else(|| format!("{name} is not a decimal number").into())
    }

    fn sign(&self, input: &Input, params: v1::Params<'_>) -> Result<Values, Refused> {
        let request = self.call(input)?.v1(input.method()?, self.algorithm(input)?, params)?;
        let credentials = credentials_of(self.required("SecretId")?, &input.secret_key, self.get("Token"))?;
        let now = Timestamp::from_unix(self.number("Timestamp")?)?;
        let nonce = NonZeroU64::new(self.number("Nonce")?).ok_or("Nonce is not positive")?;
        let signed = Signer::new(credentials).sign_v1(&request, now, v1::Nonce::new(nonce))?;
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
        // Signature v1 does not sign the service.
        let api = match self.get("Version") {
            Some(version) => Api::new("any", version)?,
            None => Api::unversioned("any")?,
        };
        let api = api.at(Host::Unchecked(&input.host)).path(input.path.as_deref().unwrap_or("/"));
        let mut call = api.action(self.required("Action")?);
        if let Some(region) = self.get("Region") {
            call = call.region(region);
        }
        if let Some(language) = self.get("Language") {
            call = call.language(language_of(language)?);
        }
        if let Some(client) = self.get("RequestClient") {
            call = call.request_client(client);
        }
        Ok(call)
    }

    fn algorithm(&self, input: &Input) -> Result<v1::Algorithm, Refused> {
        match (input.sign_method.as_str(), self.get("SignatureMethod")) {
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
