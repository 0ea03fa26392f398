//! Why a call failed.

use super::reply::Reply;
use crate::{
    clock::ClockError,
    entropy::EntropyError,
    http::{RequestError, ResponseError},
    signer::SignError,
};
use core::{convert::Infallible, error::Error, fmt};
use tc3_core::{
    BufferTooSmall,
    response::{Advice, Failure, Malformed},
};

/// Why a request was not sent or no complete response was received.
///
/// After [`NotReusable`](Self::NotReusable), [`HeadBuffer`](Self::HeadBuffer) and
/// [`FormBuffer`](Self::FormBuffer), nothing was sent. After any other error, the service might have
/// performed the action. [`Connection::is_reusable`](super::Connection::is_reusable) tells whether
/// another request can be sent on the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ExchangeError<E> {
    /// An earlier exchange ended the connection: open another connection.
    NotReusable,
    /// The head of the request does not fit its buffer.
    HeadBuffer(BufferTooSmall),
    /// The form of a v1 request does not fit the buffer for the body.
    FormBuffer(BufferTooSmall),
    /// The body does not have the signed length, or the stream reported more bytes written than it
    /// was given. If the request does not contain its body and was not sent as an
    /// [`Upload`](super::Upload), nothing was sent.
    Request(RequestError),
    /// The stream failed: TLS, the deadline or the transport.
    Stream(E),
    /// The stream wrote no byte and reported no error.
    WriteZero {
        /// Bytes passed to the stream.
        given: usize,
    },
    /// The stream reported more bytes read than the buffer holds.
    Overrun {
        /// Length of the buffer.
        given: usize,
        /// Bytes that the stream reported.
        count: usize,
    },
    /// The response is malformed, truncated or too large.
    Response(ResponseError),
    /// The body of the response is close-delimited and might be truncated, because the stream does not
    /// authenticate its end: see [`Connection::authenticated`](super::Connection::authenticated).
    UnauthenticatedEnd,
    /// The caller returned `Break` for a piece of the body.
    Stopped {
        /// Bytes of the body in the pieces before that one.
        handed_out: u64,
    },
}

/// Why a call failed. The variants are in the order of the steps of a call.
///
/// After [`Clock`](Self::Clock), [`Entropy`](Self::Entropy) and [`Signer`](Self::Signer), the
/// service has not performed the action.
///
/// `E` is the error of the stream, `C` the error of the clock, and `N` the error of the entropy
/// source for a v1 nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CallError<'b, E, C = Infallible, N = Infallible> {
    /// The clock failed or showed a time that is refused.
    Clock(ClockError<C>),
    /// The entropy source provided no nonce for signature v1.
    Entropy(EntropyError<N>),
    /// The signer did not sign: its credentials have expired, or cannot sign this request.
    Signer(SignError),
    /// The request was not sent or no complete response was received.
    Exchange(ExchangeError<E>),
    /// The service reported a failure. [`Failure::advice`] tells what to do about it.
    Service(Failure<'b>),
    /// The status is outside 200 to 299 and the body reports no failure of the service: a proxy or
    /// gateway responded. The body can be truncated or missing.
    Status(Reply<'b>),
    /// The status is 200 to 299, but the body is not the service's JSON envelope.
    Malformed(Malformed, Reply<'b>),
}

impl<E, C, N> CallError<'_, E, C, N> {
    /// What to do about a failure of the service, or `None` for any other error.
    pub fn advice(&self) -> Option<Advice> {
        match self {
            Self::Service(failure) => Some(failure.advice()),
            _ => None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for ExchangeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReusable => f.write_str("connection was ended by an earlier exchange"),
            Self::HeadBuffer(error) => write!(f, "head of the request: {error}"),
            Self::FormBuffer(error) => write!(f, "form of the request: {error}"),
            Self::Request(error) => write!(f, "request not completed: {error}"),
            Self::Stream(error) => write!(f, "connection failed: {error}"),
            Self::WriteZero { given } => write!(f, "stream wrote none of {given} bytes"),
            Self::Overrun { given, count } => {
                write!(f, "stream reported {count} bytes read into a buffer of {given}")
            }
            Self::Response(error) => write!(f, "answer refused: {error}"),
            Self::UnauthenticatedEnd => {
                f.write_str("the answer has no length, and its end is not authenticated: it may be truncated")
            }
            Self::Stopped { handed_out } => {
                write!(f, "stopped by the caller after {handed_out} bytes of body")
            }
        }
    }
}

impl<E: fmt::Display, C, N> fmt::Display for CallError<'_, E, C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clock(error) => error.fmt(f),
            Self::Entropy(error) => error.fmt(f),
            Self::Signer(error) => error.fmt(f),
            Self::Exchange(error) => error.fmt(f),
            Self::Service(failure) => failure.fmt(f),
            Self::Status(reply) => write!(f, "HTTP status {}, not from the service", reply.status()),
            Self::Malformed(malformed, reply) => {
                write!(f, "HTTP status {}, but {malformed}", reply.status())
            }
        }
    }
}

impl<E: Error> Error for ExchangeError<E> {}

impl<E: Error, C: Error + 'static, N: Error + 'static> Error for CallError<'_, E, C, N> {
    /// The error of the clock or of the entropy source, which `Display` does not include.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Clock(error) => error.source(),
            Self::Entropy(error) => error.source(),
            _ => None,
        }
    }
}

impl<E> From<RequestError> for ExchangeError<E> {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl<E> From<ResponseError> for ExchangeError<E> {
    fn from(error: ResponseError) -> Self {
        Self::Response(error)
    }
}

impl<E, C, N> From<ExchangeError<E>> for CallError<'_, E, C, N> {
    fn from(error: ExchangeError<E>) -> Self {
        Self::Exchange(error)
    }
}
