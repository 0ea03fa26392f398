//! When an answer is a success: by the rule that devices use too.

use super::{
    error::{CallError, Failure},
    reply::Reply,
};
use tc3_embedded::client::{Outcome, judge};

impl Reply {
    /// Returns the answer if it is a success by the rule of [`tc3_embedded::client::judge`]: the status
    /// is 200 to 299 and the body is the service's envelope without an error, or an event stream. A dry
    /// run that would have succeeded is a success.
    ///
    /// # Errors
    /// [`CallError::Service`] if the service reported a failure, with any status;
    /// [`CallError::Status`] for any other answer whose status is not 200 to 299;
    /// [`CallError::NotAnAnswer`] if the body is not the service's envelope.
    pub fn into_success(self) -> Result<Self, CallError> {
        let failure = match judge(self.status, self.header("content-type"), Some(&self.body)) {
            Outcome::Success => return Ok(self),
            Outcome::Service(failure) => failure,
            Outcome::Status => return Err(CallError::Status(Box::new(self))),
            Outcome::Malformed(malformed) => return Err(CallError::NotAnAnswer(malformed, Box::new(self))),
        };
        let (code, message, advice) =
            (failure.code.to_string(), failure.message.to_string(), failure.advice());
        Err(CallError::Service(Box::new(Failure { code, message, advice, reply: self })))
    }
}
