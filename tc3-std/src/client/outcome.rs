//! When an answer is a success.

use super::{
    error::{CallError, Failure},
    message::field,
    reply::Reply,
};
use tc3_core::response::{self, Advice, Answer};

impl Reply {
    /// Returns the answer if the action was done, or if a dry run found that it could be done
    /// ([`Advice::Success`]).
    ///
    /// # Errors
    /// [`CallError::Service`] if the service reported a failure, [`CallError::Status`] for a status other
    /// than 200, [`CallError::NotAnAnswer`] if the body is not the service's envelope. An event stream
    /// has no envelope and is a success.
    pub fn into_success(self) -> Result<Self, CallError> {
        if self.status != 200 {
            return Err(CallError::Status(Box::new(self)));
        }
        if field(&self.head, "content-type").is_some_and(|of| of.starts_with("text/event-stream")) {
            return Ok(self);
        }
        let failure = match response::parse(&self.body) {
            Ok(Answer::Success { .. }) => return Ok(self),
            Ok(Answer::Failure(failure)) if failure.advice() == Advice::Success => return Ok(self),
            Ok(Answer::Failure(failure)) => failure,
            Err(malformed) => return Err(CallError::NotAnAnswer(malformed, Box::new(self))),
        };
        let (code, message, advice) =
            (failure.code.to_string(), failure.message.to_string(), failure.advice());
        Err(CallError::Service(Box::new(Failure { code, message, advice, reply: self })))
    }
}
