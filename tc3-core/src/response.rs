//! Parses the body of a response: success or failure, and advice on what to do about a failure.
//!
//! The service responds with HTTP status 200 even if the signature is wrong. So only the body shows whether a request
//! failed:
//!
//! ```json
//! {"Response":{"TotalCount":0,"InstanceSet":[],"RequestId":"b5b41468-520d-4192-b42f-595cc34b6c1c"}}
//! {"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"…"},"RequestId":"ed93f3cb-…"}}
//! ```
//!
//! [`parse`] reads the body once and borrows from it. It finds `Response.Error` with its `Code` and `Message`, and
//! `Response.RequestId`. Everything else is the result of the action, even a field called `Error` deeper in the body.
//! Read it from the same bytes with a JSON library. `parse` checks the JSON of the whole body, so a truncated or
//! damaged body is always an error. For a report about such a body, [`found`] returns the strings in its intact part.

mod advice;
mod cursor;
mod found;
mod json_text;
mod malformed;
mod scan;

pub use advice::Advice;
pub use found::{Found, found};
pub use json_text::JsonText;
pub use malformed::{EnvelopeField, Malformed, Reason};

use core::fmt;

/// Maximum nesting depth of JSON objects and arrays, counted from the outermost object.
pub const MAX_DEPTH: usize = 64;

/// What the body of a response reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Answer<'a> {
    /// The action succeeded. Its results are the other fields of `Response`.
    Success {
        /// `RequestId`, which identifies the request to Tencent's support.
        request_id: Option<JsonText<'a>>,
    },
    /// The action failed or was refused.
    Failure(Failure<'a>),
}

impl<'a> Answer<'a> {
    /// `RequestId`, which identifies the request to Tencent's support.
    pub const fn request_id(self) -> Option<JsonText<'a>> {
        match self {
            Self::Success { request_id } | Self::Failure(Failure { request_id, .. }) => request_id,
        }
    }
}

/// A failure: `Response.Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Failure<'a> {
    /// `Code`: words joined by dots, from general to specific, such as `AuthFailure.SignatureExpire`.
    pub code: JsonText<'a>,
    /// `Message`: a description in the language set by `X-TC-Language`. Empty if the response has none.
    pub message: JsonText<'a>,
    /// `RequestId`, which identifies the request to Tencent's support.
    pub request_id: Option<JsonText<'a>>,
}

impl Failure<'_> {
    /// What the caller should do about the failure.
    ///
    /// ```
    /// use tc3_core::response::{self, Advice, Answer};
    ///
    /// let body = br#"{"Response":{"Error":{"Code":"RequestLimitExceeded.IPLimitExceeded","Message":""}}}"#;
    /// let Answer::Failure(failure) = response::parse(body)? else { panic!("a success") };
    /// assert_eq!(failure.advice(), Advice::BackOff);
    /// # Ok::<(), response::Malformed>(())
    /// ```
    pub fn advice(&self) -> Advice {
        Advice::on(self.code)
    }
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}: {}", self.code, self.message)?;
        match self.request_id {
            Some(request_id) => write!(f, " (request id {request_id})"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for Failure<'_> {}

/// Parses the body of a response.
///
/// White space, field order and escapes do not matter. Names can be escaped too: `"Err\u006fr"` is `Error`. A field
/// that is `null` counts as absent, so `"Error": null` is a success. `Response` itself must not be `null`. `Response`,
/// `Error`, `Code`, `Message` and `RequestId` must not be repeated. RFC 8259 does not define which copy counts, so two
/// parsers could disagree about success.
///
/// # Errors
/// [`Malformed`] if the body is not exactly one such object in strict JSON (RFC 8259, UTF-8), if `Error` has no `Code`,
/// or if the nesting is deeper than [`MAX_DEPTH`]. A body that ends too early is always [`Reason::Truncated`].
///
/// ```
/// use tc3_core::response::{self, Advice, Answer};
///
/// let body = br#"{"Response": {"Error": {"Code": "AuthFailure.SignatureExpire", "Message": "Timestamp expired"},
///                               "RequestId": "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6"}}"#;
/// match response::parse(body)? {
///     Answer::Success { .. } => println!("done"),
///     Answer::Failure(failure) => {
///         assert_eq!(failure.advice(), Advice::FixClock);
///         assert!(failure.code == "AuthFailure.SignatureExpire");
///         println!("{failure}");
///     }
/// }
/// # Ok::<(), response::Malformed>(())
/// ```
pub fn parse(body: &[u8]) -> Result<Answer<'_>, Malformed> {
    let found = scan::scan(body)?;
    let request_id = found.request_id;
    Ok(match found.code {
        None => Answer::Success { request_id },
        Some(code) => {
            Answer::Failure(Failure { code, message: found.message.unwrap_or_default(), request_id })
        }
    })
}
