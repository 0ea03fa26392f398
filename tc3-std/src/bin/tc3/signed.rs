//! Signs the request that the arguments describe. The request is signed once: the program shows it, sends
//! it and converts it to a curl command from the same [`Signature`].

use crate::{
    args::{Algorithm, CredentialArgs, RequestArgs},
    body::Input,
    error::CliError,
    mask::Mask,
};
use std::io::Read;
use tc3_core::{
    Api, Call, ContentType, Encoded, Explanation, Header, HeaderValue, Host, Multipart, Param, Part, Query,
    Request, Signed, Signer, Timestamp, v1,
};
use tc3_std::{
    Message, SystemClock,
    credentials::{
        CredentialChain, CredentialError, CredentialsFile, SECURITY_TOKEN, SESSION_TOKEN, TOKEN, TccliProfile,
    },
    nonce,
};

/// The beginning of a multipart boundary; a random number follows.
const BOUNDARY: &str = "tc3-part-";

/// A signed request, with a mask to show it without its token.
pub(crate) struct SignedCall<'r> {
    pub(crate) signature: Signature<'r>,
    pub(crate) mask: Mask,
    /// The environment variable that holds the token, or that should hold it for a curl command, if the key is
    /// temporary.
    pub(crate) token_variable: Option<&'static str>,
    /// Where the credentials come from.
    pub(crate) origin: String,
    /// What the user should know about that source.
    pub(crate) remark: Option<String>,
}

pub(crate) enum Signature<'r> {
    Tc3(Signed<'r>, Box<Explanation<'r>>),
    V1(v1::Signed<'r>),
}

impl<'r> SignedCall<'r> {
    /// The request as it is sent.
    pub(crate) fn message(&self) -> Message<'r> {
        match &self.signature {
            Signature::Tc3(signed, _) => (*signed).into(),
            Signature::V1(signed) => (*signed).into(),
        }
    }

    pub(crate) const fn method(&self) -> &'static str {
        match &self.signature {
            Signature::Tc3(signed, _) => signed.request().method(),
            Signature::V1(signed) => signed.request().method().as_str(),
        }
    }

    /// Path and query. In a v1 GET the query contains the token.
    pub(crate) fn target(&self) -> String {
        match &self.signature {
            Signature::Tc3(signed, _) => signed.request().target().to_string(),
            Signature::V1(signed) => signed.target().to_string(),
        }
    }

    pub(crate) fn headers(&self) -> Vec<(&str, Encoded<HeaderValue<'_>>)> {
        match &self.signature {
            Signature::Tc3(signed, _) => signed.headers().collect(),
            Signature::V1(signed) => signed.headers().collect(),
        }
    }

    /// Request line and headers, one string per line, with the token masked.
    pub(crate) fn shown_head(&self) -> Vec<String> {
        let line = format!("{} {} HTTP/1.1", self.method(), self.mask.hide(&self.target()));
        let shown = |(name, value): (&str, Encoded<HeaderValue<'_>>)| match value.is_sensitive() {
            true => format!("{name}: ***"),
            false => format!("{name}: {value}"),
        };
        [line].into_iter().chain(self.headers().into_iter().map(shown)).collect()
    }

    /// The body as it is sent.
    pub(crate) fn body(&self) -> Result<Vec<u8>, CliError> {
        let mut body = Vec::new();
        let read = self.message().into_body().read_to_end(&mut body);
        read.map_err(|source| CliError::Input { name: "the body".to_owned(), source })?;
        Ok(body)
    }
}

/// Finds the credentials, signs the request and passes it to `then`.
pub(crate) fn sign(
    arguments: &RequestArgs,
    then: impl FnOnce(SignedCall<'_>) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let now = match arguments.timestamp {
        Some(seconds) => Timestamp::from_unix(seconds)?,
        None => SystemClock.now()?,
    };
    let owned = chain(&arguments.credentials)?.find(now)?;
    let mut signer = Signer::new(owned.credentials()?);
    let input = Input::read(arguments)?;
    let token = owned.expose_token();
    let (mask, origin) = (Mask::new(token)?, owned.origin().to_owned());
    let remark = owned.remark().map(str::to_owned);
    let in_variable = [TOKEN, SECURITY_TOKEN, SESSION_TOKEN].into_iter().find(|variable| *variable == origin);
    let token_variable = token.map(|_| in_variable.unwrap_or(TOKEN));
    if let Some(algorithm) = arguments.v1 {
        let mut params = input.params()?;
        let method = if let Input::Get(_) = input { v1::Method::Get } else { v1::Method::Post };
        let request = v1_request(arguments, method, algorithm, &mut params)?;
        let nonce = arguments.nonce.map_or_else(nonce, |number| Ok(v1::Nonce::new(number)));
        let signed = signer.sign_v1(&request, now, nonce.map_err(CliError::Randomness)?)?;
        return then(SignedCall { signature: Signature::V1(signed), mask, token_variable, origin, remark });
    }
    let params = if let Input::Get(_) = input { input.params()? } else { Vec::new() };
    let (parts, boundary) = (input.parts(), boundary(arguments)?);
    let request = tc3_request(arguments, &input, &params, &parts, &boundary)?;
    let explanation = Box::new(signer.explain(&request, now));
    let signed = signer.sign(&request, now);
    then(SignedCall { signature: Signature::Tc3(signed, explanation), mask, token_variable, origin, remark })
}

fn chain(arguments: &CredentialArgs) -> Result<CredentialChain, CredentialError> {
    match (&arguments.credentials, &arguments.profile) {
        (None, None) => CredentialChain::from_environment(),
        (None, Some(profile)) => CredentialChain::from_profile(profile),
        (Some(file), None) if file.extension().is_some_and(|extension| extension == "credential") => {
            Ok(CredentialChain::of(TccliProfile::file(file)))
        }
        (Some(file), profile) => {
            let profile = profile.as_deref().unwrap_or("default");
            Ok(CredentialChain::of(CredentialsFile::new(file).profile(profile)))
        }
    }
}

fn tc3_request<'a>(
    arguments: &'a RequestArgs,
    input: &'a Input,
    params: &'a [Param<'a>],
    parts: &'a [Part<'a>],
    boundary: &'a str,
) -> Result<Request<'a>, CliError> {
    let call = call(arguments)?;
    Ok(match input {
        Input::Json(body) if arguments.charset => call.post(ContentType::JsonUtf8, body)?,
        Input::Json(body) => call.post(ContentType::Json, body)?,
        Input::Octets(body) => call.octets(body)?,
        Input::Get(_) => call.get(Query::params(params)?)?,
        Input::Form(_) => call.multipart(Multipart::new(boundary, parts)?)?,
    })
}

fn v1_request<'a>(
    arguments: &'a RequestArgs,
    method: v1::Method,
    algorithm: Algorithm,
    params: &'a mut [Param<'a>],
) -> Result<v1::Request<'a>, CliError> {
    Ok(call(arguments)?.v1(method, algorithm.into(), v1::Params::sorted(params)?)?)
}

fn call(arguments: &RequestArgs) -> Result<Call<'_>, CliError> {
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

/// A boundary that is unlikely to occur in the data: a random number, or with `--timestamp` that number, so
/// that the same arguments produce the same signature.
fn boundary(arguments: &RequestArgs) -> Result<String, CliError> {
    let number = match arguments.timestamp {
        Some(seconds) => seconds,
        None => getrandom::u64().map_err(|error| CliError::Randomness(error.into()))?,
    };
    Ok(format!("{BOUNDARY}{number:016x}"))
}
