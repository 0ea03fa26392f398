//! Errors of a call.

use super::{dial::DialError, reply::Reply};
use crate::tls::{TimedOut, TlsError, is_timeout};
use std::{error::Error, fmt, io};
use tc3_core::response::{self, Advice, Malformed};
use tc3_embedded::{
    client::Outcome,
    http::{RequestError, ResponseError},
};

/// Why a call did not succeed. The variants are in the order of the steps of a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The TCP connection could not be opened.
    Dial(DialError),
    /// The TLS handshake failed.
    Tls(TlsError),
    /// Sending or receiving failed or timed out, or TLS found an error after the handshake.
    Transport(io::Error),
    /// The request's body could not be read from its source.
    Body(io::Error),
    /// The request's body is shorter or longer than the length that was signed.
    Request(RequestError),
    /// The response is not valid HTTP/1.1, or ended before the end of its head.
    Http(ResponseError),
    /// The response is cut short or malformed after its head: the cause, and the part that came.
    ///
    /// If the connection ended after a whole JSON object with `Response` in it, nothing of it is missing, and the response is
    /// returned as if it were complete. So is a response with a status other than 200 to 299.
    Incomplete(Box<Self>, Box<Reply>),
    /// The HTTP status is not 200 to 299, and the body reports no error of the service. Usually a proxy or
    /// load balancer sent the response.
    Status(Box<Reply>),
    /// The HTTP status is 200 to 299, but the body is not the service's JSON envelope, or is one with malformed JSON
    /// ([`Malformed::is_envelope`]).
    Malformed(Malformed, Box<Reply>),
    /// The service reported an error: it refused the request, or failed.
    Service(Box<Failure>),
}

impl CallError {
    /// Whether the service may have performed the action.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Dial(_) | Self::Tls(_) => Outcome::NotSent,
            Self::Service(_) => Outcome::Answered,
            Self::Status(reply) if response::parse(reply.body()).is_ok() => Outcome::Answered,
            _ => Outcome::Unknown,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dial(error) => error.fmt(f),
            Self::Tls(error) => error.fmt(f),
            Self::Transport(error) if is_timeout(error) => TimedOut::of(error).fmt(f),
            Self::Transport(error) => write!(f, "the connection broke: {error}"),
            Self::Body(error) => write!(f, "the body could not be read: {error}"),
            Self::Request(error) => write!(f, "the body is not what was signed: {error}"),
            Self::Http(error) if error.is_truncated() => write!(f, "the {error}"),
            Self::Http(error) => write!(f, "the answer is not HTTP: {error}"),
            Self::Incomplete(error, reply) => {
                write!(f, "{error}; HTTP status {}{}", reply.status(), Details(reply))
            }
            Self::Status(reply) => write!(f, "the answer has HTTP status {}, not 200 to 299", reply.status()),
            Self::Malformed(malformed, reply) => write!(f, "{malformed}{}", Details(reply)),
            Self::Service(failure) => failure.fmt(f),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Dial(error) => Some(error),
            Self::Tls(error) => Some(error),
            Self::Transport(error) | Self::Body(error) => Some(error),
            Self::Request(error) => Some(error),
            Self::Http(error) => Some(error),
            Self::Incomplete(error, _) => Some(error),
            Self::Status(_) => None,
            Self::Malformed(malformed, _) => Some(malformed),
            Self::Service(failure) => Some(failure),
        }
    }
}

macro_rules! from {
    ($($error:ty => $variant:ident),*) => {
        $(impl From<$error> for CallError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from!(DialError => Dial, TlsError => Tls, RequestError => Request, ResponseError => Http);

/// The code and request id that an incomplete or malformed answer contains, as the end of a sentence.
struct Details<'r>(&'r Reply);

impl fmt::Display for Details<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = response::found(self.0.body());
        if let Some(code) = found.code() {
            write!(f, ", code {code}")?;
        }
        found.request_id().map_or(Ok(()), |id| write!(f, " (request id {id})"))
    }
}

/// An error that the service reported: the `Error` object of the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The error code, such as `AuthFailure.SignatureExpire`.
    pub code: String,
    /// An explanation for people.
    pub message: String,
    /// What the caller can do.
    pub advice: Advice,
    /// The complete response.
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
