//! Signs and verifies requests of the crate `http`, which most HTTP clients and servers in Rust understand.
//!
//! * [`sign`] signs a request that holds its whole body, in place.
//! * [`request`] makes the head of a signed request, for a body that is sent from a file or a stream.
//! * [`Received`] lends a received request to a [`Verifier`](tc3_core::verify::Verifier).
#![cfg_attr(feature = "tower", doc = "* [`SignLayer`] signs every request that passes a `tower` service.")]
//!
//! `Authorization` and `X-TC-Token` are marked as sensitive, so that neither `Debug` nor a log shows them. The crate
//! `http` does not wipe them.
//!
//! Sign again for each attempt, because a signature expires after 5 minutes. Switch redirects off, because it holds for
//! one host. Send the body unchanged, because it holds for these bytes.
#![cfg_attr(feature = "gateway", doc = include_str!("http/recipes.md"))]

mod error;
mod received;
#[cfg(feature = "tower")]
mod tower;
mod url;

pub use error::HttpError;
pub use received::Received;
#[cfg(feature = "tower")]
pub use tower::{NoCall, SignLayer, SignService};

use ::http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, TRANSFER_ENCODING},
};
use std::{
    fmt::Write,
    io::{self, ErrorKind, Read},
};
use tc3_core::{Call, ContentType, HashedPayload, PayloadHasher, Query, Signed, Timestamp};
use tc3_embedded::signer::Sign;
use zeroize::Zeroizing;

/// Signs a request in place, as this call.
///
/// The request has the method `GET` or `POST`, the URL that the call goes to, and the whole body. A `GET` takes the
/// query from the URL. A `POST` without a `Content-Type` is sent as `application/json`. `X-TC-Action` and all the other
/// headers of the call are added. Headers of the request that the call does not name are sent unsigned.
///
/// ```
/// use tc3_core::{Timestamp, api};
/// use tc3_std::{http::sign, signer::{OwnedCredentials, SharedSigner}};
///
/// let signer = SharedSigner::new(OwnedCredentials::new("AKIDEXAMPLE", "key")?);
/// let call = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");
/// let mut request = http::Request::post("https://cvm.tencentcloudapi.com/").body("{}")?;
/// let now = Timestamp::from_unix(1_551_113_065)?;
/// sign(signer.at(now)?, call, &mut request, now)?;
/// assert_eq!(request.headers()["X-TC-Action"], "DescribeZones");
/// assert!(request.headers()["Authorization"].is_sensitive());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`HttpError`]. The request is then unchanged.
pub fn sign<B: AsRef<[u8]>>(
    mut signer: impl Sign,
    call: Call<'_>,
    request: &mut Request<B>,
    now: Timestamp,
) -> Result<(), HttpError> {
    let (body, uri) = (request.body().as_ref(), request.uri());
    let checked = match *request.method() {
        Method::GET if !body.is_empty() => return Err(HttpError::GetBody),
        Method::GET => call.get(Query::encoded(uri.query().unwrap_or_default())?)?,
        Method::POST => call.post(content_type(request.headers())?, body)?,
        _ => return Err(HttpError::Method),
    };
    url::check(&checked, uri)?;
    let has_authority = uri.authority().is_some();
    let signed = signer.sign(&checked, now)?;
    let added = headers(&signed)?;
    check(request.headers(), &added)?;
    for (name, value) in added {
        // A client writes `Host` from the URL.
        if name != HOST || !has_authority {
            request.headers_mut().insert(name, value);
        }
    }
    Ok(())
}

/// The head of a signed request, with its URL. Give it the body by [`map`](Request::map).
///
/// It has a `Content-Length` even if the body is a stream whose length the client does not know. `Host` is left out,
/// because clients write it from the URL.
///
/// ```
/// use tc3_core::{ContentType, Credentials, Signer, Timestamp, api};
///
/// let payload = tc3_std::http::hash(&b"read twice"[..])?; // first pass; of a file: `hash(&file)`
/// let call = api!("cls", "2020-10-16").action("UploadLog");
/// let streamed = call.streamed(ContentType::Octets, &payload)?;
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let signed = signer.sign(&streamed, Timestamp::from_unix(1_551_113_065)?);
/// let request = tc3_std::http::request(&signed)?.map(|()| &b"read twice"[..]);
/// assert_eq!(request.uri(), "https://cls.tencentcloudapi.com/");
/// assert_eq!(request.headers()["Content-Length"], "10");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`HttpError::Http`] if the URL or a header is not one of the crate `http`, such as the URL of an
/// [unchecked](tc3_core::Host::Unchecked) host.
pub fn request(signed: &Signed<'_>) -> Result<Request<()>, HttpError> {
    let source = signed.request();
    let mut request = Request::new(());
    *request.method_mut() = if source.method() == "GET" { Method::GET } else { Method::POST };
    *request.uri_mut() = Uri::try_from(source.url().to_string()).map_err(::http::Error::from)?;
    for (name, value) in headers(signed)? {
        if name != HOST {
            request.headers_mut().insert(name, value);
        }
    }
    Ok(request)
}

/// Hashes a body in a first pass. It is read again to be sent.
///
/// # Errors
/// The reader's error.
pub fn hash(mut body: impl Read) -> io::Result<HashedPayload> {
    let (mut hasher, mut buffer) = (PayloadHasher::new(), vec![0; 64 * 1024]);
    loop {
        match body.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(count) => hasher.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// All headers of a signed request.
fn headers(signed: &Signed<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, HttpError> {
    let mut headers = Vec::new();
    for (name, value) in signed.headers() {
        let name = HeaderName::try_from(name).map_err(::http::Error::from)?;
        // A buffer that grows would leave a copy that is not wiped.
        let mut text = Zeroizing::new(String::with_capacity(value.len()));
        let _ = write!(text, "{value}");
        let mut value = HeaderValue::try_from(text.as_str()).map_err(::http::Error::from)?;
        value.set_sensitive(name == AUTHORIZATION || name == "x-tc-token");
        headers.push((name, value));
    }
    Ok(headers)
}

/// Headers that a signed request has only if the call says so.
const OF_THE_CALL: [HeaderName; 7] = [
    TRANSFER_ENCODING,
    HeaderName::from_static("x-tc-content-sha256"),
    HeaderName::from_static("x-tc-language"),
    HeaderName::from_static("x-tc-region"),
    HeaderName::from_static("x-tc-requestclient"),
    HeaderName::from_static("x-tc-token"),
    HeaderName::from_static("x-tc-traceid"),
];

/// Refuses headers of the request that differ from those that are added, or that the service would take for them.
fn check(present: &HeaderMap, added: &[(HeaderName, HeaderValue)]) -> Result<(), HttpError> {
    if present.contains_key(AUTHORIZATION) {
        return Err(HttpError::Header { name: AUTHORIZATION });
    }
    for (name, value) in added {
        let is_same = |other: &HeaderValue| match *name {
            // Replaced by the signer's own, which is in lower case.
            CONTENT_TYPE => other.as_bytes().eq_ignore_ascii_case(value.as_bytes()),
            _ => other == value,
        };
        let mut others = present.get_all(name).iter();
        if !others.next().is_none_or(is_same) || others.next().is_some() {
            return Err(HttpError::Header { name: name.clone() });
        }
    }
    let is_added = |name: &HeaderName| added.iter().any(|(other, _)| other == name);
    match OF_THE_CALL.iter().find(|name| present.contains_key(*name) && !is_added(name)) {
        Some(name) => Err(HttpError::Header { name: name.clone() }),
        None => Ok(()),
    }
}

/// The Content-Type of the request; that of JSON if there is none.
fn content_type(headers: &HeaderMap) -> Result<ContentType<'_>, HttpError> {
    const MULTIPART: &str = "multipart/form-data; boundary=";
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(ContentType::Json) };
    let unknown = || HttpError::ContentType { sent: String::from_utf8_lossy(value.as_bytes()).into_owned() };
    let text = value.to_str().map_err(|_| unknown())?;
    let is = |known: &str| text.eq_ignore_ascii_case(known);
    Ok(match text {
        _ if is("application/json") => ContentType::Json,
        _ if is("application/json; charset=utf-8") => ContentType::JsonUtf8,
        _ if is("application/octet-stream") => ContentType::Octets,
        _ if is("application/octet-stream; charset=utf-8") => ContentType::OctetsUtf8,
        _ => match text.split_at_checked(MULTIPART.len()) {
            Some((start, boundary)) if start.eq_ignore_ascii_case(MULTIPART) => {
                ContentType::Multipart { boundary }
            }
            _ => return Err(unknown()),
        },
    })
}
