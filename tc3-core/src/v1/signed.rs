//! A signed v1 request, and everything that is sent for it.

use super::{
    base64,
    mac::Mac,
    nonce::Nonce,
    params,
    request::{Method, Request},
};
use crate::{
    content_type::MediaType,
    credentials::{Credentials, Identity},
    crypto::sha256::Sha256Engine,
    encode::{Encode, Encoded, Sink, count, debug_masked, len_u64, percent::Percent},
    error::Invalid,
    header::{Header, HeaderValue, Value, line},
    limit::Limit,
    params::{Label, Leaf, Name, Visit},
    time::Timestamp,
};
use core::{fmt, num::NonZeroU64};

/// All signed parameters: those of the request and the common ones.
#[derive(Clone, Copy)]
struct AllParams<'r> {
    request: &'r Request<'r>,
    id: Identity<'r>,
    at: Timestamp,
    nonce: NonZeroU64,
}

impl AllParams<'_> {
    /// The common parameters, in the byte order of their names.
    fn common(&self) -> [Option<(&str, Leaf<'_>)>; 10] {
        let Request { call, algorithm, .. } = self.request;
        let string = |name, value: Option<_>| value.map(|value| (name, Leaf::Text(value)));
        [
            string("Action", Some(call.action)),
            string("Language", call.language.map(|language| language.as_str())),
            Some(("Nonce", Leaf::Natural(self.nonce.get()))),
            string("Region", call.region),
            string("RequestClient", call.request_client),
            string("SecretId", Some(self.id.id)),
            string("SignatureMethod", algorithm.name()),
            Some(("Timestamp", Leaf::Natural(self.at.unix()))),
            string("Token", self.id.token),
            string("Version", call.api.version),
        ]
    }

    /// Visits all parameters but the signature, in the byte order of their names.
    fn each(&self, visit: Visit<'_>) {
        let common = self.common();
        let mut left = common.as_slice();
        // Visits the common parameters that come before a name. Not a `Peekable`, which links a
        // panic, and takes 276 B and 416 B of stack more on a Cortex-M0.
        let mut visit_common = |before: Option<&str>, visit: Visit<'_>| {
            while let [parameter, others @ ..] = left {
                if let Some((key, value)) = *parameter {
                    if before.is_some_and(|before| key.ge(before)) {
                        return;
                    }
                    visit(&Name { outer: None, label: Label::Key(key) }, value);
                }
                left = others;
            }
        };
        self.request.params.each(&mut |param| {
            visit_common(Some(param.0), visit);
            params::walk(param, visit);
        });
        visit_common(None, visit);
    }
}

/// The string to sign: method, host, path, `?` and the sorted parameters with raw values.
#[derive(Clone, Copy)]
pub struct StringToSign<'r>(AllParams<'r>);

impl Encode for StringToSign<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let Request { call, method, .. } = self.0.request;
        out.put(method.as_str().as_bytes());
        call.api.host().encode_to(out);
        out.put(call.api.path_or_root().as_bytes());
        let mut separator: &[u8] = b"?";
        self.0.each(&mut |name, value| {
            out.put(separator);
            name.encode_to(out);
            out.put(b"=");
            value.encode_to(out);
            separator = b"&";
        });
    }

    fn is_sensitive(&self) -> bool {
        self.0.id.token.is_some()
    }
}

/// The signature: the MAC in base64.
#[derive(Clone, Copy)]
pub struct Signature(Mac);

impl Encode for Signature {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        base64::encode_to(self.0.as_bytes(), out);
    }
}

/// The parameters as they are sent: percent-encoded, and followed by the signature.
#[derive(Clone, Copy)]
pub struct Wire<'r>(AllParams<'r>, Signature);

impl Encode for Wire<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        self.0.each(&mut |name, value| {
            name.encode_to(&mut Percent(out));
            out.put(b"=");
            value.encode_to(&mut Percent(out));
            out.put(b"&");
        });
        out.put(b"Signature=");
        self.1.encode_to(&mut Percent(out));
    }

    fn is_sensitive(&self) -> bool {
        self.0.id.token.is_some()
    }
}

/// A request signed with signature v1.
///
/// Send it once. Sign again for a retry, with a new nonce.
#[derive(Clone, Copy)]
pub struct Signed<'r> {
    params: AllParams<'r>,
    signature: Signature,
}

impl<'r> Signed<'r> {
    pub(crate) fn new<H: Sha256Engine>(
        hash: &mut H,
        credentials: Credentials<'r>,
        request: &'r Request<'r>,
        at: Timestamp,
        Nonce(nonce): Nonce,
    ) -> Result<Self, Invalid> {
        let params = AllParams { request, id: credentials.identity, at, nonce };
        let (limit, len) = match request.method {
            Method::Post => (Limit::FormBody, 0),
            Method::Get => (Limit::GetUrl, request.call.api.url_len().saturating_add(1)),
        };
        // Measured with the longest possible signature, so that the result does not depend on the key.
        let longest = Wire(params, Signature(Mac::longest(request.algorithm)));
        limit.check(len_u64(len.saturating_add(count(&longest))))?;
        let mac = Mac::new(hash, request.algorithm, credentials.key, &StringToSign(params));
        Ok(Self { params, signature: Signature(mac) })
    }

    /// The percent-encoded parameters: the query of a GET, or the form body of a POST.
    #[must_use]
    pub const fn wire(self) -> Encoded<Wire<'r>> {
        Encoded(Wire(self.params, self.signature))
    }

    /// [`wire`](Self::wire) without `Token`, for a program that adds the token itself. The order in which parameters
    /// are sent does not matter.
    #[must_use]
    pub const fn wire_without_token(self) -> Encoded<Wire<'r>> {
        let id = Identity { token: None, ..self.params.id };
        Encoded(Wire(AllParams { id, ..self.params }, self.signature))
    }

    /// The request target: the path, and for a GET the parameters.
    #[must_use]
    pub const fn target(self) -> Encoded<Target<'r>> {
        Encoded(Target(self))
    }

    /// The length of the body in bytes: that of [`wire`](Self::wire) for a POST, 0 for a GET.
    #[must_use]
    pub fn body_len(self) -> u64 {
        match self.params.request.method {
            Method::Get => 0,
            Method::Post => len_u64(self.wire().len()),
        }
    }

    /// The request head: request line, headers and the empty line.
    ///
    /// The head of a GET contains the parameters. After the head of a POST, send [`wire`](Self::wire).
    #[must_use]
    pub const fn head(self) -> Encoded<Head<'r>> {
        Encoded(Head(self))
    }

    /// All headers as names and values, in the order of [`head`](Self::head), for an HTTP client that writes
    /// the request line itself.
    pub fn headers(self) -> impl Iterator<Item = (&'r str, Encoded<HeaderValue<'r>>)> {
        let call = &self.params.request.call;
        let post = self.params.request.method == Method::Post;
        // `Call::v1` refuses every other kind of header.
        let extra = call.extra_headers.map_or(&[][..], |headers| headers.list).iter().filter_map(|header| {
            let Header::Unsigned(name, value) = *header else { return None };
            Some((name, Value::Plain(value)))
        });
        [
            Some(("Host", Value::Host(call.api.host()))),
            Some(("Content-Type", Value::ContentType(MediaType::FORM))),
            post.then(|| ("Content-Length", Value::Length(self.body_len()))),
            call.trace_id.map(|id| ("X-TC-TraceId", Value::Plain(id))),
        ]
        .into_iter()
        .flatten()
        .chain(extra)
        .map(|(name, value)| (name, Encoded(HeaderValue(value))))
    }

    /// The string to sign, to compare it with that of another signer. It contains the token, if there is
    /// one.
    #[must_use]
    pub const fn string_to_sign(self) -> Encoded<StringToSign<'r>> {
        Encoded(StringToSign(self.params))
    }

    /// The value of the parameter `Signature`, not percent-encoded.
    #[must_use]
    pub const fn signature(self) -> Encoded<Signature> {
        Encoded(self.signature)
    }

    /// The request that was signed.
    #[must_use]
    pub const fn request(self) -> &'r Request<'r> {
        self.params.request
    }
}

/// The request head: request line, headers and the empty line.
#[derive(Clone, Copy)]
pub struct Head<'r>(Signed<'r>);

impl Encode for Head<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        out.put(self.0.params.request.method.as_str().as_bytes());
        out.put(b" ");
        Target(self.0).encode_to(out);
        out.put(b" HTTP/1.1\r\n");
        for (name, value) in self.0.headers() {
            line(name, &value.0, out);
        }
        out.put(b"\r\n");
    }

    fn is_sensitive(&self) -> bool {
        self.0.params.id.token.is_some()
    }
}

/// The request target: the path, and for a GET the parameters.
#[derive(Clone, Copy)]
pub struct Target<'r>(Signed<'r>);

impl Encode for Target<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let Request { call, method, .. } = self.0.params.request;
        out.put(call.api.path_or_root().as_bytes());
        if *method == Method::Get {
            out.put(b"?");
            self.0.wire().0.encode_to(out);
        }
    }

    fn is_sensitive(&self) -> bool {
        self.0.params.request.method == Method::Get && self.0.params.id.token.is_some()
    }
}

debug_masked!(StringToSign<'_>, Signature, Wire<'_>, Target<'_>, Head<'_>);

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("signature", &self.signature()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Signed<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Signed({})", self.signature());
    }
}
