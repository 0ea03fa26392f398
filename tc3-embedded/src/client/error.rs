//! Why a call failed.

use super::{
    outcome::Outcome,
    reply::{Reply, Shown},
};
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
/// [`outcome`](Self::outcome) tells whether the service may have performed the action.
/// [`Connection::is_reusable`](super::Connection::is_reusable) tells whether another request can be sent on
/// the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ExchangeError<E> {
    /// An earlier exchange ended the connection: open another connection. A [`Link`](super::link::Link) does
    /// that by itself.
    NotReusable,
    /// The task that [`Link::new`](super::link::Link::new) got serves another mailbox.
    WrongTask,
    /// The dialer of a [`Link`](super::link::Link) opened no connection.
    Dial(E),
    /// The head of the request does not fit its buffer.
    HeadBuffer(BufferTooSmall),
    /// The form of a v1 request does not fit the buffer for the body.
    FormBuffer(BufferTooSmall),
    /// The request does not contain its body: send it as an [`Upload`](super::Upload).
    NoBody {
        /// The length that was signed.
        declared: u64,
    },
    /// The body of an [`Upload`](super::Upload) does not have the signed length, or the stream reported
    /// more bytes written than it was given.
    Request(RequestError),
    /// The stream failed: TLS, the deadline or the transport. Even if its first write failed, it may have sent a
    /// part of the request: a write of TLS sends a record when its buffer is full, and can fail after that.
    Stream(E),
    /// A reused connection was closed before one byte of the response came. Most likely, the server had
    /// closed it while it was idle. Whether the request arrived is unknown. Open another connection; a
    /// [`Link`](super::link::Link) does that by itself.
    Stale {
        /// The error of the stream, or `None` if the stream just ended.
        error: Option<E>,
    },
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
    /// The body of the response is close-delimited, and no complete JSON envelope of the service in the buffer shows
    /// that it is whole. The body might be truncated, because the stream does not authenticate its end: see
    /// [`Connection::authenticated`](super::Connection::authenticated).
    UnauthenticatedEnd,
    /// The caller returned `Break` for a piece of the body.
    Stopped {
        /// Bytes of the body in the pieces before that one.
        handed_out: u64,
    },
}

/// Why a call failed. The variants are in the order of the steps of a call.
///
/// [`outcome`](Self::outcome) tells whether the service may have performed the action.
///
/// `E` is the error of the stream or dialer, `C` the error of the clock, and `N` the error of the entropy
/// source for a v1 nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CallError<'b, E, C = Infallible, N = Infallible> {
    /// The clock failed or showed a time that is refused.
    Clock(ClockError<C>),
    /// The entropy source provided no nonce for signature v1.
    Entropy(EntropyError<N>),
    /// The signer did not sign: its credentials are missing, have expired, or cannot sign this request.
    Signer(SignError),
    /// The request was not sent, not even the status of a response came, or the caller
    /// [stopped](ExchangeError::Stopped) the pieces of the body.
    Exchange(ExchangeError<E>),
    /// A response came that is cut short, malformed or too large.
    ///
    /// A response that was cut short after its complete JSON envelope is not this error: it is judged like a
    /// complete one, and the connection is not reusable.
    Incomplete {
        /// What went wrong.
        error: ExchangeError<E>,
        /// What was received: the status, and as much of head and body as came.
        /// [`Reply::found`] tells what the body contains.
        reply: Reply<'b>,
    },
    /// The service reported a failure. [`Failure::advice`] tells what to do about it.
    Service(Failure<'b>),
    /// The status is outside 200 to 299 and the body reports no failure of the service: usually, a proxy or
    /// gateway responded. The body can be truncated or missing.
    Status(Reply<'b>),
    /// The status is 200 to 299, but the body is not a valid JSON envelope of the service.
    /// [`Malformed::is_envelope`] tells whether the body at least begins like one, and [`Reply::found`] what
    /// it contains before the error.
    Malformed(Malformed, Reply<'b>),
}

impl<E, C, N> CallError<'_, E, C, N> {
    /// Whether the service may have performed the action.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Clock(_) | Self::Signer(_) | Self::Entropy(_) => Outcome::NotSent,
            Self::Exchange(error) => error.outcome(),
            Self::Incomplete { .. } | Self::Malformed(..) => Outcome::Unknown,
            Self::Service(_) => Outcome::Answered,
            Self::Status(reply) if reply.found().malformed().is_none() => Outcome::Answered,
            Self::Status(_) => Outcome::Unknown,
        }
    }

    /// What to do about a failure of the service, or `None` for any other error. For those, see
    /// [`outcome`](Self::outcome).
    pub fn advice(&self) -> Option<Advice> {
        match self {
            Self::Service(failure) => Some(failure.advice()),
            _ => None,
        }
    }
}

impl<E> ExchangeError<E> {
    /// Converts the error of the stream.
    pub(super) fn map<T>(self, change: impl Fn(E) -> T) -> ExchangeError<T> {
        match self {
            Self::NotReusable => ExchangeError::NotReusable,
            Self::WrongTask => ExchangeError::WrongTask,
            Self::Dial(error) => ExchangeError::Dial(change(error)),
            Self::HeadBuffer(error) => ExchangeError::HeadBuffer(error),
            Self::FormBuffer(error) => ExchangeError::FormBuffer(error),
            Self::NoBody { declared } => ExchangeError::NoBody { declared },
            Self::Request(error) => ExchangeError::Request(error),
            Self::Stream(error) => ExchangeError::Stream(change(error)),
            Self::Stale { error } => ExchangeError::Stale { error: error.map(change) },
            Self::WriteZero { given } => ExchangeError::WriteZero { given },
            Self::Overrun { given, count } => ExchangeError::Overrun { given, count },
            Self::Response(error) => ExchangeError::Response(error),
            Self::UnauthenticatedEnd => ExchangeError::UnauthenticatedEnd,
            Self::Stopped { handed_out } => ExchangeError::Stopped { handed_out },
        }
    }

    /// Whether the service may have performed the action. After [`Stopped`](Self::Stopped), the service has
    /// answered: the caller read the beginning of the response.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::NotReusable
            | Self::WrongTask
            | Self::Dial(_)
            | Self::HeadBuffer(_)
            | Self::FormBuffer(_)
            | Self::NoBody { .. } => Outcome::NotSent,
            Self::Stopped { .. } => Outcome::Answered,
            _ => Outcome::Unknown,
        }
    }
}

impl<E: fmt::Display> fmt::Display for ExchangeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReusable => f.write_str("connection was ended by an earlier exchange"),
            Self::WrongTask => f.write_str("the task of the link serves another mailbox"),
            Self::Dial(error) => write!(f, "no connection: {error}"),
            Self::HeadBuffer(error) => write!(f, "head of the request: {error}"),
            Self::FormBuffer(error) => write!(f, "form of the request: {error}"),
            Self::NoBody { declared } => {
                write!(f, "the request does not contain its body of {declared} bytes: send it as an Upload")
            }
            Self::Request(error) => write!(f, "request not completed: {error}"),
            Self::Stream(error) => write!(f, "connection failed: {error}"),
            Self::Stale { error } => {
                f.write_str("used connection closed before any answer: it was probably closed while idle")?;
                error.as_ref().map_or(Ok(()), |error| write!(f, " ({error})"))
            }
            Self::WriteZero { given } => write!(f, "stream wrote none of {given} bytes"),
            Self::Overrun { given, count } => {
                write!(f, "stream reported {count} bytes read into a buffer of {given}")
            }
            Self::Response(error) if error.is_truncated() => error.fmt(f),
            Self::Response(error) => write!(f, "answer refused: {error}"),
            Self::UnauthenticatedEnd => {
                f.write_str("the answer may be truncated: it has no length, and its end is not authenticated")
            }
            Self::Stopped { handed_out } => {
                write!(f, "stopped by the caller after {handed_out} bytes of body")
            }
        }
    }
}

impl<E: fmt::Display, C: fmt::Display, N: fmt::Display> fmt::Display for CallError<'_, E, C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clock(error) => error.fmt(f),
            Self::Entropy(error) => error.fmt(f),
            Self::Signer(error) => error.fmt(f),
            Self::Exchange(error) => error.fmt(f),
            Self::Service(failure) => failure.fmt(f),
            Self::Incomplete { error, reply } => {
                error.fmt(f)?;
                f.write_str("; ")?;
                Shown { reply, malformed: None, is_status: false }.fmt(f)
            }
            Self::Status(reply) => Shown { reply, malformed: None, is_status: true }.fmt(f),
            Self::Malformed(malformed, reply) => {
                Shown { reply, malformed: Some(malformed), is_status: false }.fmt(f)
            }
        }
    }
}

impl<E: Error> Error for ExchangeError<E> {}

impl<E: Error, C: Error, N: Error> Error for CallError<'_, E, C, N> {}

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
