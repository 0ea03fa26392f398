//! Errors of a call.

use super::{dial::DialError, reply::Reply};
use crate::tls::{TimedOut, TlsError, is_timeout};
use std::{error::Error, fmt, io};
use tc3_core::response::{Advice, Malformed};
use tc3_embedded::http::{RequestError, ResponseError};

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
    /// The response is not valid HTTP/1.1, or is incomplete.
    Http(ResponseError),
    /// The HTTP status is not 200 to 299, and the body reports no error of the service. Usually a proxy or
    /// load balancer sent the response.
    Status(Box<Reply>),
    /// The HTTP status is 200 to 299, but the body is not the service's JSON envelope.
    Malformed(Malformed, Box<Reply>),
    /// The service reported an error: it refused the request, or failed.
    Service(Box<Failure>),
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
            Self::Http(error) => write!(f, "the answer is not HTTP: {error}"),
            Self::Status(reply) => write!(f, "the answer has HTTP status {}, not 200 to 299", reply.status()),
            Self::Malformed(malformed, _) => malformed.fmt(f),
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
