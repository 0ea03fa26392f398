//! The call: from a clock and a request to the service's answer, over any stream of bytes.
//!
//! A [`Client`] reads the clock, signs and sends; a [`Connection`] carries one request after the
//! other; [`Buffers`] are all the memory there is. What goes wrong is a [`CallError`] with its
//! evidence, and what the service itself refuses is among them, with
//! [`advice`](CallError::advice). When an answer is a success: [`judge`].
//!
//! ```
//! use core::convert::Infallible;
//! use tc3_core::{Credentials, Signer, api};
//! use tc3_embedded::client::{Buffers, Client, Connection};
//! # use embedded_io::{ErrorKind, ErrorType, Read, Write};
//! # /// A server in memory, of one answer.
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
//! // TLS over a socket or a modem, with a `Deadline` under it.
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
//! // It may carry the next call.
//! assert!(connection.is_reusable());
//! # assert!(connection.stream().sent.ends_with(br#"{"Payload":"on"}"#));
//! # Ok(())
//! # }
//! ```
//!
//! # What is sent again
//! Nothing, with one exception that has to be asked for ([`Client::correcting_clock`]): a request
//! that the service refused because of its time is signed and sent once more, with the clock set
//! by the answer. Everything else is the caller's decision, because only the caller knows what
//! doing an action twice would mean.
//!
//! # What ends
//! Every wait, by the [`deadline`](crate::deadline) under the stream. Whatever the peer sends,
//! every loop here ends by a limit of [`http`](crate::http) or of the buffers.
//!
//! With the feature `async` each call has a twin over `embedded_io_async`, for an executor of one
//! thread. Dropping its future in the middle of a call spends the connection.

#[cfg(feature = "async")]
mod asynchronous;
mod buffers;
mod connection;
mod error;
mod incoming;
mod message;
mod outcome;
mod reply;

pub use buffers::Buffers;
pub use connection::{AuthenticatedEnd, Connection};
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

/// Makes calls: a signer, and the clock whose time it signs ([example](self)).
///
/// It has no connection of its own, so that one may outlive the other.
pub struct Client<'c, C: UnixClock, H: Sha256Engine = Software> {
    signer: Signer<'c, H>,
    clock: C,
    floor: Timestamp,
    correct: Option<Correct<C>>,
}

/// Sets the clock by an answer, if the answer asks for that: true if the request may be signed again.
type Correct<C> = fn(&mut C, Timestamp, Reply<'_>) -> bool;

/// What comes of a call: `S` is the stream, `C` the clock, `N` the randomness's error.
type Called<'b, S, C, N = Infallible> =
    Result<Reply<'b>, CallError<'b, <S as ErrorType>::Error, <C as UnixClock>::Error, N>>;

impl<'c, C: UnixClock, H: Sha256Engine> Client<'c, C, H> {
    /// A client that believes its clock from [`clock::RELEASED`] on, and leaves it alone.
    pub const fn new(signer: Signer<'c, H>, clock: C) -> Self {
        Self { signer, clock, floor: clock::RELEASED, correct: None }
    }

    /// Believes the clock from a later time on: see [the floor](clock#the-floor).
    #[must_use]
    pub fn floor(self, floor: Timestamp) -> Self {
        Self { floor, ..self }
    }

    /// Lets the service put the clock right, once per call: after `AuthFailure.SignatureExpire` the
    /// clock is set by the answer's `Date`, and the request signed anew and sent once more on the
    /// same connection. If that does not take another request the failure is returned, with the
    /// clock set: open another connection and call again.
    ///
    /// A `Date` that is missing, or before the floor, and a clock that cannot be set change nothing:
    /// the service's failure is returned. The `Date` is to be trusted as far as the stream, and has no
    /// upper bound: a server whose own clock is years ahead takes the device's with it, and without
    /// TLS anybody may set the clock.
    #[must_use]
    pub fn correcting_clock(self) -> Self
    where
        C: SetClock,
    {
        Self { correct: Some(correct_by_date), ..self }
    }

    /// The signer: to [`renew`](Signer::renew) its credentials, or sign what is prepared.
    pub const fn signer(&mut self) -> &mut Signer<'c, H> {
        &mut self.signer
    }

    /// The clock: to set it.
    pub const fn clock(&mut self) -> &mut C {
        &mut self.clock
    }

    /// The time that would be signed now.
    ///
    /// # Errors
    /// [`ClockError`], as [`clock::read`].
    pub fn now(&mut self) -> Result<Timestamp, ClockError<C::Error>> {
        clock::read(&mut self.clock, self.floor)
    }

    /// Signs for a single [`Connection::exchange`].
    ///
    /// # Errors
    /// [`ClockError`], as [`clock::read`].
    pub fn sign<'r>(&mut self, request: &'r Request<'r>) -> Result<Signed<'r>, ClockError<C::Error>>
    where
        'c: 'r,
    {
        let now = self.now()?;
        Ok(self.signer.sign(request, now))
    }

    /// Makes a call signed with TC3-HMAC-SHA256. A request whose body is elsewhere is to be
    /// [signed](Self::sign) and [uploaded](Upload).
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::Service`] when the service refused or failed.
    pub fn call<'r, 'b, S: Read + Write>(
        &mut self,
        connection: &mut Connection<S>,
        request: &'r Request<'r>,
        buffers: Buffers<'b>,
    ) -> Called<'b, S, C>
    where
        'c: 'r,
    {
        self.run(connection, buffers, |signer, now| Ok(signer.sign(request, now)))
    }

    /// Makes a call signed with signature v1.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::Service`] when the service refused or failed.
    pub fn call_v1<'r, 'b, S: Read + Write, N: Entropy>(
        &mut self,
        connection: &mut Connection<S>,
        request: &'r v1::Request<'r>,
        entropy: &mut N,
        buffers: Buffers<'b>,
    ) -> Called<'b, S, C, N::Error>
    where
        'c: 'r,
    {
        self.run(connection, buffers, |signer, now| sign_v1(signer, request, now, entropy))
    }

    fn run<'b, S: Read + Write, M: Message, N>(
        &mut self,
        connection: &mut Connection<S>,
        mut buffers: Buffers<'b>,
        mut sign: impl FnMut(&mut Signer<'c, H>, Timestamp) -> Result<M, CallError<'b, S::Error, C::Error, N>>,
    ) -> Called<'b, S, C, N> {
        let mut again = self.correct;
        loop {
            let now = self.now().map_err(CallError::Clock)?;
            let message = sign(&mut self.signer, now)?;
            let received = connection.run(message, buffers.lend())?;
            let correct = again.take();
            let corrected =
                correct.is_some_and(|correct| correct(&mut self.clock, self.floor, buffers.view(received)));
            if !corrected || !connection.is_reusable() {
                return buffers.finish(received);
            }
        }
    }
}

/// A `Date` that is missing, or before the floor, or a clock that cannot be set: the service's failure
/// says more than any of them.
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
