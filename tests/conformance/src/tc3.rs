//! Signs a TC3-HMAC-SHA256 case.

use crate::{Refused, Values, credentials_of, language_of, values_of};
use base64ct::{Base64, Encoding};
use reference::{Arena, Tree, naive::hex};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use tc3_core::{Api, Call, ContentType, Credentials, Header, Host, Query, Request, Signer, Timestamp};

/// The `input` of a case.
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
    /// The encoded query, as sent.
    pub query: Option<String>,
    /// The structured parameters that `query` encodes.
    pub params: Option<Tree>,
    body_utf8: Option<String>,
    body_base64: Option<String>,
    unsigned_payload: Option<bool>,
    signed_headers: Option<Vec<(String, String)>>,
}

/// Signs a case.
///
/// # Errors
/// [`Refused`] if the signer refuses the case or cannot express it.
pub fn sign(input: &Input) -> Result<Values, Refused> {
    let body = input.body()?;
    let headers = input.headers();
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
        _ => return Err("method is neither GET nor POST".into()),
    };
    let credentials = credentials_of(&input.secret_id, &input.secret_key, input.token.as_deref())?;
    let values = values(&request, &api, credentials, Timestamp::from_unix(input.timestamp)?);
    let canonical = values.get("canonical_request").and_then(|canonical| canonical.as_str());
    if !canonical.is_some_and(|canonical| input.lists(canonical)) {
        return Err("signed_headers are not those that are signed".into());
    }
    Ok(values)
}

fn values(request: &Request<'_>, api: &Api<'_>, credentials: Credentials<'_>, now: Timestamp) -> Values {
    let mut signer = Signer::new(credentials);
    let explanation = signer.explain(request, now);
    let canonical = explanation.canonical_request().to_string();
    let to_sign = explanation.string_to_sign().to_string();
    let mut lines = to_sign.split('\n').skip(2);
    let (scope, hashed) = (lines.next().unwrap_or_default(), lines.next());
    let key = hex(signer.signing_key(api, now).expose());
    let signed = signer.sign(request, now);
    let authorization = signed.authorization().to_string();
    // The SDKs leave the length to their HTTP libraries.
    let headers = signed.headers().filter(|(name, _)| *name != "Content-Length");
    let headers: BTreeMap<_, _> = headers.map(|(name, value)| (name, value.to_string())).collect();
    values_of(&json!({
        "hashed_payload": canonical.rsplit('\n').next(),
        "canonical_request": canonical,
        "hashed_canonical_request": hashed,
        "date": scope.split('/').next(),
        "credential_scope": scope,
        "string_to_sign": to_sign,
        "signing_key_hex": key,
        "signature": authorization.split("Signature=").nth(1),
        "authorization": authorization,
        "headers": headers,
        "target": request.target().to_string(),
    }))
}

impl Input {
    /// The bytes of the body, as sent.
    ///
    /// # Errors
    /// If the case has two bodies, or one that is not base64.
    pub fn body(&self) -> Result<Vec<u8>, Refused> {
        match (&self.body_utf8, &self.body_base64) {
            (Some(utf8), None) => Ok(utf8.clone().into_bytes()),
            (None, Some(base64)) => {
                Base64::decode_vec(base64).map_err(|_| "body_base64 is not base64".into())
            }
            (None, None) => Ok(Vec::new()),
            (Some(_), Some(_)) => Err("body is given twice".into()),
        }
    }

    fn get<'a>(&'a self, call: Call<'a>, body: &[u8], arena: &'a Arena<'a>) -> Result<Request<'a>, Refused> {
        if normalized(&self.content_type) != "application/x-www-form-urlencoded" {
            return Err("the content type of a GET is not application/x-www-form-urlencoded".into());
        }
        if !body.is_empty() || self.unsigned_payload == Some(true) {
            return Err("a GET has no body".into());
        }
        Ok(call.get(self.query(arena)?)?)
    }

    /// The encoded query if the case has one, otherwise the structured parameters.
    fn query<'a>(&'a self, arena: &'a Arena<'a>) -> Result<Query<'a>, Refused> {
        match (&self.query, &self.params) {
            (Some(query), _) => Ok(Query::encoded(query)?),
            (None, Some(Tree::Object(fields))) => Ok(Query::params(arena.params(fields))?),
            (None, None | Some(Tree::Null)) => Ok(Query::EMPTY),
            (None, Some(_)) => Err("params is not an object".into()),
        }
    }

    fn post<'a>(&'a self, call: Call<'a>, body: &'a [u8]) -> Result<Request<'a>, Refused> {
        if self.query.as_ref().is_some_and(|query| !query.is_empty()) {
            return Err("a POST has no query".into());
        }
        let content_type = content_type_of(&self.content_type)?;
        if self.unsigned_payload == Some(true) {
            let len = u64::try_from(body.len()).unwrap_or(u64::MAX);
            return Ok(call.unsigned(content_type, len)?);
        }
        Ok(call.post(content_type, body)?)
    }

    /// The signed headers besides `content-type` and `host`. The case must list those two as well.
    fn headers(&self) -> Option<Vec<Header<'_>>> {
        let list = self.signed_headers.as_ref()?;
        let headers = list.iter().filter_map(|(name, value)| match name.to_ascii_lowercase().as_str() {
            "content-type" | "host" => None,
            "x-tc-action" => Some(Header::SignAction),
            "x-tc-version" => Some(Header::SignVersion),
            "x-tc-region" => Some(Header::SignRegion),
            _ => Some(Header::Signed(name, trimmed(value))),
        });
        Some(headers.collect())
    }

    /// Whether the case lists the headers that are signed, with the values that are signed.
    fn lists(&self, canonical_request: &str) -> bool {
        let Some(list) = &self.signed_headers else { return true };
        let line =
            |(name, value): &(String, String)| format!("{}:{}", name.to_ascii_lowercase(), normalized(value));
        let mut listed: Vec<_> = list.iter().map(line).collect();
        listed.sort();
        canonical_request.split('\n').skip(3).take_while(|line| !line.is_empty()).eq(listed)
    }
}

/// Finds the signer's content type for a value. Ignores case, because the signer sends and signs lower case.
fn content_type_of(value: &str) -> Result<ContentType<'_>, Refused> {
    const MULTIPART: &str = "multipart/form-data; boundary=";
    let unsupported = "the content type of a POST is not JSON, octet-stream or multipart";
    match normalized(value).as_str() {
        "application/json" => Ok(ContentType::Json),
        "application/json; charset=utf-8" => Ok(ContentType::JsonUtf8),
        "application/octet-stream" => Ok(ContentType::Octets),
        "application/octet-stream; charset=utf-8" => Ok(ContentType::OctetsUtf8),
        other if other.starts_with(MULTIPART) => {
            // The boundary keeps its case, because it must equal the boundary in the body.
            let boundary = trimmed(value).get(MULTIPART.len()..).ok_or(unsupported)?;
            Ok(ContentType::Multipart { boundary })
        }
        _ => Err(unsupported.into()),
    }
}

fn trimmed(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// A header value as in the canonical request: trimmed and in lower case.
fn normalized(value: &str) -> String {
    trimmed(value).to_ascii_lowercase()
}
