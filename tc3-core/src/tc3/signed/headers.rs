//! All headers of a signed request, and the request head.

use super::{Authorization, Signed};
use crate::{
    encode::{DynSink, Encode, Encoded, Sink, debug_masked},
    header::{self, Header, HeaderValue, Value, line},
    tc3::request::{Target, UNSIGNED},
};

/// The headers of a signed request as names and values, in the order of [`Head`].
///
/// The page [`with_other_http_clients`](crate::with_other_http_clients) says which client needs which headers.
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
    /// Whether `Host` and `Content-Length` are left out.
    is_partial: bool,
}

/// Number of headers before those of the caller.
const FIXED: usize = 13;

impl<'r> Headers<'r> {
    pub(crate) const fn new(signed: &'r Signed<'r>) -> Self {
        Self { signed, next: 0, is_partial: false }
    }

    /// The same headers without `Host` and `Content-Length`, for a client that writes these two itself. The service
    /// refuses a header that it receives twice.
    #[must_use]
    pub const fn without_host_and_length(self) -> Self {
        Self { is_partial: true, ..self }
    }

    /// The header at a position. `None` after the last position, `Some(None)` if this header is not sent.
    fn at(&self, position: usize) -> Option<Option<SentHeader<'r>>> {
        let Signed { request, identity, at, .. } = *self.signed;
        let call = &request.call;
        let line = |name, value| Some(SentHeader::Other(name, HeaderValue(value)));
        let plain = |name, text: Option<&'r str>| line(name, Value::Plain(text?));
        Some(match position {
            0 => line("Host", Value::Host(call.api.host())),
            1 => line("Content-Type", Value::ContentType(request.media_type)),
            2 if request.method() == "POST" => line("Content-Length", Value::Length(request.body_len())),
            2 => None,
            3 => Some(SentHeader::Authorization),
            4 => plain("X-TC-Action", Some(call.action)),
            5 => plain("X-TC-Version", call.api.version),
            6 => line("X-TC-Timestamp", Value::Time(at)),
            7 => plain("X-TC-Region", call.region),
            8 => identity.and_then(|of| of.token).and_then(|token| line("X-TC-Token", Value::Token(token))),
            9 => plain("X-TC-Language", call.language.map(|language| language.as_str())),
            10 => plain("X-TC-RequestClient", call.request_client),
            11 => plain("X-TC-TraceId", call.trace_id),
            12 => plain("X-TC-Content-SHA256", request.is_unsigned().then_some(UNSIGNED)),
            _ => match call.extra_headers?.list.get(position.saturating_sub(FIXED))? {
                Header::Signed(name, value) | Header::Unsigned(name, value) => plain(name, Some(value)),
                _ => None,
            },
        })
    }

    fn next_line(&mut self) -> Option<SentHeader<'r>> {
        loop {
            let line = self.at(self.next)?;
            self.next = self.next.saturating_add(1);
            if line.is_some() {
                return line;
            }
        }
    }
}

/// A header of a signed request.
// `Authorization` is a case of its own: `Head` encodes it without dynamic dispatch, which saves 1,020 B
// on a Cortex-M0.
enum SentHeader<'r> {
    Authorization,
    Other(&'r str, HeaderValue<'r>),
}

impl<'r> Iterator for Headers<'r> {
    type Item = (&'r str, Encoded<HeaderValue<'r>>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (name, value) = match self.next_line()? {
                SentHeader::Authorization => (AUTHORIZATION, HeaderValue(Value::Authorization(self.signed))),
                SentHeader::Other(name, value) => (name, value),
            };
            // Not in `next_line`, which the head uses too: an image that only writes a head does not need this check.
            if !(self.is_partial && matches!(value.0, Value::Host(_) | Value::Length(_))) {
                return Some((name, Encoded(value)));
            }
        }
    }
}

const AUTHORIZATION: &str = "Authorization";

impl header::Authorization for Signed<'_> {
    fn encode_dyn(&self, out: &mut dyn Sink) {
        Authorization(self).encode_to(&mut DynSink(out));
    }
}

/// The request head: request line, headers and the empty line.
#[derive(Clone, Copy)]
pub struct Head<'r>(pub(crate) &'r Signed<'r>);

impl Encode for Head<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let request = self.0.request;
        out.put(request.method().as_bytes());
        out.put(b" ");
        Target(request).encode_to(out);
        out.put(b" HTTP/1.1\r\n");
        let mut headers = self.0.headers();
        while let Some(header) = headers.next_line() {
            match header {
                SentHeader::Authorization => line(AUTHORIZATION, &self.0.authorization().0, out),
                SentHeader::Other(name, value) => line(name, &value, out),
            }
        }
        out.put(b"\r\n");
    }

    fn is_sensitive(&self) -> bool {
        self.0.identity.is_some_and(|identity| identity.token.is_some())
    }
}

debug_masked!(Head<'_>);
