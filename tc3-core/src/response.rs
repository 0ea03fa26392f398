//! Reads the gateway's answer: whether it is a failure, which, and what to do about it.
//!
//! The gateway answers with HTTP status 200 whenever it processed the request, a wrong signature included ("200, not
//! 401"), so the body must be looked into every time:
//!
//! ```json
//! {"Response":{"TotalCount":0,"InstanceSet":[],"RequestId":"b5b41468-520d-4192-b42f-595cc34b6c1c"}}
//! {"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"…"},"RequestId":"ed93f3cb-…"}}
//! ```
//!
//! [`parse`] reads the body once, from the caller's buffer, and keeps nothing but references into it. It looks for
//! `Response.Error` with its `Code` and `Message`, and for `Response.RequestId`. A field of any of these names anywhere
//! else is the product's own and is passed over, as is every other field: hand the same bytes to a JSON library for
//! those. The whole body is checked all the same, so that what was cut off or garbled on the way is never taken for an
//! answer.

mod advice;
mod cursor;
mod json_text;
mod malformed;
mod scan;

pub use advice::Advice;
pub use json_text::JsonText;
pub use malformed::{Field, Malformed, Reason};

use core::fmt;

/// How deeply objects and lists may be nested, the envelope itself counted: 64.
pub const MAX_DEPTH: usize = 64;

/// The gateway's answer to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Answer<'a> {
    /// The action was done; its results are the other fields of `Response`.
    Success {
        /// Names this request in the service's own logs.
        request_id: Option<JsonText<'a>>,
    },
    /// The action was refused or failed.
    Failure(Failure<'a>),
}

impl<'a> Answer<'a> {
    /// Names this request in the service's own logs, whichever way it went.
    pub const fn request_id(self) -> Option<JsonText<'a>> {
        match self {
            Self::Success { request_id } | Self::Failure(Failure { request_id, .. }) => request_id,
        }
    }
}

/// What the gateway said when it did not do what was asked: `Response.Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Failure<'a> {
    /// `Code`: dotted words, the family first, such as `AuthFailure.SignatureExpire`.
    pub code: JsonText<'a>,
    /// `Message`: for a person, in the language the request asked for; empty if there was none.
    pub message: JsonText<'a>,
    /// Names this request in the service's own logs.
    pub request_id: Option<JsonText<'a>>,
}

impl Failure<'_> {
    /// What the caller should do about it.
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

/// Reads the body of an answer.
///
/// Space, order and escapes are free, in names as well: `"Err\u006fr"` is `Error`. A field that is `null` is as good as
/// absent (but for `Response` itself), so `"Error": null` is a success. A name may come once: RFC 8259 calls what
/// happens otherwise "unpredictable", and the difference here would be between success and failure.
///
/// # Errors
/// [`Malformed`], with the offset and the reason, for anything that is not one whole envelope in strict JSON (RFC 8259,
/// UTF-8), at most [`MAX_DEPTH`] deep. A body that stopped too early is always [`Reason::Truncated`].
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
