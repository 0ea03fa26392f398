//! The strings of an envelope, also of one that is truncated or malformed.

use super::scan::{Strings, scan_all};
use super::{JsonText, Malformed};

/// The strings that [`found`] has found in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Found<'a> {
    code: Option<JsonText<'a>>,
    message: Option<JsonText<'a>>,
    request_id: Option<JsonText<'a>>,
    malformed: Option<Malformed>,
}

impl<'a> Found<'a> {
    /// `Response.Error.Code`.
    #[must_use]
    pub const fn code(&self) -> Option<JsonText<'a>> {
        self.code
    }

    /// `Response.Error.Message`.
    #[must_use]
    pub const fn message(&self) -> Option<JsonText<'a>> {
        self.message
    }

    /// `Response.RequestId`, which identifies the request to Tencent's support.
    #[must_use]
    pub const fn request_id(&self) -> Option<JsonText<'a>> {
        self.request_id
    }

    /// Where and why reading ended. `None` if [`parse`](super::parse) accepts the body.
    #[must_use]
    pub const fn malformed(&self) -> Option<Malformed> {
        self.malformed
    }
}

/// Returns the code, message and request id that a body contains before its first error, for a report about a truncated
/// or malformed body.
///
/// Each string is complete: a string that was cut off counts as absent. The strings prove nothing about the outcome of
/// the call: the missing part of the body may have contained a code. Use [`parse`](super::parse) to learn the outcome.
///
/// ```
/// use tc3_core::response::{self, Reason};
///
/// let cut = br#"{"Response":{"RequestId":"ed93f3cb","Error":{"Code":"InternalError","Message":"Plea"#;
/// let found = response::found(cut);
/// assert!(found.request_id().unwrap() == "ed93f3cb");
/// assert!(found.code().unwrap() == "InternalError");
/// assert!(found.message().is_none());
/// let malformed = found.malformed().unwrap();
/// assert_eq!((malformed.at, malformed.reason, malformed.is_envelope), (cut.len(), Reason::Truncated, true));
/// ```
#[must_use]
pub fn found(body: &[u8]) -> Found<'_> {
    let (Strings { request_id, code, message }, malformed) = scan_all(body);
    Found { code, message, request_id, malformed }
}
