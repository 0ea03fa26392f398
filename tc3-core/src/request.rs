//! A call made ready to sign: method, content type, query and payload, fixed together.

use crate::{
    api::{Api, Call},
    encode::{Encode, Encoded, Sink, count, display},
    error::{Field, Invalid, Limit},
    hash::Sha256Engine,
    headers::Target,
    key::Scope,
    multipart::{Multipart, Parts, check_boundary},
    payload::HashedPayload,
    query::Query,
    sign::Signed,
    time::Timestamp,
};
use core::{fmt, str};

/// The Content-Type of a body. Every value is in lower case, so that a receiver that folds it and
/// one that does not see the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ContentType<'a> {
    /// `application/json`
    Json,
    /// `application/json; charset=utf-8`
    JsonUtf8,
    /// `application/octet-stream`
    Octets,
    /// `application/octet-stream; charset=utf-8`
    OctetsUtf8,
    /// `multipart/form-data; boundary=…`, of a body that is put together already.
    Multipart {
        /// What keeps the parts apart: 1 to 70 bytes, without upper-case letters.
        boundary: &'a str,
    },
}

impl<'a> ContentType<'a> {
    /// The texts that it is spelled by. Inlined, so that those alone are linked that a firmware names.
    #[inline(always)]
    fn kind(self) -> Result<Kind<'a>, Invalid> {
        let text = match self {
            Self::Json => "application/json",
            Self::JsonUtf8 => "application/json; charset=utf-8",
            Self::Octets => "application/octet-stream",
            Self::OctetsUtf8 => "application/octet-stream; charset=utf-8",
            Self::Multipart { boundary } => {
                check_boundary(boundary)?;
                return Ok(Kind::parts(boundary));
            }
        };
        Ok(Kind { text, boundary: "" })
    }
}

/// The Content-Type that goes with every GET and every v1 request.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A Content-Type, the one of a GET included, by its texts: of all that there are a firmware links but
/// those that it names.
#[derive(Clone, Copy)]
pub(crate) struct Kind<'a> {
    text: &'static str,
    boundary: &'a str,
}

impl<'a> Kind<'a> {
    pub(crate) const FORM: Self = Self { text: FORM, boundary: "" };

    const fn parts(boundary: &'a str) -> Self {
        Self { text: "multipart/form-data; boundary=", boundary }
    }
}

impl Encode for Kind<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        out.put(self.text.as_bytes());
        if !self.boundary.is_empty() {
            out.put(self.boundary.as_bytes());
        }
    }
}

#[derive(Clone, Copy)]
enum Body<'a> {
    Query(Query<'a>),
    Whole(&'a [u8]),
    Parts(Parts<'a>),
    Hashed(&'a HashedPayload),
    Unsigned(u64),
}

impl fmt::Debug for Kind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, f)
    }
}

/// A body can be large, and can hold what is nobody's business: only how much of it there is shows.
impl fmt::Debug for Body<'_> {
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
impl defmt::Format for Kind<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str}{=str}", self.text, self.boundary);
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Body<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}", defmt::Debug2Format(self));
    }
}

/// What stands in for the hash of a body that is not signed, and in `X-TC-Content-SHA256`.
pub(crate) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// A call that is complete and checked: signing it cannot fail.
///
/// It borrows everything and is `Copy`: keep it to sign it again.
///
/// The types forbid what the protocol does not have. A form under TC3 ("the HmacSHA1 or HmacSHA256
/// signature algorithm must be used") has no verb, a date has no constructor, and what is not a
/// `Request` cannot be signed:
///
/// ```compile_fail
/// use tc3_core::{Credentials, Signer, Timestamp, api};
/// let call = api!("cvm", "2017-03-12").action("DescribeInstances");
/// let mut signer = Signer::new(Credentials::new("id", "key").unwrap());
/// signer.sign(&call, Timestamp::from_unix(0).unwrap()); // a call without a verb
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request<'a> {
    pub(crate) call: Call<'a>,
    kind: Kind<'a>,
    body: Body<'a>,
}

/// The verbs: each makes a [`Request`], and checks everything.
///
/// What every verb refuses, with where it is: [`Invalid::Empty`], [`Invalid::Byte`] and
/// [`Invalid::TooLong`] for a text of the call; [`Invalid::Item`] for one of its further headers;
/// [`Invalid::Isolated`] and [`Invalid::OtherService`] for a host that cannot serve it, unless it is given
/// [exactly](crate::Host::Unchecked);
/// [`Invalid::TooLarge`] over the limit of its method; and an API without a version, which signature
/// v1 alone can call.
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
    /// GET with a query. "The size of a GET request packet is up to 32 KB": measured is the URL.
    ///
    /// # Errors
    /// [`Invalid`], as for every verb.
    pub fn get(self, query: Query<'a>) -> Result<Request<'a>, Invalid> {
        let request = self.seal(Kind::FORM, Body::Query(query), 0)?;
        Limit::GetUrl.check(len_of(self.api.url_len().saturating_add(query.len_with_mark())))?;
        Ok(request)
    }

    /// POST of a JSON text as `application/json`, "recommended"; at most 10 MiB. It is sent as it is:
    /// whether it is JSON is for the service to say.
    ///
    /// # Errors
    /// [`Invalid`], as for every verb.
    pub fn json(self, body: &'a str) -> Result<Request<'a>, Invalid> {
        self.octets_of(ContentType::Json, body.as_bytes())
    }

    /// POST of a text of any type, in UTF-8 as any `str` is; at most 10 MiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every verb.
    pub fn text(self, content_type: ContentType<'a>, body: &'a str) -> Result<Request<'a>, Invalid> {
        self.octets_of(content_type, body.as_bytes())
    }

    /// POST of raw bytes as `application/octet-stream`; at most 10 MiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every verb.
    pub fn octets(self, body: &'a [u8]) -> Result<Request<'a>, Invalid> {
        self.octets_of(ContentType::Octets, body)
    }

    /// POST of a body of any type, ready to be sent as it is; at most 10 MiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every verb. "Only UTF-8 encoding is used": [`Invalid::Byte`] with
    /// [`Field::Body`] for JSON that is not.
    pub fn post(self, content_type: ContentType<'a>, body: &'a [u8]) -> Result<Request<'a>, Invalid> {
        if let (ContentType::Json | ContentType::JsonUtf8, Err(error)) = (content_type, str::from_utf8(body))
        {
            let at = error.valid_up_to();
            let byte = body.get(at).copied().unwrap_or_default();
            return Err(Invalid::Byte { field: Field::Body, at, byte });
        }
        self.octets_of(content_type, body)
    }

    /// POST of a form in several parts, "only supported by certain APIs"; at most 10 MiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every verb.
    pub fn multipart(self, form: Multipart<'a>) -> Result<Request<'a>, Invalid> {
        self.seal(Kind::parts(form.boundary), Body::Parts(form.parts), len_of(count(&form)))
    }

    /// POST of a body that was hashed in pieces and is read a second time to be sent; at most
    /// 10 MiB. The payload is lent: it would make every request larger.
    ///
    /// # Errors
    /// [`Invalid`], as for every verb.
    pub fn streamed(
        self,
        content_type: ContentType<'a>,
        payload: &'a HashedPayload,
    ) -> Result<Request<'a>, Invalid> {
        self.seal(content_type.kind()?, Body::Hashed(payload), payload.len)
    }

    /// POST of a body of `len` bytes that cannot be hashed before it is sent: the signature does
    /// not cover it, TLS alone protects it. At most 10 MiB.
    ///
    /// # Errors
    /// [`Invalid`], as for every verb.
    pub fn unsigned(self, content_type: ContentType<'a>, len: u64) -> Result<Request<'a>, Invalid> {
        self.seal(content_type.kind()?, Body::Unsigned(len), len)
    }

    fn octets_of(self, content_type: ContentType<'a>, body: &'a [u8]) -> Result<Request<'a>, Invalid> {
        self.seal(content_type.kind()?, Body::Whole(body), len_of(body.len()))
    }

    /// Checks everything. Inlined, and the length comes with the body, so that the compiler sees which body
    /// it is: the others are then not linked.
    #[inline(always)]
    fn seal(self, kind: Kind<'a>, body: Body<'a>, len: u64) -> Result<Request<'a>, Invalid> {
        self.check()?;
        if self.api.version.is_none() {
            return Err(Invalid::Empty { field: Field::Version });
        }
        if let Some(further) = self.further {
            (further.spelling.check)(self)?;
        }
        Limit::Body.check(len)?;
        Ok(Request { call: self, kind, body })
    }
}

impl<'a> Request<'a> {
    /// The request without a signature (`Authorization: SKIP`), for the few actions that prove
    /// the caller in another way, such as `sts:AssumeRoleWithWebIdentity`.
    ///
    /// ```
    /// use tc3_core::{Timestamp, api};
    ///
    /// let request = api!("sts", "2018-08-13").action("AssumeRoleWithWebIdentity").json("{}")?;
    /// let skipped = request.skip(Timestamp::from_unix(1_551_113_065)?);
    /// assert_eq!(skipped.authorization().to_string(), "SKIP");
    /// # Ok::<(), tc3_core::Invalid>(())
    /// ```
    #[must_use]
    pub const fn skip(&'a self, now: Timestamp) -> Signed<'a> {
        Signed { request: self, identity: None, at: now, scope: Scope::NONE, mac: [0; 32] }
    }

    /// `GET` or `POST`.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self.body {
            Body::Query(_) => "GET",
            _ => "POST",
        }
    }

    /// Path and query, as they stand on the request line.
    #[must_use]
    pub const fn target(&'a self) -> Encoded<Target<'a>> {
        Encoded(Target(self))
    }

    /// The length of the body in bytes.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        match self.body {
            Body::Query(_) => 0,
            Body::Whole(body) => len_of(body.len()),
            Body::Parts(parts) => len_of(count(&self.form(parts))),
            Body::Hashed(payload) => payload.len,
            Body::Unsigned(len) => len,
        }
    }

    /// The body, in pieces, to be sent after the head. Nothing comes for a body that is
    /// [`streamed`](Call::streamed) or [`unsigned`](Call::unsigned): the caller has it.
    pub fn body(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (whole, form) = match self.body {
            Body::Whole(body) => (Some(body), None),
            Body::Parts(parts) => (None, Some(self.form(parts))),
            _ => (None, None),
        };
        let parts = form.into_iter().flat_map(|form| form.pieces());
        whole.into_iter().chain(parts).filter(|piece| !piece.is_empty())
    }

    const fn form(&self, parts: Parts<'a>) -> Multipart<'a> {
        Multipart { boundary: self.kind.boundary, parts }
    }

    pub(crate) const fn api(&self) -> &Api<'a> {
        &self.call.api
    }

    pub(crate) const fn query(&self) -> Option<Query<'a>> {
        match self.body {
            Body::Query(query) => Some(query),
            _ => None,
        }
    }

    pub(crate) const fn content_type(&self) -> Kind<'a> {
        self.kind
    }

    pub(crate) const fn is_unsigned(&self) -> bool {
        matches!(self.body, Body::Unsigned(..))
    }

    /// "HashedRequestPayload": of the body as it is sent, and of nothing for a GET.
    pub(crate) fn hash_payload<H: Sha256Engine>(&self, hash: &mut H, digest: &mut [u8; 32]) {
        hash.begin();
        match self.body {
            Body::Query(_) => {}
            Body::Whole(body) => hash.put(body),
            Body::Parts(parts) => self.form(parts).encode_to(hash),
            Body::Hashed(payload) => return *digest = payload.digest,
            Body::Unsigned(..) => hash.put(UNSIGNED.as_bytes()),
        }
        hash.finish(digest);
    }
}

pub(crate) fn len_of(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
