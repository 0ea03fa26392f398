//! A TC3-HMAC-SHA256 case, said in the words of the signer's interface.

use crate::{
    refused::Refused,
    tree::{Arena, Tree},
};
use base64ct::{Base64, Encoding};
use serde::Deserialize;
use tc3_core::{
    Api, Call, ContentType, Credentials, Header, Host, Language, Query, Request, Signer, Timestamp,
};

/// What a case gives.
#[derive(Clone, Debug, Deserialize)]
pub struct Input {
    secret_id: String,
    secret_key: String,
    token: Option<String>,
    service: String,
    host: String,
    region: Option<String>,
    action: String,
    version: String,
    language: Option<String>,
    timestamp: u64,
    method: String,
    path: Option<String>,
    content_type: String,
    /// The query as it is on the wire.
    pub query: Option<String>,
    /// The structured parameters that `query` was made from.
    pub params: Option<Tree>,
    body_utf8: Option<String>,
    body_base64: Option<String>,
    unsigned_payload: Option<bool>,
    signed_headers: Option<Vec<(String, String)>>,
}

/// Every text on the way to a signature, and what is sent in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// The six parts.
    pub canonical_request: String,
    /// What is signed.
    pub string_to_sign: String,
    /// The derived key of the day and service.
    pub signing_key: [u8; 32],
    /// The value of the Authorization header.
    pub authorization: String,
    /// All headers that are sent.
    pub headers: Vec<(String, String)>,
    /// Path and query of the request line.
    pub target: String,
}

/// Signs a case.
///
/// # Errors
/// [`Refused`] if the signer refuses it, or has no way to say it.
pub fn sign(input: &Input) -> Result<Texts, Refused> {
    let body = input.body()?;
    let headers = input.headers()?;
    let arena = Arena::default();
    let api = Api::new(&input.service, &input.version)?
        .at(Host::Endpoint(&input.host))
        .path(input.path.as_deref().unwrap_or("/"));
    let mut call = api.action(&input.action);
    if let Some(region) = input.region.as_deref().filter(|region| !region.is_empty()) {
        call = call.region(region);
    }
    if let Some(language) = &input.language {
        call = call.language(language_of(language)?);
    }
    if let Some(headers) = &headers {
        call = call.headers(headers);
    }
    let request = match input.method.as_str() {
        "GET" => input.get(call, &body, &arena)?,
        "POST" => input.post(call, &body)?,
        _ => return Err(Refused::Unsayable("method is neither GET nor POST")),
    };
    let credentials = match &input.token {
        Some(token) => Credentials::temporary(&input.secret_id, &input.secret_key, token),
        None => Credentials::new(&input.secret_id, &input.secret_key),
    };
    Ok(spell(&request, &api, credentials?, Timestamp::from_unix(input.timestamp)?))
}

fn spell(request: &Request<'_>, api: &Api<'_>, credentials: Credentials<'_>, now: Timestamp) -> Texts {
    let mut signer = Signer::new(credentials);
    let explain = signer.explain(request, now);
    let signing_key = *signer.signing_key(api, now).expose();
    let signed = signer.sign(request, now);
    Texts {
        canonical_request: explain.canonical_request().to_string(),
        string_to_sign: explain.string_to_sign().to_string(),
        signing_key,
        authorization: signed.authorization().to_string(),
        headers: signed.headers().map(|(name, value)| (name.to_owned(), value.to_string())).collect(),
        target: request.target().to_string(),
    }
}

impl Input {
    /// The bytes of the body, exactly as sent.
    ///
    /// # Errors
    /// [`Refused::Unsayable`] if it is given twice or is not base64.
    pub fn body(&self) -> Result<Vec<u8>, Refused> {
        match (&self.body_utf8, &self.body_base64) {
            (Some(text), None) => Ok(text.clone().into_bytes()),
            (None, Some(text)) => {
                Base64::decode_vec(text).map_err(|_| Refused::Unsayable("body_base64 is not base64"))
            }
            (None, None) => Ok(Vec::new()),
            (Some(_), Some(_)) => Err(Refused::Unsayable("body is given twice")),
        }
    }

    fn get<'a>(&'a self, call: Call<'a>, body: &[u8], arena: &'a Arena<'a>) -> Result<Request<'a>, Refused> {
        if folded(&self.content_type) != "application/x-www-form-urlencoded" {
            return Err(Refused::Unsayable("content type is not the one of a GET"));
        }
        if !body.is_empty() || self.unsigned_payload == Some(true) {
            return Err(Refused::Unsayable("a GET has no body"));
        }
        Ok(call.get(self.query(arena)?)?)
    }

    /// The query as it is on the wire; made from the parameters only where it is not given.
    fn query<'a>(&'a self, arena: &'a Arena<'a>) -> Result<Query<'a>, Refused> {
        match (&self.query, &self.params) {
            (Some(query), _) => Ok(Query::encoded(query)?),
            (None, Some(Tree::Object(fields))) => Ok(Query::params(arena.pairs(fields))?),
            (None, None | Some(Tree::Null)) => Ok(Query::EMPTY),
            (None, Some(_)) => Err(Refused::Unsayable("params is not an object")),
        }
    }

    fn post<'a>(&'a self, call: Call<'a>, body: &'a [u8]) -> Result<Request<'a>, Refused> {
        if self.query.as_ref().is_some_and(|query| !query.is_empty()) {
            return Err(Refused::Unsayable("a POST has no query"));
        }
        let content_type = content_type_of(&self.content_type)?;
        if self.unsigned_payload == Some(true) {
            let len = u64::try_from(body.len()).unwrap_or(u64::MAX);
            return Ok(call.unsigned(content_type, len)?);
        }
        Ok(call.post(content_type, body)?)
    }

    /// The headers signed beyond the two that always are; the list must have these two, too.
    fn headers(&self) -> Result<Option<Vec<Header<'_>>>, Refused> {
        let Some(list) = &self.signed_headers else { return Ok(None) };
        let sent = [
            ("content-type", &self.content_type, "content-type is not signed as it is sent, once"),
            ("host", &self.host, "host is not signed as it is sent, once"),
        ];
        for (name, value, refusal) in sent {
            let mut signed = list.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
            let once = signed.next().filter(|_| signed.next().is_none());
            if once.is_none_or(|(_, other)| folded(other) != folded(value)) {
                return Err(Refused::Unsayable(refusal));
            }
        }
        let further = list.iter().filter(|(name, _)| !sent.iter().any(|of| of.0.eq_ignore_ascii_case(name)));
        further.map(|(name, value)| self.header(name, value)).collect::<Result<_, _>>().map(Some)
    }

    fn header<'a>(&self, name: &'a str, value: &'a str) -> Result<Header<'a>, Refused> {
        let (sign, sent) = match name.to_ascii_lowercase().as_str() {
            "x-tc-action" => (Header::SignAction, self.action.as_str()),
            "x-tc-version" => (Header::SignVersion, self.version.as_str()),
            "x-tc-region" => (Header::SignRegion, self.region.as_deref().unwrap_or_default()),
            _ => return Ok(Header::Signed(name, trimmed(value))),
        };
        if folded(value) != folded(sent) {
            return Err(Refused::Unsayable("a header is not signed as it is sent"));
        }
        Ok(sign)
    }
}

/// The type that is sent and signed in lower case, whatever the case of the input.
fn content_type_of(text: &str) -> Result<ContentType<'_>, Refused> {
    const MULTIPART: &str = "multipart/form-data; boundary=";
    let unsayable = Refused::Unsayable("content type is not one that is signed in a POST");
    match folded(text).as_str() {
        "application/json" => Ok(ContentType::Json),
        "application/json; charset=utf-8" => Ok(ContentType::JsonUtf8),
        "application/octet-stream" => Ok(ContentType::Octets),
        "application/octet-stream; charset=utf-8" => Ok(ContentType::OctetsUtf8),
        other if other.starts_with(MULTIPART) => {
            // A boundary is not folded: the body has it in its own case.
            let boundary = trimmed(text).get(MULTIPART.len()..).ok_or(unsayable)?;
            Ok(ContentType::Multipart { boundary })
        }
        _ => Err(unsayable),
    }
}

pub(crate) fn language_of(text: &str) -> Result<Language, Refused> {
    [Language::Chinese, Language::English]
        .into_iter()
        .find(|language| language.as_str() == text)
        .ok_or(Refused::Unsayable("language is neither zh-CN nor en-US"))
}

/// "Blanks before and after" are no part of a header's value.
fn trimmed(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// As a header's value is signed.
fn folded(value: &str) -> String {
    trimmed(value).to_ascii_lowercase()
}
