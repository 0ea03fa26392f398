//! Makes calls: signs a request with the current time, sends the request over any byte stream, and
//! receives the response.
//!
//! A [`Client`] reads the clock. A [signer](crate::signer) holds the credentials, which can change while
//! the client lives. A [`Connection`] carries one request after the other. The caller provides the memory
//! as [`Buffers`].
//!
//! Every error is a [`CallError`], also a failure that the service reports. [`CallError::outcome`] tells
//! whether the service may have performed the action, and [`CallError::advice`] what to do about a failure
//! that the service reported. [`judge`] defines when a response is a success.
//!
//! ```
//! use core::convert::Infallible;
//! use tc3_core::{Credentials, Signer, api};
//! use tc3_embedded::client::{Buffers, Client, Connection};
//! use tc3_embedded::clock;
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
//! let rtc = clock::from_fn(|| Ok::<u64, Infallible>(1_795_279_182));
//! let mut client = Client::new(rtc);
//! let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
//!
//! let call = api!("iotcloud", "2021-04-08").action("PublishMessage").region("ap-guangzhou");
//! let request = call.json(r#"{"Payload":"on"}"#)?;
//! let (mut head, mut body) = ([0; 512], [0; 1024]);
//! match client.call(&mut connection, &mut signer, &request, Buffers::new(&mut head, &mut body)) {
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
//! # Connections
//! A [`Connection`] wraps a stream that the program has connected. A [`Link`](link::Link) opens connections
//! by itself: when a call starts, it dials if there is no reusable connection or if the last one was idle
//! too long. It also recognises a connection that the server closed while it was idle.
//!
//! # Retries
//! By default nothing is sent twice. With [`Client::correcting_clock`], a request that the service
//! refused because of its timestamp is sent once more, signed with the corrected time. If a
//! [`Link`](link::Link) finds its connection [stale](ExchangeError::Stale), it sends a [`Repeatable`] request
//! once more, on a new connection. A call does each of the two at most once. All other retries are up to the
//! caller, who knows whether an action can be repeated safely.
//!
//! # Lost responses
//! If a byte of the request may have arrived and no whole response came, nobody knows whether the action was
//! performed: [`Outcome::Unknown`]. Check before you repeat such a call, or give it a `ClientToken`.
//!
//! A server can answer and close before it has read the whole request, for example one that is too long. If the
//! connection is closed while the request is sent, the call therefore still reads, and ends with the response if a
//! whole one came, or else with the error of the write.
//!
//! A response whose JSON envelope is complete is delivered even if the connection then fails, times out, or
//! ends without close_notify or before the announced length. Nothing of such a response can be missing,
//! because a complete JSON object is never the beginning of a longer one. If the envelope is not complete,
//! [`CallError::Incomplete`] contains what came.
//!
//! # Timeouts
//! A [`deadline`](crate::deadline) under the stream bounds every read and write. A [dialer](link::Dialer::dial)
//! limits the lookup of the name and the connection of the socket by itself. The
//! [limits](crate::http::Limits) of the HTTP parser and the lengths of the buffers bound every loop,
//! whatever the peer sends.
//!
//! # Asynchronous
//! With the feature `async`, each call and exchange has a counterpart over `embedded_io_async`, whose name
//! ends in `_async`, for a single-threaded executor. If a future is dropped after sending began, the
//! connection is not reusable.

#[cfg(feature = "async")]
mod asynchronous;
mod attempts;
mod buffers;
mod carrier;
mod connection;
mod error;
mod events;
mod incoming;
mod judgement;
pub mod link;
mod message;
mod outcome;
mod reply;
mod signing;
mod stored;
mod wiped;

pub use buffers::Buffers;
#[cfg(feature = "async")]
pub use carrier::AsyncCarrier;
pub use carrier::{CallRequest, Carrier, Repeatable};
pub use connection::Connection;
pub use error::{CallError, ExchangeError};
pub use judgement::{Judgement, judge};
pub use message::{Message, Upload};
pub use outcome::Outcome;
pub use reply::Reply;

use crate::{
    clock::{self, ClockError, SetClock, UnixClock},
    entropy::Entropy,
    signer::{Sign, SignV1},
};
use attempts::Attempts;
use core::{convert::Infallible, fmt};
use signing::{Signing, Tc3, V1};
use tc3_core::{Request, Timestamp, v1};

/// Makes calls with a clock ([example](self)).
///
/// Each call borrows a signer and a connection, so a client can use several of each, one after another.
pub struct Client<C: UnixClock> {
    clock: C,
    floor: Timestamp,
    ceiling: Option<Timestamp>,
    correct: Option<CorrectClock<C>>,
}

/// Sets the clock if the response reports an expired signature and its `Date` is neither before the floor (the
/// second argument) nor after the ceiling (the third, in UNIX seconds). Returns whether the clock was set.
// A function pointer, so that without `correcting_clock` the code behind it is not linked and `C` need
// not implement `SetClock`.
type CorrectClock<C> = fn(&mut C, Timestamp, u64, Reply<'_>) -> bool;

/// The result of a call with a clock `C`. `E` is the error of the stream or dialer, and `N` that of the
/// entropy source.
type CallResult<'b, E, C, N = Infallible> = Result<Reply<'b>, CallError<'b, E, <C as UnixClock>::Error, N>>;

/// Ten years, in seconds.
const TEN_YEARS: u64 = 315_576_000;

impl<C: UnixClock> Client<C> {
    /// A client that refuses times before [`clock::RELEASED`] and never sets its clock. To use the clock
    /// elsewhere too, pass `&mut` of it.
    pub const fn new(clock: C) -> Self {
        Self { clock, floor: clock::RELEASED, ceiling: None, correct: None }
    }

    /// Sets the [floor](clock#the-floor), [`clock::RELEASED`] by default. Earlier times are refused.
    #[must_use]
    pub fn floor(self, floor: Timestamp) -> Self {
        Self { floor, ..self }
    }

    /// Sets the latest time to which [`correcting_clock`](Self::correcting_clock) sets the clock. By default,
    /// this is ten years after the floor.
    ///
    /// The ceiling counts from the floor and not from the clock, because the device is certain only of the
    /// floor. A device that runs for more than ten years must store a later [floor](clock#the-floor), or set
    /// the ceiling.
    #[must_use]
    pub fn ceiling(self, ceiling: Timestamp) -> Self {
        Self { ceiling: Some(ceiling), ..self }
    }

    /// Sets the clock when the service refuses the signed time, and tries once more.
    ///
    /// After `AuthFailure.SignatureExpire`, the clock is set from the `Date` of the response. The
    /// request is then signed again and sent once more on the same connection. If a [`Connection`] is
    /// not reusable, the clock is set and the failure is returned: open another connection and call
    /// again. A [`Link`](link::Link) opens one by itself.
    ///
    /// The failure is also returned if the `Date` is missing, before the floor or after the
    /// [ceiling](Self::ceiling), or if the clock cannot be set.
    ///
    /// A clock is corrected only by a response. If it is so far off that the credentials or the server's
    /// certificate seem to have expired, or the certificate not to be valid yet, nothing is sent and no response
    /// comes. Then ask the RTC or [SNTP](crate::sntp) for the time again: after
    /// [`SignError::Expired`](crate::signer::SignError::Expired), and after a dial that failed with
    /// `Untrusted::Expired` or `Untrusted::NotYetValid`.
    ///
    /// The `Date` is only as trustworthy as the stream: a server whose clock is years ahead sets the
    /// device's clock ahead, up to the ceiling. Without TLS, any attacker on the path can do the same.
    #[must_use]
    pub fn correcting_clock(self) -> Self
    where
        C: SetClock,
    {
        Self { correct: Some(correct_by_date), ..self }
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

    /// Makes a call signed with TC3-HMAC-SHA256, over a [`Connection`] or a [`Link`](link::Link).
    ///
    /// `request` is a `&Request`, or one that is marked as [`Repeatable`]. A request that does not contain
    /// its body is refused: sign it and send it as an [`Upload`], with [`Connection::exchange`] or
    /// [`Link::exchange`](link::Link::exchange).
    ///
    /// # Errors
    /// [`CallError::Service`] if the service reports a failure. The other variants if the request was
    /// not sent or no usable response arrived.
    pub fn call<'b, 'r, T: Carrier>(
        &mut self,
        carrier: &mut T,
        signer: &mut (impl Sign + ?Sized),
        request: impl CallRequest<&'r Request<'r>>,
        buffers: Buffers<'b>,
    ) -> CallResult<'b, T::Error, C> {
        let (request, repeatable) = request.into_request();
        self.sign_and_send(carrier, Tc3 { signer, request }, repeatable, buffers)
    }

    /// Makes a call signed with signature v1. `entropy` provides the nonce.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_v1<'b, 'r, T: Carrier, N: Entropy>(
        &mut self,
        carrier: &mut T,
        signer: &mut (impl SignV1 + ?Sized),
        request: impl CallRequest<&'r v1::Request<'r>>,
        entropy: &mut N,
        buffers: Buffers<'b>,
    ) -> CallResult<'b, T::Error, C, N::Error> {
        let (request, repeatable) = request.into_request();
        self.sign_and_send(carrier, V1 { signer, request, entropy }, repeatable, buffers)
    }

    fn sign_and_send<'b, T: Carrier, G: Signing>(
        &mut self,
        carrier: &mut T,
        mut signing: G,
        repeatable: bool,
        mut buffers: Buffers<'b>,
    ) -> CallResult<'b, T::Error, C, G::EntropyError> {
        let mut attempts = Attempts::new(self.correct, repeatable && T::DIALS);
        loop {
            let now = match self.now() {
                Ok(now) => now,
                Err(error) => return Err(attempts.unsent(CallError::Clock(error))),
            };
            let message = match signing.sign(now) {
                Ok(message) => message,
                Err(error) => return Err(attempts.unsent(error.into())),
            };
            let carried = carrier.carry(now, message, buffers.reborrow());
            if !attempts.should_repeat(self, &carried, &buffers) || !carrier.can_send() {
                return attempts.finish(carried, buffers);
            }
            if T::DIALS {
                attempts.note(carried);
            }
        }
    }

    fn corrected_by(&mut self, correct: CorrectClock<C>, reply: Reply<'_>) -> bool {
        let ceiling = self.ceiling.map_or(self.floor.unix().saturating_add(TEN_YEARS), Timestamp::unix);
        correct(&mut self.clock, self.floor, ceiling, reply)
    }
}

/// Ignores an error of the clock: the caller then returns the service's failure, which matters more.
fn correct_by_date<C: SetClock>(clock: &mut C, floor: Timestamp, ceiling: u64, reply: Reply<'_>) -> bool {
    let date = reply.date().filter(|date| reply.is_expired() && date.unix() <= ceiling);
    date.is_some_and(|date| clock::set(clock, date, floor).is_ok())
}

impl<C: UnixClock> fmt::Debug for Client<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Client");
        shown.field("floor", &self.floor).field("ceiling", &self.ceiling);
        shown.field("correcting_clock", &self.correct.is_some()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<C: UnixClock> defmt::Format for Client<C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let (floor, ceiling, correcting) = (self.floor, self.ceiling, self.correct.is_some());
        defmt::write!(f, "Client(floor {}, ceiling {}, correcting_clock {})", floor, ceiling, correcting);
    }
}
