//! From arguments and environment to a signed request.

use crate::{
    arguments::{Algorithm, Request as Arguments},
    body::Input,
    mask::Mask,
    trouble::Trouble,
};
use tc3_core::{
    Api, Call, ContentType, Explanation, Header, Host, Multipart, Param, Part, Query, Request, Signed,
    Signer, Timestamp, v1,
};
use tc3_std::{EnvCredentials, Message, SystemClock, nonce};

/// Parts are kept apart by this and a random number.
const BOUNDARY: &str = "tc3-part-";

/// A signed request, and how to show it.
pub(crate) struct Shot<'r> {
    pub(crate) signed: Either<'r>,
    pub(crate) mask: Mask,
    /// The variable that the token came from.
    pub(crate) token_variable: Option<&'static str>,
}

pub(crate) enum Either<'r> {
    Tc3(Signed<'r>, Box<Explanation<'r>>),
    V1(v1::Signed<'r>),
}

impl<'r> Shot<'r> {
    pub(crate) fn message(&self) -> Message<'r> {
        match &self.signed {
            Either::Tc3(signed, _) => (*signed).into(),
            Either::V1(signed) => (*signed).into(),
        }
    }

    /// Request line and headers as sent, but for the token.
    pub(crate) fn head(&self) -> String {
        self.mask.hide(&String::from_utf8_lossy(self.message().head()))
    }
}

/// Signs what the arguments say, with the credentials of the environment.
pub(crate) fn sign(
    arguments: &Arguments,
    then: impl FnOnce(Shot<'_>) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let owned = EnvCredentials::read()?;
    let mut signer = Signer::new(owned.credentials()?);
    let now = match arguments.timestamp {
        Some(seconds) => Timestamp::from_unix(seconds)?,
        None => SystemClock.now()?,
    };
    let input = Input::read(arguments)?;
    let token = owned.expose_token();
    let mask = Mask::new(token.map(|(_, token)| token))?;
    let token_variable = token.map(|(variable, _)| variable);
    if let Some(method) = arguments.v1 {
        let mut pairs = input.parameters()?;
        let request = v1_request(arguments, method, &input, &mut pairs)?;
        let nonce = arguments.nonce.map_or_else(nonce, |number| Ok(v1::Nonce::new(number)));
        let signed = signer.sign_v1(&request, now, nonce.map_err(Trouble::Randomness)?)?;
        return then(Shot { signed: Either::V1(signed), mask, token_variable });
    }
    let pairs = if let Input::Get(_) = input { input.parameters()? } else { Vec::new() };
    let (parts, boundary) = (input.parts(), boundary(arguments)?);
    let request = tc3_request(arguments, &input, &pairs, &parts, &boundary)?;
    let explain = Box::new(signer.explain(&request, now));
    let signed = signer.sign(&request, now);
    then(Shot { signed: Either::Tc3(signed, explain), mask, token_variable })
}

fn tc3_request<'a>(
    arguments: &'a Arguments,
    input: &'a Input,
    pairs: &'a [Param<'a>],
    parts: &'a [Part<'a>],
    boundary: &'a str,
) -> Result<Request<'a>, Trouble> {
    let call = call(arguments)?;
    Ok(match input {
        Input::Json(body) if arguments.charset => call.post(ContentType::JsonUtf8, body)?,
        Input::Json(body) => call.post(ContentType::Json, body)?,
        Input::Octets(body) => call.octets(body)?,
        Input::Get(_) => call.get(Query::params(pairs)?)?,
        Input::Form(_) => call.multipart(Multipart::new(boundary, parts)?)?,
    })
}

fn v1_request<'a>(
    arguments: &'a Arguments,
    algorithm: Algorithm,
    input: &Input,
    pairs: &'a mut [Param<'a>],
) -> Result<v1::Request<'a>, Trouble> {
    let method = if let Input::Get(_) = input { v1::Method::Get } else { v1::Method::Post };
    Ok(call(arguments)?.v1(method, algorithm.into(), v1::Params::sorted(pairs)?)?)
}

fn call(arguments: &Arguments) -> Result<Call<'_>, Trouble> {
    let mut api = Api::new(&arguments.service, &arguments.version)?;
    if let Some(host) = &arguments.host {
        api = api.at(Host::Endpoint(host));
    }
    let mut call = api.action(&arguments.action);
    if let Some(region) = &arguments.region {
        call = call.region(region);
    }
    if let Some(language) = arguments.language {
        call = call.language(language.into());
    }
    Ok(if arguments.sign_action { call.headers(&[Header::SignAction]) } else { call })
}

/// Unlikely to be in anybody's data, and the same for the same `--timestamp`.
fn boundary(arguments: &Arguments) -> Result<String, Trouble> {
    let number = match arguments.timestamp {
        Some(seconds) => seconds,
        None => getrandom::u64().map_err(|error| Trouble::Randomness(error.into()))?,
    };
    Ok(format!("{BOUNDARY}{number:016x}"))
}
