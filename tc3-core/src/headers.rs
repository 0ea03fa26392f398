//! The headers: those that are signed, and all that are sent.

use crate::{
    address::HostOf,
    canonical::{algorithm, required},
    decimal::natural,
    encode::{Encode, Encoded, Sink, hex, masked},
    further::Header,
    request::{Kind, Request, UNSIGNED},
    sign::Signed,
    time::Timestamp,
};

/// The value of the Authorization header.
#[derive(Clone, Copy)]
pub struct Authorization<'r>(pub(crate) &'r Signed<'r>);

impl Encode for Authorization<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        // By value: of what is lent, the compiler cannot tell that it is still as it was.
        let Signed { request, identity, scope, mac, .. } = *self.0;
        let Some(identity) = identity else { return out.put(b"SKIP") };
        out.put(concat!(algorithm!(), " Credential=").as_bytes());
        out.put(identity.id.as_bytes());
        out.put(scope.path());
        match request.call.further {
            None => {
                out.put(concat!(", SignedHeaders=", required!(), ", Signature=").as_bytes());
            }
            Some(further) => {
                out.put(b", SignedHeaders=");
                (further.spelling.names)(request, out);
                out.put(b", Signature=");
            }
        }
        hex(&mac, out);
    }
}

masked!(Authorization<'_>, HeaderValue<'_>, Head<'_>, Target<'_>);

/// The value of one header.
#[derive(Clone, Copy)]
pub struct HeaderValue<'r>(pub(crate) Value<'r>);

#[derive(Clone, Copy)]
pub(crate) enum Value<'r> {
    Host(HostOf<'r>),
    ContentType(Kind<'r>),
    Length(u64),
    Authorization(Authorization<'r>),
    Time(Timestamp),
    Token(&'r str),
    Plain(&'r str),
}

impl Encode for HeaderValue<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        match self.0 {
            Value::Host(host) => host.encode_to(out),
            Value::ContentType(kind) => kind.encode_to(out),
            Value::Length(len) => natural(len, out),
            Value::Authorization(authorization) => authorization.encode_to(out),
            Value::Time(at) => at.encode_to(out),
            Value::Token(text) | Value::Plain(text) => out.put(text.as_bytes()),
        }
    }

    fn is_sensitive(&self) -> bool {
        matches!(self.0, Value::Token(_))
    }
}

/// All headers that are sent, each once, as name and value.
///
/// ```
/// use tc3_core::{Credentials, Signer, Timestamp, api};
///
/// let mut signer = Signer::new(Credentials::temporary("AKIDEXAMPLE", "key", "token")?);
/// let now = Timestamp::from_unix(1_551_113_065)?;
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// for (name, value) in signer.sign(&request, now).headers() {
///     println!("{name}: {value:?}"); // Debug hides the token
/// }
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Headers<'r> {
    signed: &'r Signed<'r>,
    next: usize,
}

impl<'r> Headers<'r> {
    pub(crate) const fn new(signed: &'r Signed<'r>) -> Self {
        Self { signed, next: 0 }
    }

    /// The header at a place; `None` after the last, `Some(None)` for one that is not sent.
    fn at(&self, place: usize) -> Option<Option<(&'r str, Value<'r>)>> {
        let Signed { request, identity, at, .. } = *self.signed;
        let call = &request.call;
        let plain = |name, text: Option<&'r str>| text.map(|text| (name, Value::Plain(text)));
        Some(match place {
            0 => Some(("Host", Value::Host(call.api.host()))),
            1 => Some(("Content-Type", Value::ContentType(request.content_type()))),
            2 => (request.method() == "POST").then(|| ("Content-Length", Value::Length(request.body_len()))),
            3 => Some(("Authorization", Value::Authorization(Authorization(self.signed)))),
            4 => plain("X-TC-Action", Some(call.action)),
            5 => plain("X-TC-Version", call.api.version),
            6 => Some(("X-TC-Timestamp", Value::Time(at))),
            7 => plain("X-TC-Region", call.region),
            8 => identity.and_then(|of| of.token).map(|token| ("X-TC-Token", Value::Token(token))),
            9 => plain("X-TC-Language", call.language.map(|language| language.as_str())),
            10 => plain("X-TC-RequestClient", call.request_client),
            11 => plain("X-TC-TraceId", call.trace_id),
            12 => plain("X-TC-Content-SHA256", request.is_unsigned().then_some(UNSIGNED)),
            _ => match call.further?.list.get(place.saturating_sub(13))? {
                Header::Signed(name, value) | Header::Unsigned(name, value) => plain(name, Some(value)),
                _ => None,
            },
        })
    }
}

impl<'r> Iterator for Headers<'r> {
    type Item = (&'r str, Encoded<HeaderValue<'r>>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let header = self.at(self.next)?;
            self.next = self.next.saturating_add(1);
            if let Some((name, value)) = header {
                return Some((name, Encoded(HeaderValue(value))));
            }
        }
    }
}

/// Request line and headers, up to and with the blank line: written with
/// [`Encoded::encode`], as long as [`Encoded::len`] says.
#[derive(Clone, Copy)]
pub struct Head<'r>(pub(crate) &'r Signed<'r>);

impl Encode for Head<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let request = self.0.request;
        out.put(request.method().as_bytes());
        out.put(b" ");
        Target(request).encode_to(out);
        out.put(b" HTTP/1.1\r\n");
        for (name, value) in self.0.headers() {
            line(name, &value.0, out);
        }
        out.put(b"\r\n");
    }

    fn is_sensitive(&self) -> bool {
        self.0.identity.is_some_and(|identity| identity.token.is_some())
    }
}

pub(crate) fn line(name: &str, value: &HeaderValue<'_>, out: &mut impl Sink) {
    out.put(name.as_bytes());
    out.put(b": ");
    value.encode_to(out);
    out.put(b"\r\n");
}

/// Path and query, as they stand on the request line.
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
