//! Why a call did not succeed.

use crate::{
    dial::DialError,
    reply::{Failure, Reply},
    tls::TlsError,
};
use std::{error::Error, fmt, io};
use tc3_core::response::Malformed;
use tc3_embedded::http::{RequestError, ResponseError};

/// Why a call did not succeed, in the order in which it goes.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// No connection.
    Dial(DialError),
    /// A connection, but no TLS over it.
    Tls(TlsError),
    /// The connection broke, or nothing moved on it in time. What TLS finds wrong after its
    /// handshake is inside.
    Transport(io::Error),
    /// The caller's own body could not be read.
    Body(io::Error),
    /// The caller's own body is not as long as was signed.
    Request(RequestError),
    /// The answer is not HTTP/1.1 as it should be.
    Http(ResponseError),
    /// A status other than 200: not the service, but something before it.
    Status(Box<Reply>),
    /// The body is not the service's envelope.
    NotAnAnswer(Malformed, Box<Reply>),
    /// The service refused, or failed.
    Service(Box<Failure>),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dial(error) => error.fmt(f),
            Self::Tls(error) => error.fmt(f),
            Self::Transport(error) if is_timeout(error) => {
                f.write_str("the server did nothing within the timeout")
            }
            Self::Transport(error) => write!(f, "the connection broke: {error}"),
            Self::Body(error) => write!(f, "the body could not be read: {error}"),
            Self::Request(error) => write!(f, "the body is not what was signed: {error}"),
            Self::Http(error) => write!(f, "the answer is not HTTP: {error}"),
            Self::Status(reply) => write!(f, "the answer has HTTP status {}, not 200", reply.status()),
            Self::NotAnAnswer(malformed, _) => malformed.fmt(f),
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
            Self::NotAnAnswer(malformed, _) => Some(malformed),
            Self::Service(failure) => Some(failure),
        }
    }
}

/// Either kind, as the operating system has it.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
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
