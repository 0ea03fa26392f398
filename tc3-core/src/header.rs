//! The headers that a caller adds, and the values of all headers.

use crate::{
    content_type::MediaType,
    encode::{Encode, Sink, debug_masked, decimal::natural},
    error::{Fault, Invalid, List},
    host::SignedHost,
    time::Timestamp,
};

/// A header that the caller adds to a call.
///
/// `content-type` and `host` are always signed. The official SDKs sign only these two. Newer samples in
/// Tencent's document also sign `x-tc-action`. Only TLS protects a header that is not signed.
///
/// ```
/// use tc3_core::{Credentials, Header, Signer, Timestamp, api};
///
/// let headers = [Header::SignAction, Header::Unsigned("X-CLS-TopicId", "d2c9")];
/// let request = api!("cls", "2020-10-16").action("UploadLog").headers(&headers).octets(b"log")?;
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let signed = signer.sign(&request, Timestamp::from_unix(1_551_113_065)?);
/// assert!(signed.authorization().to_string().contains("SignedHeaders=content-type;host;x-tc-action,"));
/// # Ok::<(), tc3_core::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Header<'a> {
    /// Signs `X-TC-Action`, which is always sent.
    SignAction,
    /// Signs `X-TC-Version`, which is always sent.
    SignVersion,
    /// Signs `X-TC-Region`. The call must have a region.
    SignRegion,
    /// A header that is sent and signed: name and value.
    Signed(&'a str, &'a str),
    /// A header that is sent but not signed: name and value.
    Unsigned(&'a str, &'a str),
}

/// Headers that the signer writes itself, or that change how the request or response is framed or encoded.
const RESERVED: [&str; 15] = [
    "accept-encoding",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "x-tc-action",
    "x-tc-content-sha256",
    "x-tc-language",
    "x-tc-region",
    "x-tc-requestclient",
    "x-tc-timestamp",
    "x-tc-token",
    "x-tc-traceid",
    "x-tc-version",
];

/// Checks the headers of a call; `region` is the region of that call.
pub(crate) fn check(headers: &[Header<'_>], region: Option<&str>) -> Result<(), Invalid> {
    for (index, header) in headers.iter().enumerate() {
        let earlier = headers.get(..index).unwrap_or_default();
        let absent = matches!(header, Header::SignRegion) && region.is_none();
        if let Some(fault) = absent.then_some(Fault::Absent).or_else(|| fault(*header, earlier)) {
            return Err(Invalid::Item { list: List::Headers, index, fault });
        }
    }
    Ok(())
}

fn fault(header: Header<'_>, earlier: &[Header<'_>]) -> Option<Fault> {
    let (Header::Signed(name, value) | Header::Unsigned(name, value)) = header else {
        return earlier.contains(&header).then_some(Fault::Duplicate);
    };
    let is_named = |other: &Header<'_>| match other {
        Header::Signed(other, _) | Header::Unsigned(other, _) => other.eq_ignore_ascii_case(name),
        _ => false,
    };
    let bad_name = name.bytes().enumerate().find(|(_, byte)| !is_token(*byte));
    let bad_value = value.bytes().enumerate().find(|(_, byte)| !matches!(byte, b' '..=b'~' | b'\t'));
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    if name.is_empty() {
        Some(Fault::EmptyName)
    } else if let Some((at, byte)) = bad_name {
        Some(Fault::Name { at, byte })
    } else if let Some((at, byte)) = bad_value {
        Some(Fault::Value { at, byte })
    } else if is_space(value.as_bytes().first()) || is_space(value.as_bytes().last()) {
        Some(Fault::Padded)
    } else if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        Some(Fault::Reserved)
    } else {
        earlier.iter().any(is_named).then_some(Fault::Duplicate)
    }
}

/// Whether a header name can contain this byte (`tchar` in RFC 9110, section 5.6.2).
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// The value of one header.
#[derive(Clone, Copy)]
pub struct HeaderValue<'r>(pub(crate) Value<'r>);

#[derive(Clone, Copy)]
pub(crate) enum Value<'r> {
    Host(SignedHost<'r>),
    ContentType(MediaType<'r>),
    Length(u64),
    Authorization(&'r dyn Authorization),
    Time(Timestamp),
    Token(&'r str),
    Plain(&'r str),
}

/// Encodes the value of `Authorization`. A trait, so that this module does not import the module `tc3`.
pub(crate) trait Authorization: Sync {
    fn encode_dyn(&self, out: &mut dyn Sink);
}

impl Encode for HeaderValue<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        match self.0 {
            Value::Host(host) => host.encode_to(out),
            Value::ContentType(media_type) => media_type.encode_to(out),
            Value::Length(len) => natural(len, out),
            Value::Authorization(authorization) => authorization.encode_dyn(out),
            Value::Time(at) => at.encode_to(out),
            Value::Token(text) | Value::Plain(text) => out.put(text.as_bytes()),
        }
    }

    fn is_sensitive(&self) -> bool {
        matches!(self.0, Value::Token(_))
    }
}

debug_masked!(HeaderValue<'_>);

/// Writes one header line.
pub(crate) fn line(name: &str, value: &impl Encode, out: &mut impl Sink) {
    out.put(name.as_bytes());
    out.put(b": ");
    value.encode_to(out);
    out.put(b"\r\n");
}
