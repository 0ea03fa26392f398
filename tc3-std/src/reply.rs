//! An answer that came back whole.

use crate::{error::CallError, message::field};
use std::{error::Error, fmt};
use tc3_core::{
    Timestamp,
    response::{self, Advice, Answer},
};

/// A whole HTTP answer. `Debug` keeps its text to itself.
///
/// ```no_run
/// use tc3_core::{Credentials, Signer, api, response::Advice};
/// use tc3_std::{CallError, Client, SystemClock, tls::Trust};
///
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// let message = signer.sign(&request, SystemClock.now()?).into();
/// let mut connection = Client::new(Trust::public())?.open("cvm.tencentcloudapi.com")?;
/// match connection.send(message)?.into_success() {
///     Ok(reply) => println!("{:?}: {} bytes", reply.request_id(), reply.body().len()),
///     Err(CallError::Service(failure)) if failure.advice == Advice::FixClock => {
///         println!("the server's clock shows {:?}", failure.reply.date());
///     }
///     Err(error) => return Err(error.into()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) reusable: bool,
}

impl Reply {
    /// The HTTP status: 200 for everything that the service processed, failures included.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Status line and headers as they came.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The body: the JSON envelope.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether the connection takes another request.
    #[must_use]
    pub const fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// What the server's clock showed: the header Date.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        Timestamp::from_http_date(field(&self.head, "date")?).ok()
    }

    /// The id of the request in the service's logs.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        let answer = response::parse(&self.body).ok()?;
        answer.request_id().map(|id| id.to_string())
    }

    /// The answer of an action that was done, or that a dry run found could be
    /// ([`Advice::Success`]).
    ///
    /// # Errors
    /// [`CallError::Service`] with what the service said, [`CallError::Status`] for a status other
    /// than 200, [`CallError::NotAnAnswer`] for anything else that is not the service's envelope.
    /// An event stream has none, and passes.
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

// An answer may hold a key: `AssumeRole` is answered with one, and with its token.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

/// What the service said when it did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Dotted words, the family first, such as `AuthFailure.SignatureExpire`.
    pub code: String,
    /// For a person.
    pub message: String,
    /// What to do about it.
    pub advice: Advice,
    /// The whole answer.
    pub reply: Reply,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}: {}", self.code, self.message)?;
        match self.reply.request_id() {
            Some(id) => write!(f, " (request id {id})"),
            None => Ok(()),
        }
    }
}

impl Error for Failure {}
