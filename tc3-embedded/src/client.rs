//! Makes calls: signs a request with the current time, sends the request over any byte stream, and
//! receives the response.
//!
//! A [`Client`] reads the clock and signs. A [`Connection`] carries one request after the other.
//! The caller provides the memory as [`Buffers`]. Every error is a [`CallError`], also a failure that
//! the service reports; [`advice`](CallError::advice) tells what to do about such a failure.
//! [`judge`] defines when a response is a success.
//!
//! ```
//! use core::convert::Infallible;
//! use tc3_core::{Credentials, Signer, api};
//! use tc3_embedded::client::{Buffers, Client, Connection};
//! # use embedded_io::{ErrorKind, ErrorType, Read, Write};
//! # /// A server in memory that sends one response.
//! # struct Stream { sent: Vec<u8>, answer: &'static [u8] }
//! # impl ErrorType for Stream { type Error = ErrorKind; }
//! # impl Read for Stream {
//! #     fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
//! #         Ok(self.answer.read(buffer).unwrap())
//! #     }
//! # }
//! # impl Write for Stream {
//! #     fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
//! #         self.sent.extend_from_slice(bytes);
//! #         Ok(bytes.len())
//! #     }
//! #     fn flush(&mut self) -> Result<(), ErrorKind> { Ok(()) }
//! # }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"Response\":{\"RequestId\":\"7f-3c\"}}";
//! # let stream = Stream { sent: Vec::new(), answer };
//! // The stream is TLS over a socket or modem, with a `Deadline` in between.
//! let mut connection = Connection::new(stream);
//!
//! let rtc = || Ok::<u64, Infallible>(1_795_279_182);
//! let mut client = Client::new(Signer::new(Credentials::new("AKIDEXAMPLE", "key")?), rtc);
//!
//! let call = api!("iotcloud", "2021-04-08").action("PublishMessage").region("ap-guangzhou");
//! let request = call.json(r#"{"Payload":"on"}"#)?;
//! let (mut head, mut body) = ([0; 512], [0; 1024]);
//! match client.call(&mut connection, &request, Buffers::new(&mut head, &mut body)) {
//!     Ok(reply) => assert!(reply.request_id().unwrap() == "7f-3c"),
//!     Err(error) => panic!("{error}: {:?}", error.advice()),
//! }
//! // The connection can carry the next call.
//! assert!(connection.is_reusable());
//! # assert!(connection.stream().sent.ends_with(br#"{"Payload":"on"}"#));
//! # Ok(())
//! # }
//! ```
//!
//! # Retries
//! By default nothing is sent twice. With [`Client::correcting_clock`], a request that the service
//! refused because of its timestamp is sent once more, signed with the corrected time. All other
//! retries are up to the caller, who knows whether an action can be repeated safely.
//!
//! # Timeouts
//! A [`deadline`](crate::deadline) under the stream bounds every wait. The
//! [limits](crate::http::Limits) of the HTTP parser and the lengths of the buffers bound every loop,
//! whatever the peer sends.
//!
//! # Asynchronous
//! With the feature `async`, each of these functions has a counterpart over `embedded_io_async`, for
//! a single-threaded executor. If a future is dropped after sending began, the connection is not
//! reusable.

#[cfg(feature = "async")]
mod asynchronous;
mod buffers;
mod connection;
mod error;
mod incoming;
mod message;
mod outcome;
mod reply;
mod wiped;

pub use buffers::Buffers;
pub use connection::Connection;
pub use error::{CallError, ExchangeError};
pub use message::{Message, Upload};
pub use outcome::{Outcome, judge};
pub use reply::Reply;

use crate::{
    clock::{self, ClockError, SetClock, UnixClock},
    entropy::{self, Entropy},
};
use core::{convert::Infallible, fmt};
use embedded_io::{ErrorType, Read, Write};
use tc3_core::{Request, Sha256Engine, Signed, Signer, Software, Timestamp, v1};

/// Makes calls with a signer and a clock ([example](self)).
///
/// Each call borrows a connection, so a client can use several connections one after another.
pub struct Client<'c, C: UnixClock, H: Sha256Engine = Software> {
    signer: Signer<'c, H>,
    clock: C,
    floor: Timestamp,
    correct: Option<CorrectClock<C>>,
}

/// Sets the clock if the reply reports an expired signature. Returns whether the clock was set.
// A function pointer, so that without `correcting_clock` the code behind it is not linked and `C` need
// not implement `SetClock`.
type CorrectClock<C> = fn(&mut C, Timestamp, Reply<'_>) -> bool;

/// The result of a call over a stream `S` with a clock `C`. `N` is the error of the entropy source.
type CallResult<'b, S, C, N = Infallible> =
    Result<Reply<'b>, CallError<'b, <S as ErrorType>::Error, <C as UnixClock>::Error, N>>;

impl<'c, C: UnixClock, H: Sha256Engine> Client<'c, C, H> {
    /// A client that refuses times before [`clock::RELEASED`] and never sets its clock.
    pub const fn new(signer: Signer<'c, H>, clock: C) -> Self {
        Self { signer, clock, floor: clock::RELEASED, correct: None }
    }

    /// Sets the [floor](clock#the-floor), [`clock::RELEASED`] by default. Earlier times are refused.
    #[must_use]
    pub fn floor(self, floor: Timestamp) -> Self {
        Self { floor, ..self }
    }

    /// Sets the clock when the service refuses the signed time, and tries once more.
    ///
    /// After `AuthFailure.SignatureExpire`, the clock is set from the `Date` of the response. The
    /// request is then signed again and sent once more on the same connection. If the connection is
    /// not reusable, the clock is set and the failure is returned: open another connection and call
    /// again.
    ///
    /// The failure is also returned if the `Date` is missing or before the floor, or if the clock
    /// cannot be set.
    ///
    /// The `Date` is only as trustworthy as the stream, and it has no upper bound. A server whose
    /// clock is years ahead sets the device's clock years ahead. Without TLS, any attacker on the
    /// path can do the same.
    #[must_use]
    pub fn correcting_clock(self) -> Self
    where
        C: SetClock,
    {
        Self { correct: Some(correct_by_date), ..self }
    }

    /// Borrows the signer, for example to [`renew`](Signer::renew) its credentials or to sign a
    /// prepared request.
    pub const fn signer(&mut self) -> &mut Signer<'c, H> {
        &mut self.signer
    }

    /// Borrows the clock, for example to set it.
    pub const fn clock(&mut self) -> &mut C {
        &mut self.clock
    }

    /// The current time, checked against the floor.
    ///
    /// # Errors
    /// [`ClockError`]: see [`clock::read`].
    pub fn now(&mut self) -> Result<Timestamp, ClockError<C::Error>> {
        clock::read(&mut self.clock, self.floor)
    }

    /// Signs a request with the current time, for [`Connection::exchange`].
    ///
    /// # Errors
    /// [`ClockError`]: see [`clock::read`].
    pub fn sign<'r>(&mut self, request: &'r Request<'r>) -> Result<Signed<'r>, ClockError<C::Error>>
    where
        'c: 'r,
    {
        let now = self.now()?;
        Ok(self.signer.sign(request, now))
    }

    /// Makes a call signed with TC3-HMAC-SHA256. If the request does not contain its body, use
    /// [`sign`](Self::sign) and [`Upload`] instead.
    ///
    /// # Errors
    /// [`CallError::Service`] if the service reports a failure. The other variants if the request was
    /// not sent or no usable response arrived.
    pub fn call<'r, 'b, S: Read + Write>(
        &mut self,
        connection: &mut Connection<S>,
        request: &'r Request<'r>,
        buffers: Buffers<'b>,
    ) -> CallResult<'b, S, C>
    where
        'c: 'r,
    {
        self.sign_and_send(connection, buffers, |signer, now| Ok(signer.sign(request, now)))
    }

    /// Makes a call signed with signature v1. `entropy` provides the nonce.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_v1<'r, 'b, S: Read + Write, N: Entropy>(
        &mut self,
        connection: &mut Connection<S>,
        request: &'r v1::Request<'r>,
        entropy: &mut N,
        buffers: Buffers<'b>,
    ) -> CallResult<'b, S, C, N::Error>
    where
        'c: 'r,
    {
        self.sign_and_send(connection, buffers, |signer, now| sign_v1(signer, request, now, entropy))
    }

    fn sign_and_send<'b, S: Read + Write, M: Message, N>(
        &mut self,
        connection: &mut Connection<S>,
        mut buffers: Buffers<'b>,
        mut sign: impl FnMut(&mut Signer<'c, H>, Timestamp) -> Result<M, CallError<'b, S::Error, C::Error, N>>,
    ) -> CallResult<'b, S, C, N> {
        let mut correct_once = self.correct;
        loop {
            let now = self.now().map_err(CallError::Clock)?;
            let message = sign(&mut self.signer, now)?;
            let layout = connection.round_trip(message, buffers.reborrow())?;
            let correct = correct_once.take();
            let corrected =
                correct.is_some_and(|correct| correct(&mut self.clock, self.floor, layout.reply(&buffers)));
            if !corrected || !connection.is_reusable() {
                return layout.finish(buffers);
            }
        }
    }
}

/// Ignores an error of the clock: the caller then returns the service's failure, which matters more.
fn correct_by_date<C: SetClock>(clock: &mut C, floor: Timestamp, reply: Reply<'_>) -> bool {
    let date = reply.date().filter(|_| reply.is_expired());
    date.is_some_and(|date| clock::set(clock, date, floor).is_ok())
}

fn sign_v1<'r, 'c: 'r, 'b, H: Sha256Engine, N: Entropy, E, C>(
    signer: &mut Signer<'c, H>,
    request: &'r v1::Request<'r>,
    now: Timestamp,
    entropy: &mut N,
) -> Result<v1::Signed<'r>, CallError<'b, E, C, N::Error>> {
    let nonce = entropy::nonce(entropy).map_err(CallError::Entropy)?;
    signer.sign_v1(request, now, nonce).map_err(CallError::Invalid)
}

impl<C: UnixClock, H: Sha256Engine> fmt::Debug for Client<'_, C, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Client");
        shown.field("signer", &self.signer).field("floor", &self.floor);
        shown.field("correcting_clock", &self.correct.is_some()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<C: UnixClock, H: Sha256Engine> defmt::Format for Client<'_, C, H> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let correcting = self.correct.is_some();
        defmt::write!(f, "Client({}, floor {}, correcting_clock {})", self.signer, self.floor, correcting);
    }
}
