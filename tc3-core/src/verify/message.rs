//! A request as it was received.

use super::{Item, Rejection};
use crate::{
    charset::{HOST, check},
    encode::len_u64,
    error::{Field, Limit},
    tc3::payload::HashedPayload,
    time::Timestamp,
};
use core::{fmt, iter, str};

/// The body of a received request.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// As a whole.
    Whole(&'a [u8]),
    /// Hashed while it came in. Enough for TC3; v1 needs its form as a whole.
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

/// A request as it was received, before anything is known of it.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The request target, byte for byte: path and query.
    pub target: &'a str,
    /// Names, in any case, and values.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body.
    pub body: Body<'a>,
}

impl<'a> Message<'a> {
    /// The one header of this name, without the blanks around its value. RFC 9110, section 5.5: "Field values
    /// containing CR, LF, or NUL characters are invalid and dangerous", and so are others that do not print.
    pub(super) fn header(&self, name: &str, item: Item) -> Result<Option<&'a [u8]>, Rejection> {
        let mut found = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let is_printed = |byte: &u8| !byte.is_ascii_control() || *byte == b'\t';
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((_, value)), None) if value.iter().all(is_printed) => Ok(Some(value.trim_ascii())),
            _ => Err(Rejection::Malformed(item)),
        }
    }

    pub(super) fn text(&self, name: &str, item: Item) -> Result<Option<&'a str>, Rejection> {
        let value = self.header(name, item)?;
        let text = value.map(|value| str::from_utf8(value).map_err(|_| Rejection::Malformed(item)));
        text.transpose().map(|text| text.filter(|text| !text.is_empty()))
    }

    pub(super) fn required(&self, name: &str, item: Item) -> Result<&'a str, Rejection> {
        self.text(name, item)?.ok_or(Rejection::Missing(item))
    }

    pub(super) fn host(&self) -> Result<&'a str, Rejection> {
        let host = self.required("host", Item::Host)?;
        // In a v1 string the path follows the host without a separator: a `/` in the host could be
        // either's.
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

    /// Path and query; of a POST, a path alone.
    pub(super) fn target(&self) -> Result<(&'a str, &'a str), Rejection> {
        if !self.target.starts_with('/') {
            return Err(Rejection::Malformed(Item::Target));
        }
        let mark = self.target.bytes().position(|byte| byte == b'?').unwrap_or(self.target.len());
        let (path, query) = self.target.split_at_checked(mark).unwrap_or_default();
        let query = query.get(1..).unwrap_or_default();
        if self.is_post()? && !query.is_empty() { Err(Rejection::Query) } else { Ok((path, query)) }
    }

    pub(super) fn has_body(&self) -> bool {
        self.body.len() > 0
    }

    /// Refuses what the service has no room for. The URL of a GET is measured as the signer does.
    pub(super) fn check_size(&self, of_body: Limit) -> Result<(), (u64, u64)> {
        let host = self.host().map_or(0, str::len);
        let url = "https://".len().saturating_add(host).saturating_add(self.target.len());
        let (limit, bytes) = match self.is_post() {
            Ok(true) => (of_body, self.body.len()),
            _ => (Limit::GetUrl, len_u64(url)),
        };
        limit.check(bytes).map_err(|_| (bytes, limit.bytes()))
    }
}

// Headers, a query and a form can hold a token.
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

/// The hosts that may have been signed: the header as it came, and without its port, which some
/// clients add after they have signed.
pub(super) fn signed_hosts(host: &str) -> impl Iterator<Item = &str> {
    let port = host.bytes().rev().take_while(u8::is_ascii_digit).count();
    let name = host.len().checked_sub(port.saturating_add(1)).and_then(|colon| host.split_at_checked(colon));
    let bare = name.filter(|(_, rest)| port > 0 && rest.starts_with(':')).map(|(name, _)| name);
    [Some(host), bare].into_iter().flatten()
}

/// Decimal digits and nothing else, not even a leading zero: the text itself is signed.
pub(super) fn timestamp(digits: impl Iterator<Item = u8>) -> Result<Timestamp, Rejection> {
    let malformed = Rejection::Malformed(Item::Timestamp);
    let mut seconds = None;
    for digit in digits {
        if !digit.is_ascii_digit() || seconds == Some(0) {
            return Err(malformed);
        }
        let tens = seconds.unwrap_or(0u64).saturating_mul(10);
        seconds = Some(tens.saturating_add(u64::from(digit & 15)));
    }
    seconds.and_then(|seconds| Timestamp::from_unix(seconds).ok()).ok_or(malformed)
}

/// Like `str::split`, without its panic.
pub(super) fn split_on(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|byte| byte == separator).unwrap_or(text.len());
        let (piece, others) = text.split_at_checked(end)?;
        rest = others.get(1..);
        Some(piece)
    })
}
