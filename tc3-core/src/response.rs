//! Parses the answer of the service: success or failure, and what to do about a failure.
//!
//! The service answers with HTTP status 200 even if the signature is wrong ("200, not 401"). So only the body tells
//! whether a request failed:
//!
//! ```json
//! {"Response":{"TotalCount":0,"InstanceSet":[],"RequestId":"b5b41468-520d-4192-b42f-595cc34b6c1c"}}
//! {"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"…"},"RequestId":"ed93f3cb-…"}}
//! ```
//!
//! [`parse`] reads the body once and borrows from it. It finds `Response.Error` with its `Code` and `Message`, and
//! `Response.RequestId`. All other fields belong to the product, including fields with these names in other places; to
//! read them, pass the same bytes to a JSON library. `parse` checks the JSON of the whole body, so that a truncated or
//! damaged body is never taken for an answer.

mod advice;
mod cursor;
mod json_text;
mod malformed;
mod scan;

pub use advice::Advice;
pub use json_text::JsonText;
pub use malformed::{EnvelopeField, Malformed, Reason};

use core::fmt;

/// The deepest nesting of objects and lists in an answer, including the envelope.
pub const MAX_DEPTH: usize = 64;

/// The answer to one request.
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
    /// `Message`: a description in the language of the request. Empty if the answer has none.
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

/// Parses the body of an answer.
///
/// White space, the order of fields and escapes are free, also in names: `"Err\u006fr"` is `Error`. A field that is
/// `null` counts as absent, so `"Error": null` is a success; only `Response` must not be `null`. A field of the
/// envelope must not occur twice: RFC 8259 calls the behavior of software "unpredictable" then, and one reader could
/// see a success where another sees a failure.
///
/// # Errors
/// [`Malformed`] if the body is not one envelope in strict JSON (RFC 8259, UTF-8), or nested deeper than
/// [`MAX_DEPTH`]. A body that ends too early is always [`Reason::Truncated`].
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
