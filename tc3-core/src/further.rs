//! Headers beyond the two that are always signed.

use crate::{
    api::Call,
    encode::{Encode, Lent, Sink, lower},
    error::{Fault, Invalid, List},
    request::Request,
};
use core::{cmp::Ordering, fmt};

/// A header of the caller's.
///
/// "content-type and host are the required headers" of a signature; the official SDKs sign just
/// these two, and newer samples of the document `x-tc-action` too. What is not signed is
/// protected by TLS alone.
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
    /// Signs the `X-TC-Action` that is sent anyway.
    SignAction,
    /// Signs the `X-TC-Version` that is sent anyway.
    SignVersion,
    /// Signs the `X-TC-Region` of a call that has one.
    SignRegion,
    /// A name and a value, sent and signed.
    Signed(&'a str, &'a str),
    /// A name and a value, sent and not signed.
    Unsigned(&'a str, &'a str),
}

/// Headers, and the code that only they need: a firmware that has none does not link it.
#[derive(Clone, Copy)]
pub(crate) struct Further<'a> {
    pub(crate) list: &'a [Header<'a>],
    pub(crate) spelling: &'static Spelling,
}

pub(crate) struct Spelling {
    /// By value: what is lent has to lie in memory, with and without headers.
    pub(crate) check: fn(Call<'_>) -> Result<(), Invalid>,
    /// `name:value` and a line feed for each signed header.
    pub(crate) lines: fn(&Request<'_>, &mut dyn Sink),
    /// The names of the signed headers, joined by `;`.
    pub(crate) names: fn(&Request<'_>, &mut dyn Sink),
}

impl<'a> Further<'a> {
    pub(crate) const fn new(list: &'a [Header<'a>]) -> Self {
        Self { list, spelling: &Spelling { check, lines, names } }
    }
}

impl fmt::Debug for Further<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Further<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}", self.list);
    }
}

/// What the signer writes itself, or what changes how the answer is framed.
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

fn check(call: Call<'_>) -> Result<(), Invalid> {
    let headers = list(&call);
    for (index, header) in headers.iter().enumerate() {
        let earlier = headers.get(..index).unwrap_or_default();
        let absent = matches!(header, Header::SignRegion) && call.region.is_none();
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
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    if name.is_empty() {
        Some(Fault::EmptyName)
    } else if let Some((at, byte)) = bad_name {
        Some(Fault::Name { at, byte })
    } else if let Some((at, byte)) = bad_value {
        Some(Fault::Value { at, byte })
    } else if is_blank(value.as_bytes().first()) || is_blank(value.as_bytes().last()) {
        Some(Fault::Blank)
    } else if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        Some(Fault::Reserved)
    } else {
        earlier.iter().any(is_named).then_some(Fault::Duplicate)
    }
}

/// RFC 9110, section 5.6.2.
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

/// A header that is signed, by name and where its value comes from.
#[derive(Clone, Copy)]
enum Line<'r> {
    ContentType,
    Host,
    Action,
    Version,
    Region,
    Own(&'r str, &'r str),
}

impl<'r> Line<'r> {
    const fn name(self) -> &'r str {
        match self {
            Self::ContentType => "content-type",
            Self::Host => "host",
            Self::Action => "x-tc-action",
            Self::Version => "x-tc-version",
            Self::Region => "x-tc-region",
            Self::Own(name, _) => name,
        }
    }
}

/// Visits the signed headers in the byte order of their lower-case names: each time the smallest
/// that is greater than the last, so that nothing has to be stored.
fn each(request: &Request<'_>, visit: &mut dyn FnMut(Line<'_>)) {
    let mut last = "";
    loop {
        let own = list(&request.call).iter().filter_map(|header| match *header {
            Header::SignAction => Some(Line::Action),
            Header::SignVersion => Some(Line::Version),
            Header::SignRegion => Some(Line::Region),
            Header::Signed(name, value) => Some(Line::Own(name, value)),
            Header::Unsigned(..) => None,
        });
        let lines = [Line::ContentType, Line::Host].into_iter().chain(own);
        let rest = lines.filter(|line| order(line.name(), last) == Ordering::Greater);
        let Some(next) = rest.min_by(|a, b| order(a.name(), b.name())) else { return };
        visit(next);
        last = next.name();
    }
}

fn list<'a>(call: &Call<'a>) -> &'a [Header<'a>] {
    call.further.map_or(&[], |further| further.list)
}

fn order(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

fn lines(request: &Request<'_>, out: &mut dyn Sink) {
    each(request, &mut |line| {
        lower(line.name().as_bytes(), out);
        out.put(b":");
        match line {
            Line::ContentType => request.content_type().encode_to(&mut Lent(out)),
            Line::Host => request.api().host().encode_to(&mut Lent(out)),
            Line::Action => lower(request.call.action.as_bytes(), out),
            Line::Version => lower(request.call.api.version.unwrap_or_default().as_bytes(), out),
            Line::Region => lower(request.call.region.unwrap_or_default().as_bytes(), out),
            Line::Own(_, value) => lower(value.as_bytes(), out),
        }
        out.put(b"\n");
    });
}

fn names(request: &Request<'_>, out: &mut dyn Sink) {
    let mut separator: &[u8] = b"";
    each(request, &mut |line| {
        out.put(separator);
        lower(line.name().as_bytes(), out);
        separator = b";";
    });
}
