//! Signature v1, as received.
//!
//! Values are signed raw, joined by `&` and `=`. Where one value ends and the next parameter begins
//! is therefore not covered: that is so in the protocol, and listed in SECURITY.md.

use super::{
    Body, Item, Message, Rejection,
    message::{self, split_on},
};
use crate::{
    content_type::FORM,
    crypto::sha256::Sha256Engine,
    encode::{Encode, Sink, lower},
    error::Limit,
    time::Timestamp,
    v1::{Algorithm, base64, mac::Mac, sort::sort},
};
use core::fmt;
use subtle::ConstantTimeEq;

/// A value as it came: percent-encoded, with `+` for a blank.
#[derive(Clone, Copy, Default)]
pub struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    /// The bytes that it stands for.
    pub fn bytes(self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        let mut rest = self.0.iter();
        core::iter::from_fn(move || match rest.next()? {
            b'+' => Some(b' '),
            b'%' => Some(nibble(rest.next()?)?.wrapping_mul(16).wrapping_add(nibble(rest.next()?)?)),
            byte => Some(*byte),
        })
    }

    /// Whether it stands for this text.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        self.bytes().eq(text.bytes())
    }

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

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;

        self.bytes().try_for_each(|byte| match byte {
            b' '..=b'~' => f.write_char(char::from(byte)),
            _ => write!(f, "%{byte:02X}"),
        })
    }
}

// It can be a token; `Display` is for those who know that it is not.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({} bytes)", self.0.len())
    }
}

/// Room for one received parameter.
///
/// ```
/// use tc3_core::verify::{Body, Message, Rejection, v1};
///
/// let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
/// let target = "/?Action=DescribeZones&Nonce=7&SecretId=AKIDEXAMPLE&Timestamp=1551113065&Signature=AA%3D%3D";
/// let message = Message { method: "GET", target, headers: &headers, body: Body::Whole(b"") };
/// let mut room = [v1::Parameter::default(); 8];
/// let claim = v1::Claim::read(&message, &mut room)?;
/// assert!(claim.secret_id().is("AKIDEXAMPLE"));
/// # Ok::<(), Rejection>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Parameter<'a> {
    name: Value<'a>,
    value: Value<'a>,
}

/// What a request says of itself. Nothing of it is true before a
/// [`Verifier`](super::Verifier) has checked it.
#[derive(Clone, Copy)]
pub struct Claim<'a, 's> {
    message: Message<'a>,
    path: &'a str,
    /// In the byte order of their names.
    parameters: &'s [Parameter<'a>],
    pub(super) at: Timestamp,
    secret_id: Value<'a>,
    action: Value<'a>,
    signature: [u8; 32],
    signature_len: usize,
}

impl<'a, 's> Claim<'a, 's> {
    /// Reads the claim of a message. The room is for its parameters, which are sorted in it.
    ///
    /// # Errors
    /// The [`Rejection`] that the service would answer with, where no key can make it right;
    /// [`Rejection::TooManyParameters`] when the room is full.
    pub fn read(message: &Message<'a>, room: &'s mut [Parameter<'a>]) -> Result<Self, Rejection> {
        let (path, query) = message.target()?;
        message
            .check_size(Limit::FormBody)
            .map_err(|(bytes, limit)| Rejection::TooLargeForV1 { bytes, limit })?;
        let form = match message.is_post()? {
            true => form(message)?,
            false if message.has_body() => return Err(Rejection::Body),
            false => query.as_bytes(),
        };
        let parameters = split(form, room)?;
        sort(parameters, &|a, b| a.name.bytes().lt(b.name.bytes()));
        let parameters = &*parameters;
        let twice = parameters
            .windows(2)
            .position(|pair| matches!(pair, [a, b] if a.name.bytes().eq(b.name.bytes())));
        if let Some(index) = twice {
            return Err(Rejection::Parameter { index });
        }
        let find = |name, item| find(parameters, name).ok_or(Rejection::Missing(item));
        let nonce = find("Nonce", Item::Nonce)?;
        if nonce.is("0") || nonce.0.is_empty() || !nonce.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Rejection::Malformed(Item::Nonce));
        }
        let (signature, signature_len) = mac(find("Signature", Item::Signature)?)?;
        Ok(Self {
            message: *message,
            path,
            parameters,
            at: message::timestamp(find("Timestamp", Item::Timestamp)?.bytes())?,
            secret_id: find("SecretId", Item::SecretId)?,
            action: find("Action", Item::Action)?,
            signature,
            signature_len,
        })
    }

    /// The id whose key has to be looked up.
    #[must_use]
    pub const fn secret_id(&self) -> Value<'a> {
        self.secret_id
    }

    /// The action called.
    #[must_use]
    pub const fn action(&self) -> Value<'a> {
        self.action
    }

    /// Any parameter by its name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Value<'a>> {
        find(self.parameters, name)
    }
}

impl Claim<'_, '_> {
    pub(super) fn same_token(&self, own: Option<&str>) -> Result<(), Rejection> {
        // A role's credential in the official Go SDK spells the name in lower case.
        let claimed = self.parameter("Token").or_else(|| self.parameter("token"));
        match (claimed, own) {
            (None, None) => Ok(()),
            (Some(claimed), Some(own)) if same(claimed, own).into() => Ok(()),
            _ => Err(Rejection::Token),
        }
    }

    pub(super) fn compare<H: Sha256Engine>(&self, hash: &mut H, key: &str) -> Result<(), Rejection> {
        let method = self.method()?;
        let signature = self.signature.get(..self.signature_len).unwrap_or_default();
        for host in message::signed_hosts(self.message.host()?) {
            let mac = Mac::new(hash, method, key, &Received { claim: self, host });
            if mac.as_bytes().ct_eq(signature).into() {
                return Ok(());
            }
        }
        Err(Rejection::Signature)
    }

    /// "You only use HmacSHA256 when specified."
    fn method(&self) -> Result<Algorithm, Rejection> {
        let method = self.parameter("SignatureMethod").unwrap_or_default();
        if method.is("HmacSHA256") {
            return Ok(Algorithm::HmacSha256);
        }
        #[cfg(feature = "hmacsha1")]
        return Ok(Algorithm::HmacSha1);
        #[cfg(not(feature = "hmacsha1"))]
        Err(Rejection::Malformed(Item::SignatureMethod))
    }
}

/// Compares without telling where the first difference is.
fn same(claimed: Value<'_>, own: &str) -> subtle::Choice {
    let pairs = claimed.bytes().zip(own.bytes());
    let equal = pairs.fold(subtle::Choice::from(1), |equal, (a, b)| equal & a.ct_eq(&b));
    equal & claimed.bytes().count().ct_eq(&own.len())
}

/// The string that was signed, from what was received.
struct Received<'a, 'c> {
    claim: &'c Claim<'a, 'c>,
    host: &'a str,
}

impl Encode for Received<'_, '_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let Claim { message, path, parameters, .. } = self.claim;
        out.put(message.method.as_bytes());
        lower(self.host.as_bytes(), out);
        out.put(path.as_bytes());
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

/// "application/x-www-form-urlencoded. The HmacSHA1 or HmacSHA256 signature algorithm must be
/// used."
fn form<'a>(message: &Message<'a>) -> Result<&'a [u8], Rejection> {
    let content_type = message.required("content-type", Item::ContentType)?;
    let media_type = split_on(content_type, b';').next().unwrap_or_default().trim_ascii();
    match message.body {
        Body::Whole(form) if media_type.eq_ignore_ascii_case(FORM) => Ok(form),
        _ => Err(Rejection::Malformed(Item::ContentType)),
    }
}

fn split<'a, 's>(
    form: &'a [u8],
    room: &'s mut [Parameter<'a>],
) -> Result<&'s mut [Parameter<'a>], Rejection> {
    let mut count = 0usize;
    let full = Rejection::TooManyParameters { room: room.len() };
    for piece in form.split(|byte| *byte == b'&') {
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let [name, value] = [(); 2].map(|()| Value(halves.next().unwrap_or_default()));
        if name.0.is_empty() || !name.is_well_formed() || !value.is_well_formed() {
            return Err(Rejection::Parameter { index: count });
        }
        *room.get_mut(count).ok_or(full)? = Parameter { name, value };
        count = count.saturating_add(1);
    }
    room.get_mut(..count).ok_or(full)
}

fn find<'a>(parameters: &[Parameter<'a>], name: &str) -> Option<Value<'a>> {
    parameters.iter().find(|parameter| parameter.name.is(name)).map(|parameter| parameter.value)
}

fn mac(signature: Value<'_>) -> Result<([u8; 32], usize), Rejection> {
    let malformed = Rejection::Malformed(Item::Signature);
    let mut text = [0; 44];
    let len = signature.bytes().count();
    text.iter_mut().zip(signature.bytes()).for_each(|(to, from)| *to = from);
    let text = text.get(..len).ok_or(malformed)?;
    let mut mac = [0; 32];
    let len = base64::decode(text, &mut mac).ok_or(malformed)?;
    Ok((mac, len))
}

impl fmt::Debug for Claim<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Claim");
        let [id, action] = [self.secret_id, self.action];
        text.field("secret_id", &format_args!("{id}"))
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
            write!(f, "Claim({}, {})", Display2Format(&self.secret_id), Display2Format(&self.action));
        }
    }
}
