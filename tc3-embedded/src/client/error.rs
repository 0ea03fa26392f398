//! Why a call did not succeed, with the evidence.

use super::Reply;
use crate::{
    clock::ClockError,
    entropy::EntropyError,
    http::{RequestError, ResponseError},
};
use core::{convert::Infallible, error::Error, fmt};
use tc3_core::{
    BufferTooSmall, Invalid,
    response::{Advice, Failure, Malformed},
};

/// Why a request was not sent, or no whole answer came back.
///
/// After [`Spent`](Self::Spent), [`HeadBuffer`](Self::HeadBuffer) and
/// [`FormBuffer`](Self::FormBuffer) nothing was sent. After any other it is not known whether the service did
/// what was asked. [`Connection::is_reusable`](super::Connection::is_reusable) says what has become
/// of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ExchangeError<E> {
    /// An earlier exchange ended the connection: open another.
    Spent,
    /// The buffer for the head does not hold the request's head.
    HeadBuffer(BufferTooSmall),
    /// The buffer for the body does not hold the form of a v1 request.
    FormBuffer(BufferTooSmall),
    /// The body is not as long as was signed, or the stream claims to have taken more of the
    /// request than it was given. A body that is not there at all is noticed before anything is
    /// sent.
    Request(RequestError),
    /// The stream failed: TLS, the deadline and the transport speak here.
    Stream(E),
    /// The stream takes no byte, and does not say why.
    WriteZero {
        /// Bytes that it was given.
        given: usize,
    },
    /// The stream claims to have received more bytes than there was room for.
    Overrun {
        /// Bytes of room.
        given: usize,
        /// Bytes that it claims.
        count: usize,
    },
    /// The answer is not HTTP/1.1 as it should be, is cut off, or is larger than its buffer.
    Response(ResponseError),
    /// The answer's body ends with the connection, and this stream cannot prove that nothing of it
    /// was cut off: see [`Connection::authenticated`](super::Connection::authenticated).
    Unproven,
    /// The caller wanted no further pieces of the body.
    Stopped {
        /// Bytes of the body before the piece that it refused.
        before: u64,
    },
}

/// Why a call did not succeed, in the order in which it goes.
///
/// `E` is the stream's error, `C` the clock's and `N` that of the randomness for a v1 nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CallError<'b, E, C = Infallible, N = Infallible> {
    /// The clock is not to be believed: nothing was sent.
    Clock(ClockError<C>),
    /// There is no nonce for signature v1: nothing was sent.
    Entropy(EntropyError<N>),
    /// The v1 request is larger than the service takes: nothing was sent.
    Invalid(Invalid),
    /// Not sent, or no whole answer.
    Exchange(ExchangeError<E>),
    /// The service refused, or failed; [`advice`](Failure::advice) says what to do about it.
    Service(Failure<'b>),
    /// A status outside 2xx and no failure of the service: somebody before it answered. Of its
    /// body there may be the beginning only, or nothing.
    Status(Reply<'b>),
    /// A status of 2xx, and a body that is not the service's envelope.
    NotAnAnswer(Malformed, Reply<'b>),
}

impl<E, C, N> CallError<'_, E, C, N> {
    /// What the service's failure advises; none if it is not the service that failed.
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
            Self::Spent => f.write_str("connection was ended by an earlier exchange"),
            Self::HeadBuffer(error) => write!(f, "head of the request: {error}"),
            Self::FormBuffer(error) => write!(f, "form of the request: {error}"),
            Self::Request(error) => write!(f, "request broken off: {error}"),
            Self::Stream(error) => write!(f, "connection broken: {error}"),
            Self::WriteZero { given } => write!(f, "stream took none of {given} bytes"),
            Self::Overrun { given, count } => {
                write!(f, "stream received {count} bytes into a room of {given}")
            }
            Self::Response(error) => write!(f, "answer refused: {error}"),
            Self::Unproven => {
                f.write_str("answer ends with the connection, and nothing proves that it is whole")
            }
            Self::Stopped { before } => write!(f, "stopped by the caller after {before} bytes of body"),
        }
    }
}

impl<E: fmt::Display, C, N> fmt::Display for CallError<'_, E, C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clock(error) => error.fmt(f),
            Self::Entropy(error) => error.fmt(f),
            Self::Invalid(error) => error.fmt(f),
            Self::Exchange(error) => error.fmt(f),
            Self::Service(failure) => failure.fmt(f),
            Self::Status(reply) => write!(f, "HTTP status {}, not from the service", reply.status()),
            Self::NotAnAnswer(malformed, reply) => {
                write!(f, "HTTP status {}, but {malformed}", reply.status())
            }
        }
    }
}

impl<E: Error> Error for ExchangeError<E> {}

impl<E: Error, C: Error + 'static, N: Error + 'static> Error for CallError<'_, E, C, N> {
    /// Only what the sentence does not say: why the clock or the source of randomness failed.
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
