//! A simulated clock, and calls in both modes.

use crate::peer::Peer;
use core::{cell::Cell, convert::Infallible, time::Duration};
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use std::rc::Rc;
use tc3_core::{Call, Credentials, Request, Signer, Timestamp, api, v1};
use tc3_embedded::{
    client::{Buffers, CallError, Client, Connection, Message, Reply},
    clock::{Monotonic, SetClock, UnixClock},
    deadline::{Deadline, DeadlineError, Timeout},
    http::AuthenticatedEnd,
};

pub(crate) const KEY: &str = "MARKED-KEY-0123456789";
pub(crate) const TOKEN: &str = "MARKED-TOKEN-0123456789";

/// 2026-11-21T16:39:42Z.
pub(crate) const NOW: u64 = 1_795_279_182;
/// The timeout of a call: more than any exchange here needs.
pub(crate) const LIMIT: Duration = Duration::from_millis(2_000);
/// More polls than any call needs unless it hangs.
const POLLS: u64 = 10_000;

pub(crate) const CALL: Call<'_> = api!("iotcloud", "2021-04-08").action("PublishMessage");

pub(crate) fn request() -> Request<'static> {
    CALL.region("ap-guangzhou").json(r#"{"Payload":"on"}"#).unwrap()
}

pub(crate) fn signer() -> Signer<'static> {
    Signer::new(Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap())
}

pub(crate) fn client() -> Client<'static, Rtc> {
    Client::new(signer(), Rtc { now: Ok(NOW), set: Ok(()) })
}

/// A stopped clock that may fail to be read or set.
pub(crate) struct Rtc {
    pub(crate) now: Result<u64, NoBattery>,
    pub(crate) set: Result<(), NoBattery>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoBattery;

impl core::fmt::Display for NoBattery {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("no battery")
    }
}

impl core::error::Error for NoBattery {}

impl UnixClock for Rtc {
    type Error = NoBattery;

    fn unix_seconds(&mut self) -> Result<u64, NoBattery> {
        self.now
    }
}

impl SetClock for Rtc {
    fn set(&mut self, now: Timestamp) -> Result<(), NoBattery> {
        self.set?;
        self.now = Ok(now.unix());
        Ok(())
    }
}

/// A clock that advances by a millisecond with each poll, and panics after too many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Time(Rc<Cell<u64>>);

impl Time {
    pub(crate) fn poll(&self) {
        self.pass(1);
        assert!(self.0.get() < POLLS, "hangs");
    }

    pub(crate) fn pass(&self, millis: u64) {
        self.0.set(self.0.get() + millis);
    }
}

impl Monotonic for Time {
    fn millis(&mut self) -> u64 {
        self.0.get()
    }
}

#[cfg(feature = "async")]
impl tc3_embedded::deadline::Timer for Time {
    async fn until(&mut self, millis: u64) {
        core::future::poll_fn(|_| match self.0.get() >= millis {
            true => core::task::Poll::Ready(()),
            false => core::task::Poll::Pending,
        })
        .await;
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    Blocking,
    #[cfg(feature = "async")]
    Async,
}

pub(crate) const MODES: &[Mode] = &[
    Mode::Blocking,
    #[cfg(feature = "async")]
    Mode::Async,
];

/// Polls until the future is done; `Time` bounds the number of polls.
#[cfg(feature = "async")]
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = core::pin::pin!(future);
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    loop {
        if let core::task::Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}

pub(crate) type Wire<'d> = Connection<Layer<'d>>;
pub(crate) type StreamError = DeadlineError<embedded_io::ErrorKind>;
pub(crate) type Error<'b, C = NoBattery, N = Infallible> = CallError<'b, StreamError, C, N>;

/// Takes the place of TLS, with an authenticated end.
pub(crate) struct Layer<'d>(pub(crate) Deadline<'d, Peer, Time>);

impl AuthenticatedEnd for Layer<'_> {}

impl ErrorType for Layer<'_> {
    type Error = StreamError;
}

impl Read for Layer<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, StreamError> {
        Read::read(&mut self.0, buffer)
    }
}

impl Write for Layer<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, StreamError> {
        Write::write(&mut self.0, bytes)
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Write::flush(&mut self.0)
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::{Layer, StreamError};
    use embedded_io_async::{Read, Write};

    impl Read for Layer<'_> {
        async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, StreamError> {
            Read::read(&mut self.0, buffer).await
        }
    }

    impl Write for Layer<'_> {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, StreamError> {
            Write::write(&mut self.0, bytes).await
        }

        async fn flush(&mut self) -> Result<(), StreamError> {
            Write::flush(&mut self.0).await
        }
    }
}

/// An armed timeout.
pub(crate) fn timeout() -> Timeout {
    let timeout = Timeout::new();
    timeout.arm(LIMIT);
    timeout
}

pub(crate) fn layer(peer: Peer, timeout: &Timeout) -> Layer<'_> {
    let time = peer.time();
    Layer(Deadline::new(peer, time, timeout))
}

pub(crate) fn wire(peer: Peer, timeout: &Timeout) -> Wire<'_> {
    Connection::new(layer(peer, timeout))
}

pub(crate) fn peer<'w>(wire: &'w Wire<'_>) -> &'w Peer {
    wire.stream().0.stream()
}

/// A stream in all modes.
#[cfg(not(feature = "async"))]
pub(crate) trait Stream: Read + Write {}
#[cfg(not(feature = "async"))]
impl<S: Read + Write> Stream for S {}

#[cfg(feature = "async")]
pub(crate) trait Stream: Read + Write + embedded_io_async::Read + embedded_io_async::Write {}
#[cfg(feature = "async")]
impl<S: Read + Write + embedded_io_async::Read + embedded_io_async::Write> Stream for S {}

impl Mode {
    pub(crate) fn read<S: Stream + ReadReady + WriteReady>(
        self,
        stream: &mut Deadline<'_, S, Time>,
        buffer: &mut [u8],
    ) -> Result<usize, DeadlineError<S::Error>> {
        match self {
            Self::Blocking => Read::read(stream, buffer),
            #[cfg(feature = "async")]
            Self::Async => block_on(embedded_io_async::Read::read(stream, buffer)),
        }
    }

    pub(crate) fn write<S: Stream + ReadReady + WriteReady>(
        self,
        stream: &mut Deadline<'_, S, Time>,
        bytes: &[u8],
    ) -> Result<usize, DeadlineError<S::Error>> {
        match self {
            Self::Blocking => Write::write(stream, bytes),
            #[cfg(feature = "async")]
            Self::Async => block_on(embedded_io_async::Write::write(stream, bytes)),
        }
    }

    pub(crate) fn flush<S: Stream + ReadReady + WriteReady>(
        self,
        stream: &mut Deadline<'_, S, Time>,
    ) -> Result<(), DeadlineError<S::Error>> {
        match self {
            Self::Blocking => Write::flush(stream),
            #[cfg(feature = "async")]
            Self::Async => block_on(embedded_io_async::Write::flush(stream)),
        }
    }

    pub(crate) fn call<'b, S: Stream>(
        self,
        client: &mut Client<'static, Rtc>,
        wire: &mut Connection<S>,
        request: &Request<'_>,
        buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, CallError<'b, S::Error, NoBattery>> {
        match self {
            Self::Blocking => client.call(wire, request, buffers),
            #[cfg(feature = "async")]
            Self::Async => block_on(client.call_async(wire, request, buffers)),
        }
    }

    pub(crate) fn call_v1<'b, E>(
        self,
        client: &mut Client<'static, Rtc>,
        wire: &mut Wire<'_>,
        request: &v1::Request<'_>,
        mut entropy: impl FnMut(&mut [u8]) -> Result<(), E>,
        buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, Error<'b, NoBattery, E>> {
        match self {
            Self::Blocking => client.call_v1(wire, request, &mut entropy, buffers),
            #[cfg(feature = "async")]
            Self::Async => block_on(client.call_v1_async(wire, request, &mut entropy, buffers)),
        }
    }

    pub(crate) fn exchange<'b>(
        self,
        wire: &mut Wire<'_>,
        message: impl Message,
        buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, Error<'b, Infallible>> {
        match self {
            Self::Blocking => wire.exchange(message, buffers),
            #[cfg(feature = "async")]
            Self::Async => block_on(wire.exchange_async(message, buffers)),
        }
    }
}
