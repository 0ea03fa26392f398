//! Verifies signature v1.
//!
//! The protocol signs unencoded values, joined by `=` and `&`. So the signature does not show where a value ends and
//! the next parameter begins. SECURITY.md lists this weakness.

use super::{
    Body, Item, Message, Rejection,
    message::{self, split_on},
};
use crate::{
    content_type::FORM,
    crypto::sha256::Sha256Engine,
    encode::{Encode, Sink, lower},
    limit::Limit,
    time::Timestamp,
    v1::{Algorithm, base64, heapsort::heapsort, mac::Mac},
};
use core::fmt;
use subtle::ConstantTimeEq;

/// A name or value as received: percent-encoded, with `+` for a space.
#[derive(Clone, Copy, Default)]
pub struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    /// The decoded bytes.
    pub fn bytes(self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        let mut rest = self.0.iter();
        core::iter::from_fn(move || match rest.next()? {
            b'+' => Some(b' '),
            b'%' => Some(nibble(rest.next()?)?.wrapping_mul(16).wrapping_add(nibble(rest.next()?)?)),
            byte => Some(*byte),
        })
    }

    /// Whether the decoded value equals `other`.
    #[must_use]
    pub fn is(self, other: &str) -> bool {
        self.bytes().eq(other.bytes())
    }

    /// Whether two hex digits follow each `%`.
    fn is_well_formed(self) -> bool {
        let mut escapes = self.0.split(|byte| *byte == b'%').skip(1);
        escapes.all(|escape| matches!(escape, [a, b, ..] if nibble(a).is_some() && nibble(b).is_some()))
    }

    fn encode_to(self, out: &mut dyn Sink) {
        self.bytes().for_each(|byte| out.put(&[byte]));
    }
}

fn nibble(digit: &u8) -> Option<u8> {
    char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The decoded value. Bytes other than printable ASCII stay percent-encoded.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;

        self.bytes().try_for_each(|byte| match byte {
            b' '..=b'~' => f.write_char(char::from(byte)),
            _ => write!(f, "%{byte:02X}"),
        })
    }
}

// Only the length: the value may be a token.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({} bytes)", self.0.len())
    }
}

/// A received parameter. [`Claim::read`] stores all parameters in a buffer of the caller.
///
/// ```
/// use tc3_core::verify::{Body, Message, Rejection, v1};
///
/// let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
/// let target = "/?Action=DescribeZones&Nonce=7&SecretId=AKIDEXAMPLE&Timestamp=1551113065&Signature=AA%3D%3D";
/// let message = Message { method: "GET", target, headers: &headers, body: Body::Whole(b"") };
/// let mut buffer = [v1::Parameter::default(); 8];
/// let claim = v1::Claim::read(&message, &mut buffer)?;
/// assert!(claim.secret_id().is("AKIDEXAMPLE"));
/// # Ok::<(), Rejection>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Parameter<'a> {
    name: Value<'a>,
    value: Value<'a>,
}

/// What a v1 request claims about itself.
///
/// Do not trust any of it before a [`Verifier`](super::Verifier) has accepted the claim.
#[derive(Clone, Copy)]
pub struct Claim<'a, 's> {
    /// The request, with only the path as its target: a field of its own for the path would take more stack.
    pub(super) message: Message<'a>,
    host: &'a str,
    /// Sorted by name, in byte order.
    parameters: &'s [Parameter<'a>],
    pub(super) at: Timestamp,
    signature: [u8; 32],
    signature_len: usize,
}

impl<'a, 's> Claim<'a, 's> {
    /// Reads the claim of a message. `buffer` then holds the parameters of the message, sorted by name.
    ///
    /// # Errors
    /// [`Rejection`] if the request is wrong whatever the key is, and [`Rejection::TooManyParameters`] if the buffer
    /// is too small.
    pub fn read(message: &Message<'a>, buffer: &'s mut [Parameter<'a>]) -> Result<Self, Rejection> {
        let (path, query) = message.target()?;
        let host = message.host()?;
        message
            .check_size(host, Limit::FormBody)
            .map_err(|(bytes, limit)| Rejection::TooLargeForV1 { bytes, limit })?;
        let form = match message.is_post()? {
            true => form_body(message)?,
            false if message.has_body() => return Err(Rejection::Body),
            false => query.as_bytes(),
        };
        let parameters = parse_form(form, buffer)?;
        heapsort(parameters, &|a, b| a.name.bytes().lt(b.name.bytes()));
        let parameters = &*parameters;
        let duplicate = parameters
            .windows(2)
            .position(|pair| matches!(pair, [a, b] if a.name.bytes().eq(b.name.bytes())));
        if let Some(index) = duplicate {
            return Err(Rejection::Parameter { index });
        }
        let required = |name, item| find(parameters, name).ok_or(Rejection::Missing(item));
        let nonce = required("Nonce", Item::Nonce)?;
        if nonce.is("0") || nonce.0.is_empty() || !nonce.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Rejection::Malformed(Item::Nonce));
        }
        let (signature, signature_len) = decode_signature(required("Signature", Item::Signature)?)?;
        // Only checked. They are found again when they are needed: without fields, verifying takes 32 B less stack on a
        // Cortex-M0.
        required("SecretId", Item::SecretId)?;
        required("Action", Item::Action)?;
        Ok(Self {
            message: Message { target: path, ..*message },
            host,
            parameters,
            at: message::parse_timestamp(required("Timestamp", Item::Timestamp)?.bytes())?,
            signature,
            signature_len,
        })
    }

    /// The SecretId, to look up the credentials.
    #[must_use]
    pub fn secret_id(&self) -> Value<'a> {
        self.parameter("SecretId").unwrap_or_default()
    }

    /// The host that was sent, with its port if it has one: `Host`, or `:authority` of HTTP/2. The signature covers the
    /// host. It does not cover the port if the client signed the host without it.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The time of the signature.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.at
    }

    /// The signature, of 20 or 32 bytes. It is the same in each copy of a request, however the copy is percent-encoded.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.signature.get(..self.signature_len).unwrap_or_default()
    }

    /// The action.
    #[must_use]
    pub fn action(&self) -> Value<'a> {
        self.parameter("Action").unwrap_or_default()
    }

    /// The value of the parameter with this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Value<'a>> {
        find(self.parameters, name)
    }
}

impl Claim<'_, '_> {
    /// Whether the request has the parameter that v1 sends in place of this header: `Action` for `X-TC-Action`. The
    /// signature covers all parameters and, of the headers, only the host.
    pub(super) fn is_signed(&self, header: &str) -> bool {
        let parameter = match header.split_at_checked("x-tc-".len()) {
            Some((prefix, parameter)) if prefix.eq_ignore_ascii_case("x-tc-") => parameter,
            _ => return header.eq_ignore_ascii_case("host"),
        };
        self.parameters.iter().any(|it| {
            it.name
                .bytes()
                .map(|byte| byte.to_ascii_lowercase())
                .eq(parameter.bytes().map(|byte| byte.to_ascii_lowercase()))
        })
    }

    pub(super) fn check_token(&self, expected: Option<&str>) -> Result<(), Rejection> {
        // The official Go SDK sends the name in lower case for the credentials of a role.
        let claimed = self.parameter("Token").or_else(|| self.parameter("token"));
        match (claimed, expected) {
            (None, None) => Ok(()),
            (Some(claimed), Some(expected)) if constant_time_eq(claimed, expected).into() => Ok(()),
            _ => Err(Rejection::Token),
        }
    }

    pub(super) fn check_signature<H: Sha256Engine>(&self, hash: &mut H, key: &str) -> Result<(), Rejection> {
        let algorithm = self.algorithm()?;
        let signature = self.signature();
        for host in message::signed_hosts(self.host) {
            let mac = Mac::new(hash, algorithm, key, &StringToSign { claim: self, host });
            if mac.as_bytes().ct_eq(signature).into() {
                return Ok(());
            }
        }
        Err(Rejection::Signature)
    }

    /// Tencent's document: "you only use HmacSHA256 when specified."
    fn algorithm(&self) -> Result<Algorithm, Rejection> {
        let name = self.parameter("SignatureMethod").unwrap_or_default();
        if name.is("HmacSHA256") {
            return Ok(Algorithm::HmacSha256);
        }
        #[cfg(feature = "hmacsha1")]
        return Ok(Algorithm::HmacSha1);
        #[cfg(not(feature = "hmacsha1"))]
        Err(Rejection::Malformed(Item::SignatureMethod))
    }
}

/// Compares in constant time: the time does not depend on where the first difference is.
fn constant_time_eq(claimed: Value<'_>, expected: &str) -> subtle::Choice {
    let pairs = claimed.bytes().zip(expected.bytes());
    let equal = pairs.fold(subtle::Choice::from(1), |equal, (a, b)| equal & a.ct_eq(&b));
    equal & claimed.bytes().count().ct_eq(&expected.len())
}

/// The string to sign of a received message.
struct StringToSign<'a, 'c> {
    claim: &'c Claim<'a, 'c>,
    host: &'a str,
}

impl Encode for StringToSign<'_, '_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let Claim { message, parameters, .. } = self.claim;
        out.put(message.method.as_bytes());
        lower(self.host.as_bytes(), out);
        out.put(message.target.as_bytes());
        let mut separator: &[u8] = b"?";
        for parameter in parameters.iter().filter(|parameter| !parameter.name.is("Signature")) {
            out.put(separator);
            parameter.name.encode_to(out);
            out.put(b"=");
            parameter.value.encode_to(out);
            separator = b"&";
        }
    }
}

/// The form in the body of a POST, which must have the Content-Type of a form.
fn form_body<'a>(message: &Message<'a>) -> Result<&'a [u8], Rejection> {
    let content_type = message.required_header("content-type", Item::ContentType)?;
    let media_type = split_on(content_type, b';').next().unwrap_or_default().trim_ascii();
    match message.body {
        Body::Whole(form) if media_type.eq_ignore_ascii_case(FORM) => Ok(form),
        _ => Err(Rejection::Malformed(Item::ContentType)),
    }
}

/// Parses a query or form into the buffer.
fn parse_form<'a, 's>(
    form: &'a [u8],
    buffer: &'s mut [Parameter<'a>],
) -> Result<&'s mut [Parameter<'a>], Rejection> {
    let mut count = 0usize;
    let too_many = Rejection::TooManyParameters { capacity: buffer.len() };
    for piece in form.split(|byte| *byte == b'&') {
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let [name, value] = [(); 2].map(|()| Value(halves.next().unwrap_or_default()));
        if name.0.is_empty() || !name.is_well_formed() || !value.is_well_formed() {
            return Err(Rejection::Parameter { index: count });
        }
        *buffer.get_mut(count).ok_or(too_many)? = Parameter { name, value };
        count = count.saturating_add(1);
    }
    buffer.get_mut(..count).ok_or(too_many)
}

fn find<'a>(parameters: &[Parameter<'a>], name: &str) -> Option<Value<'a>> {
    parameters.iter().find(|parameter| parameter.name.is(name)).map(|parameter| parameter.value)
}

/// Decodes a signature of up to 32 bytes, and returns it with its length.
fn decode_signature(signature: Value<'_>) -> Result<([u8; 32], usize), Rejection> {
    let malformed = Rejection::Malformed(Item::Signature);
    let mut encoded = [0; 44];
    let len = signature.bytes().count();
    encoded.iter_mut().zip(signature.bytes()).for_each(|(to, from)| *to = from);
    let encoded = encoded.get(..len).ok_or(malformed)?;
    let mut mac = [0; 32];
    let len = base64::decode(encoded, &mut mac).ok_or(malformed)?;
    Ok((mac, len))
}

impl fmt::Debug for Claim<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut claim = f.debug_struct("Claim");
        let [id, action] = [self.secret_id(), self.action()];
        claim
            .field("secret_id", &format_args!("{id}"))
            .field("action", &format_args!("{action}"))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Parameter").field(&format_args!("{}", self.name)).finish()
    }
}

#[cfg(feature = "defmt")]
mod format {
    use super::{Claim, Parameter, Value};
    use defmt::{Display2Format, Format, Formatter, write};

    impl Format for Value<'_> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Value({} bytes)", self.0.len());
        }
    }

    impl Format for Parameter<'_> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Parameter({})", Display2Format(&self.name));
        }
    }

    impl Format for Claim<'_, '_> {
        fn format(&self, f: Formatter<'_>) {
            write!(f, "Claim({}, {})", Display2Format(&self.secret_id()), Display2Format(&self.action()));
        }
    }
}
