//! Why a request of the crate `http` is not signed.

use ::http::HeaderName;
use std::{error::Error, fmt};
use tc3_core::Invalid;
use tc3_embedded::signer::SignError;

/// Why a request of the crate `http` was not signed. It is unchanged.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpError {
    /// The method is neither `GET` nor `POST`.
    Method,
    /// A `GET` has a body.
    GetBody,
    /// A `POST` has a query. The parameters belong in the body.
    PostQuery,
    /// The URL has a user or a password.
    User,
    /// The URL has another host than the call. Change the URL, or the host of the call by
    /// [`Api::at`](tc3_core::Api::at).
    Host {
        /// The host of the call.
        signed: String,
        /// The host in the URL, with its port unless it is the default.
        url: String,
    },
    /// The URL has another path than the call. Change the URL, or the path of the call by
    /// [`Api::path`](tc3_core::Api::path).
    Path {
        /// The path of the call.
        signed: String,
        /// The path in the URL.
        url: String,
    },
    /// The service accepts no body of this Content-Type.
    ContentType {
        /// The value of the header.
        sent: String,
    },
    /// The request has this header already, with another value or twice, or the service would read it in place of what
    /// the call says. Remove it from the request.
    ///
    /// `Authorization` is always refused. Sign a copy of the unsigned request for each attempt.
    Header {
        /// The name.
        name: HeaderName,
    },
    /// The call or the body is invalid.
    Invalid(Invalid),
    /// The credentials cannot sign at this time.
    Sign(SignError),
    /// The crate `http` refuses the URL or a header.
    Http(::http::Error),
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("the method is neither GET nor POST"),
            Self::GetBody => f.write_str("a GET has a body: its parameters belong in the query"),
            Self::PostQuery => f.write_str("a POST has a query: its parameters belong in the body"),
            Self::User => f.write_str("the URL has a user or a password, which the service does not know"),
            Self::Host { signed, url } => {
                write!(f, "the call is signed for the host {signed}, but the URL has {url}")
            }
            Self::Path { signed, url } => {
                write!(f, "the call is signed for the path {signed}, but the URL has {url}")
            }
            Self::ContentType { sent } => {
                write!(f, "the service accepts no body of the Content-Type {sent:?}")
            }
            Self::Header { name } => {
                write!(f, "the request has a header {name} that conflicts with what is signed: remove it")
            }
            Self::Invalid(error) => error.fmt(f),
            Self::Sign(error) => error.fmt(f),
            Self::Http(error) => error.fmt(f),
        }
    }
}

impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Invalid(error) => Some(error),
            Self::Sign(error) => Some(error),
            Self::Http(error) => Some(error),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($error:ty => $variant:ident),*) => {
        $(impl From<$error> for HttpError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from!(Invalid => Invalid, SignError => Sign, ::http::Error => Http);
