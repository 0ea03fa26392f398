//! Decides whether a response is a success, by the same rule as on devices.

use super::{
    error::{CallError, Failure},
    reply::Reply,
};
use tc3_embedded::client::{Judgement, judge};

impl Reply {
    /// Returns the response if the call succeeded by the rule of [`tc3_embedded::client::judge`]: the HTTP
    /// status is 200 to 299, and the body is either the service's JSON envelope without an `Error` or an
    /// event stream. A dry run that would have succeeded is a success.
    ///
    /// # Errors
    /// [`CallError::Service`] if the service reported an error, with any HTTP status;
    /// [`CallError::Status`] for any other response whose HTTP status is not 200 to 299;
    /// [`CallError::Malformed`] if the body is not the service's envelope.
    pub fn into_success(self) -> Result<Self, CallError> {
        let failure = match judge(self.status, self.header("content-type"), Some(&self.body)) {
            Judgement::Success => return Ok(self),
            Judgement::Service(failure) => failure,
            Judgement::Status => return Err(CallError::Status(Box::new(self))),
            Judgement::Malformed(malformed) => return Err(CallError::Malformed(malformed, Box::new(self))),
        };
        let (code, message, advice) =
            (failure.code.to_string(), failure.message.to_string(), failure.advice());
        Err(CallError::Service(Box::new(Failure { code, message, advice, reply: self })))
    }
}
