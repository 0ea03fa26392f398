//! A received request, not verified yet.

use super::{HeaderName, Item, Rejection};
use crate::{
    allowed_bytes::{HOST, check},
    encode::len_u64,
    error::Field,
    limit::Limit,
    tc3::payload::HashedPayload,
    time::Timestamp,
};
use core::{fmt, iter, str};

/// The body of a received request.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// The whole body.
    Whole(&'a [u8]),
    /// A body that was hashed while it was received. TC3 needs only the hash; v1 needs the whole form.
    Hashed(HashedPayload),
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Body<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Body({=u64} bytes)", self.len());
    }
}

impl Body<'_> {
    fn len(self) -> u64 {
        match self {
            Self::Whole(body) => len_u64(body.len()),
            Self::Hashed(payload) => payload.len(),
        }
    }
}

/// A received request, not verified yet.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The request target as received: path and query.
    pub target: &'a str,
    /// The headers: names in any case, and values. A request that came by HTTP/2 has `:authority` in place of `Host`.
    /// If it has both, their values must be equal, without regard to case.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body.
    pub body: Body<'a>,
}

impl<'a> Message<'a> {
    /// The value of the header with this name, without surrounding white space. The header must not occur twice.
    ///
    /// RFC 9110, section 5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous". Other
    /// control characters except the tab are refused too.
    ///
    /// For `host`, `:authority` is read too, as [`Self::host`] says.
    pub(super) fn header(&self, name: &str) -> Result<Option<&'a [u8]>, Rejection> {
        let (mut named, mut authority): (Option<&[u8]>, Option<&[u8]>) = (None, None);
        for (other, value) in self.headers {
            let found = match *other {
                ":authority" if name == "host" => &mut authority,
                other if other != ":authority" && other.eq_ignore_ascii_case(name) => &mut named,
                _ => continue,
            };
            if found.replace(value).is_some() {
                return Err(Rejection::RepeatedHeader(HeaderName::new(name)));
            }
        }
        let value = match (named, authority) {
            (Some(host), Some(authority)) if !host.eq_ignore_ascii_case(authority) => {
                return Err(Rejection::Authority);
            }
            _ => named.or(authority),
        };
        let Some(value) = value else { return Ok(None) };
        let is_allowed = |byte: &u8| !byte.is_ascii_control() || *byte == b'\t';
        match value.iter().all(is_allowed) {
            true => Ok(Some(value.trim_ascii())),
            false => Err(Rejection::MalformedHeader(HeaderName::new(name))),
        }
    }

    /// Whether the request has this header, even twice or malformed.
    pub(super) fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
    }

    /// The value of a header as a string; `None` if it is absent or empty.
    pub(super) fn header_str(&self, name: &str, item: Item) -> Result<Option<&'a str>, Rejection> {
        let value = self.header(name)?;
        let value = value.map(|value| str::from_utf8(value).map_err(|_| Rejection::Malformed(item)));
        value.transpose().map(|value| value.filter(|value| !value.is_empty()))
    }

    pub(super) fn required_header(&self, name: &str, item: Item) -> Result<&'a str, Rejection> {
        self.header_str(name, item)?.ok_or(Rejection::Missing(item))
    }

    /// `Host`, or `:authority` of HTTP/2.
    ///
    /// RFC 9113, section 8.3.1: "A server SHOULD treat a request as malformed if it contains a Host header field that
    /// identifies an entity that differs from the entity in the ":authority" pseudo-header field."
    pub(super) fn host(&self) -> Result<&'a str, Rejection> {
        let host = self.required_header("host", Item::Host)?;
        // In v1's string to sign, nothing separates the host from the path. If a host could contain `/`, an attacker
        // could move a part of the path into the host.
        check(host, Field::Host, &HOST).map_err(|_| Rejection::Malformed(Item::Host))?;
        Ok(host)
    }

    pub(super) fn is_post(&self) -> Result<bool, Rejection> {
        match self.method {
            "GET" => Ok(false),
            "POST" => Ok(true),
            _ => Err(Rejection::Method),
        }
    }

    /// Path and query. The query of a POST must be empty.
    pub(super) fn target(&self) -> Result<(&'a str, &'a str), Rejection> {
        if !self.target.starts_with('/') {
            return Err(Rejection::Malformed(Item::Target));
        }
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        if self.is_post()? && !query.is_empty() { Err(Rejection::Query) } else { Ok((path, query)) }
    }

    pub(super) fn has_body(&self) -> bool {
        self.body.len() > 0
    }

    /// Checks the size of a POST's body or of a GET's URL, which the signer measures in the same way. The error is
    /// the size and the limit.
    pub(super) fn check_size(&self, host: &str, body_limit: Limit) -> Result<(), (u64, u64)> {
        let url = "https://".len().saturating_add(host.len()).saturating_add(self.target.len());
        let (limit, bytes) = match self.is_post() {
            Ok(true) => (body_limit, self.body.len()),
            _ => (Limit::GetUrl, len_u64(url)),
        };
        limit.check(bytes).map_err(|_| (bytes, limit.bytes()))
    }
}

// Only the method: headers, query and form may contain a token.
impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("method", &self.method).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Message<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Message({=str})", self.method);
    }
}

/// The hosts that the client might have signed: the value of the Host header, and that value without its port. Some
/// clients add the port after signing.
pub(super) fn signed_hosts(host: &str) -> impl Iterator<Item = &str> {
    let port = host.bytes().rev().take_while(u8::is_ascii_digit).count();
    let name = host.len().checked_sub(port.saturating_add(1)).and_then(|colon| host.split_at_checked(colon));
    let without_port = name.filter(|(_, rest)| port > 0 && rest.starts_with(':')).map(|(name, _)| name);
    [Some(host), without_port].into_iter().flatten()
}

/// Parses decimal digits. A leading zero is refused, because the signature contains the digits as received.
pub(super) fn parse_timestamp(digits: impl Iterator<Item = u8>) -> Result<Timestamp, Rejection> {
    let malformed = Rejection::Malformed(Item::Timestamp);
    // The last second of the year 9999 has 12 digits. A limit saves code over a saturating multiplication.
    let (mut seconds, mut count) = (0u64, 0u32);
    for digit in digits {
        if !digit.is_ascii_digit() || count == 12 || (count == 1 && seconds == 0) {
            return Err(malformed);
        }
        seconds = seconds.wrapping_mul(10).wrapping_add(u64::from(digit & 15));
        count = count.wrapping_add(1);
    }
    match Timestamp::from_unix(seconds) {
        Ok(at) if count > 0 => Ok(at),
        _ => Err(malformed),
    }
}

/// Like `str::split`, which would link a panic, and 392 B more on a Cortex-M0.
pub(super) fn split_on(value: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    iter::from_fn(move || {
        let value = rest?;
        let end = value.bytes().position(|byte| byte == separator).unwrap_or(value.len());
        let (piece, others) = value.split_at_checked(end)?;
        rest = others.get(1..);
        Some(piece)
    })
}
