//! The Content-Type of a request.

use crate::{
    allowed_bytes::{BOUNDARY, check, check_len},
    encode::{Encode, Sink, display},
    error::{Field, Invalid},
    utf8,
};
use core::fmt;

/// The Content-Type of a POST that is signed with TC3-HMAC-SHA256. Tencent's document recommends
/// `application/json`.
///
/// Every value is in lower case, because some receivers lower-case it before they verify and some do not.
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
    /// `multipart/form-data; boundary=…`, for a body that the caller has encoded.
    Multipart {
        /// The boundary between the parts: 1 to 70 bytes, without upper-case letters.
        boundary: &'a str,
    },
}

impl<'a> ContentType<'a> {
    /// Refuses JSON that is not UTF-8.
    pub(crate) fn check_utf8(self, body: &[u8]) -> Result<(), Invalid> {
        if matches!(self, Self::Json | Self::JsonUtf8) { utf8::check_utf8(body, Field::Body) } else { Ok(()) }
    }

    /// Checks the boundary.
    pub(crate) fn media_type(self) -> Result<MediaType<'a>, Invalid> {
        let text = match self {
            Self::Json => "application/json",
            Self::JsonUtf8 => "application/json; charset=utf-8",
            Self::Octets => "application/octet-stream",
            Self::OctetsUtf8 => "application/octet-stream; charset=utf-8",
            Self::Multipart { boundary } => {
                check_boundary(boundary)?;
                return Ok(MediaType::multipart(boundary));
            }
        };
        Ok(MediaType { text, boundary: "" })
    }
}

/// The Content-Type of every GET and of every v1 request.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A Content-Type as string parts. Parts that a firmware never uses are not linked.
// Saves up to 320 B on a Cortex-M0.
#[derive(Clone, Copy)]
pub(crate) struct MediaType<'a> {
    text: &'static str,
    pub(crate) boundary: &'a str,
}

impl<'a> MediaType<'a> {
    pub(crate) const FORM: Self = Self { text: FORM, boundary: "" };

    pub(crate) const fn multipart(boundary: &'a str) -> Self {
        Self { text: "multipart/form-data; boundary=", boundary }
    }
}

impl Encode for MediaType<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        out.put(self.text.as_bytes());
        // Saves 16 B on RV32IMC.
        if !self.boundary.is_empty() {
            out.put(self.boundary.as_bytes());
        }
    }
}

impl fmt::Debug for MediaType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for MediaType<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str}{=str}", self.text, self.boundary);
    }
}

/// Maximum length of a boundary, in bytes (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;

pub(crate) fn check_boundary(boundary: &str) -> Result<(), Invalid> {
    check(boundary, Field::Boundary, &BOUNDARY)?;
    check_len(boundary, Field::Boundary, MAX_BOUNDARY)
}
