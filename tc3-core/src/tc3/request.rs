//! A complete call. Its method, Content-Type, query and payload are chosen together.

use super::{
    multipart::{Multipart, Parts, Place},
    payload::HashedPayload,
    query::Query,
};
use crate::{
    api::Api,
    call::Call,
    content_type::{ContentType, MediaType},
    crypto::sha256::Sha256Engine,
    encode::{Encode, Encoded, Sink, count, debug_masked, len_u64},
    error::{Field, Invalid},
    host::SignedHost,
    limit::Limit,
};
use core::{fmt, iter};

#[derive(Clone, Copy)]
enum Payload<'a> {
    Query(Query<'a>),
    Whole(&'a [u8]),
    Parts(Parts<'a>),
    Hashed(&'a HashedPayload),
    Unsigned(u64),
}

/// `Debug` prints only the length: a body may be large or private.
impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(query) => query.fmt(f),
            Self::Whole(body) => write!(f, "{} bytes", body.len()),
            Self::Parts(parts) => write!(f, "{} parts", parts.list.len()),
            Self::Hashed(payload) => write!(f, "{} bytes, hashed", payload.len()),
            Self::Unsigned(len) => write!(f, "{len} bytes, unsigned"),
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Payload<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}", defmt::Debug2Format(self));
    }
}

/// Hashed in place of an unsigned body, and sent as `X-TC-Content-SHA256`.
pub(crate) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// A complete, checked call. Signing it cannot fail.
///
/// It borrows everything and is `Copy`, so it can be signed again.
///
/// The types rule out what the protocol does not allow. There is no method for a form body, because the protocol
/// allows that only with signature v1. There is no way to choose the date in the signature, because it must be that
/// of the timestamp. Only a `Request` can be signed:
///
/// ```compile_fail
/// use tc3_core::{Credentials, Signer, Timestamp, api};
/// let call = api!("cvm", "2017-03-12").action("DescribeInstances");
/// let mut signer = Signer::new(Credentials::new("id", "key").unwrap());
/// signer.sign(&call, Timestamp::from_unix(0).unwrap()); // a call is not a request
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request<'a> {
    pub(crate) call: Call<'a>,
    pub(super) media_type: MediaType<'a>,
    payload: Payload<'a>,
}

/// Methods that make a [`Request`]. Each checks the whole call and returns the first error:
///
/// * [`Invalid::Empty`], [`Invalid::Byte`] or [`Invalid::TooLong`] for a field of the call, and for an API
///   without a version, which only signature v1 can call,
/// * [`Invalid::Item`] for a header,
/// * [`Invalid::Isolated`] or [`Invalid::OtherService`] for a host that cannot serve the call, unless it is
///   [unchecked](crate::Host::Unchecked),
/// * [`Invalid::TooLarge`] if the request is larger than the service accepts.
///
/// ```
/// use tc3_core::{ContentType, Multipart, Part, HashedPayload, Query, api};
///
/// let call = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");
/// let get = call.get(Query::encoded("Limit=10")?)?;
/// let json = call.json("{}")?;
/// let charset = call.post(ContentType::JsonUtf8, b"{}")?;
/// let octets = call.octets(&[0x00, 0xff])?;
/// let parts = [Part::text("Limit", "10")];
/// let form = call.multipart(Multipart::new("58731222010402", &parts)?)?;
/// let payload = HashedPayload::of(b"read twice");
/// let streamed = call.streamed(ContentType::Octets, &payload)?;
/// let unsigned = call.unsigned(ContentType::Octets, 1_000)?;
/// assert_eq!([get, json, charset, octets].map(|request| request.body_len()), [0, 2, 2, 2]);
/// assert_eq!([streamed, unsigned].map(|request| request.body_len()), [10, 1_000]);
/// # let _ = form;
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
impl<'a> Call<'a> {
    /// A GET with a query. The whole URL has at most 32 KiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every request.
    pub fn get(self, query: Query<'a>) -> Result<Request<'a>, Invalid> {
        let request = self.seal(MediaType::FORM, Payload::Query(query), 0)?;
        Limit::GetUrl.check(len_u64(self.api.url_len().saturating_add(query.len_with_mark())))?;
        Ok(request)
    }

    /// A POST of JSON as `application/json`, of at most 10 MiB. The body is sent unchanged. Only the service checks
    /// whether it is JSON.
    ///
    /// # Errors
    /// [`Invalid`], as for every request.
    pub fn json(self, body: &'a str) -> Result<Request<'a>, Invalid> {
        self.octets_of(ContentType::Json, body.as_bytes())
    }

    /// A POST of a string with any Content-Type, of at most 10 MiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every request.
    pub fn text(self, content_type: ContentType<'a>, body: &'a str) -> Result<Request<'a>, Invalid> {
        self.octets_of(content_type, body.as_bytes())
    }

    /// A POST of bytes as `application/octet-stream`, of at most 10 MiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every request.
    pub fn octets(self, body: &'a [u8]) -> Result<Request<'a>, Invalid> {
        self.octets_of(ContentType::Octets, body)
    }

    /// A POST of bytes with any Content-Type, of at most 10 MiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every request, and [`Invalid::Byte`] with [`Field::Body`] for JSON that is not UTF-8.
    pub fn post(self, content_type: ContentType<'a>, body: &'a [u8]) -> Result<Request<'a>, Invalid> {
        content_type.check_utf8(body)?;
        self.octets_of(content_type, body)
    }

    /// A POST of a multipart form of at most 10 MiB. Only some APIs accept one.
    ///
    /// # Errors
    /// [`Invalid`], as for every request.
    pub fn multipart(self, form: Multipart<'a>) -> Result<Request<'a>, Invalid> {
        self.seal(MediaType::multipart(form.boundary), Payload::Parts(form.parts), len_u64(count(&form)))
    }

    /// A POST of at most 10 MiB whose body was hashed in pieces and is read again to be sent.
    ///
    /// # Errors
    /// [`Invalid`], as for every request.
    // The payload is borrowed: a copy would make every request larger.
    pub fn streamed(
        self,
        content_type: ContentType<'a>,
        payload: &'a HashedPayload,
    ) -> Result<Request<'a>, Invalid> {
        self.seal(content_type.media_type()?, Payload::Hashed(payload), payload.len)
    }

    /// A POST of a body of `len` bytes, at most 10 MiB, that cannot be hashed before it is sent. The signature does
    /// not cover the body. Only TLS protects it.
    ///
    /// # Errors
    /// [`Invalid`], as for every request.
    pub fn unsigned(self, content_type: ContentType<'a>, len: u64) -> Result<Request<'a>, Invalid> {
        self.seal(content_type.media_type()?, Payload::Unsigned(len), len)
    }

    fn octets_of(self, content_type: ContentType<'a>, body: &'a [u8]) -> Result<Request<'a>, Invalid> {
        self.seal(content_type.media_type()?, Payload::Whole(body), len_u64(body.len()))
    }

    /// Checks everything.
    // The length is an argument: the compiler sees which kind of payload it is, and does not link the code of
    // the other kinds. Saves 932 B on a Cortex-M0.
    fn seal(self, media_type: MediaType<'a>, payload: Payload<'a>, len: u64) -> Result<Request<'a>, Invalid> {
        self.check()?;
        if self.api.version.is_none() {
            return Err(Invalid::Empty { field: Field::Version });
        }
        if let Some(headers) = self.extra_headers {
            (headers.code.check)(self)?;
        }
        Limit::Body.check(len)?;
        Ok(Request { call: self, media_type, payload })
    }
}

impl<'a> Request<'a> {
    /// `GET` or `POST`.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self.payload {
            Payload::Query(_) => "GET",
            _ => "POST",
        }
    }

    /// The service, such as `cvm`, in the case that the caller used.
    #[must_use]
    pub const fn service(&self) -> &'a str {
        self.call.api.service
    }

    /// The signed host, with its port if it has one: the value of the Host header.
    ///
    /// ```
    /// use tc3_core::{Host, api};
    ///
    /// let api = api!("cvm", "2017-03-12").at(Host::Regional("eu-frankfurt")).path("/v3/");
    /// let request = api.action("DescribeZones").json("{}")?;
    /// assert_eq!(request.service(), "cvm");
    /// assert_eq!(request.host().to_string(), "cvm.eu-frankfurt.tencentcloudapi.com");
    /// assert_eq!(request.url().to_string(), "https://cvm.eu-frankfurt.tencentcloudapi.com/v3/");
    /// # Ok::<(), tc3_core::Invalid>(())
    /// ```
    #[must_use]
    pub const fn host(&self) -> Encoded<Authority<'a>> {
        Encoded(Authority(self.call.api.host()))
    }

    /// The URL: `https://`, the signed host, the path and the query.
    #[must_use]
    pub const fn url(&'a self) -> Encoded<Url<'a>> {
        Encoded(Url(self))
    }

    /// The request target: path and query.
    #[must_use]
    pub const fn target(&'a self) -> Encoded<Target<'a>> {
        Encoded(Target(self))
    }

    /// The length of the body in bytes.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        match self.payload {
            Payload::Query(_) => 0,
            Payload::Whole(body) => len_u64(body.len()),
            Payload::Parts(parts) => len_u64(count(&self.form(parts))),
            Payload::Hashed(payload) => payload.len,
            Payload::Unsigned(len) => len,
        }
    }

    /// The body in pieces, to be sent after the head. Empty for a [`streamed`](Call::streamed) or
    /// [`unsigned`](Call::unsigned) body, which the caller sends.
    pub fn body(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (mut whole, form) = match self.payload {
            Payload::Whole(body) if !body.is_empty() => (Some(body), None),
            Payload::Parts(parts) => (None, Some(self.form(parts))),
            _ => (None, None),
        };
        let mut place = Place::default();
        iter::from_fn(move || whole.take().or_else(|| form.as_ref()?.next_piece(&mut place)))
    }

    const fn form(&self, parts: Parts<'a>) -> Multipart<'a> {
        Multipart { boundary: self.media_type.boundary, parts }
    }

    pub(crate) const fn api(&self) -> &Api<'a> {
        &self.call.api
    }

    pub(crate) const fn query(&self) -> Option<Query<'a>> {
        match self.payload {
            Payload::Query(query) => Some(query),
            _ => None,
        }
    }

    pub(crate) const fn is_unsigned(&self) -> bool {
        matches!(self.payload, Payload::Unsigned(..))
    }

    /// HashedRequestPayload: the hash of the body. For a GET, the hash of zero bytes; for an unsigned body, that of
    /// [`UNSIGNED`].
    pub(crate) fn hash_payload<H: Sha256Engine>(&self, hash: &mut H, digest: &mut [u8; 32]) {
        hash.begin();
        match self.payload {
            Payload::Query(_) => {}
            Payload::Whole(body) => hash.put(body),
            Payload::Parts(parts) => self.form(parts).encode_to(hash),
            Payload::Hashed(payload) => return *digest = payload.digest,
            Payload::Unsigned(..) => hash.put(UNSIGNED.as_bytes()),
        }
        hash.finish(digest);
    }
}

/// The request target: path and query of the request line.
#[derive(Clone, Copy)]
pub struct Target<'r>(pub(crate) &'r Request<'r>);

impl Encode for Target<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        out.put(self.0.api().path_or_root().as_bytes());
        if let Some(query) = self.0.query()
            && query.len_with_mark() > 0
        {
            out.put(b"?");
            query.encode_to(out);
        }
    }
}

/// The signed host, with its port if it has one.
#[derive(Clone, Copy)]
pub struct Authority<'a>(SignedHost<'a>);

impl Encode for Authority<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        self.0.encode_to(out);
    }
}

/// The URL of a request.
#[derive(Clone, Copy)]
pub struct Url<'r>(&'r Request<'r>);

impl Encode for Url<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        out.put(b"https://");
        self.0.host().0.encode_to(out);
        self.0.target().0.encode_to(out);
    }
}

debug_masked!(Target<'_>, Authority<'_>, Url<'_>);
