//! A simulated clock, and calls that are blocking or asynchronous, signed with TC3 or v1.

use crate::peer::{Bounded, Io, Peer, Server, StreamError};
use core::{cell::Cell, convert::Infallible, fmt::Debug, ops::ControlFlow, time::Duration};
use embedded_io::ErrorKind;
use std::{cell::RefCell, rc::Rc};
use tc3_core::{Call, Credentials, ParamValue, Request, Signer, Timestamp, api, v1};
use tc3_embedded::{
    client::{Buffers, CallError, Client, Connection, ExchangeError, Message, Outcome, Reply},
    clock::{Monotonic, OffsetClock, OffsetError, SetClock},
    deadline::{Deadline, Timeout},
    entropy,
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

pub(crate) fn at(unix: u64) -> Timestamp {
    Timestamp::from_unix(unix).unwrap()
}

/// A clock that is set to this time and may be set to any other.
pub(crate) fn clock(time: &Time, now: u64) -> OffsetClock<Time> {
    let mut clock = OffsetClock::new(time.clone(), at(0));
    clock.set(at(now)).unwrap();
    clock
}

pub(crate) type TestClient = Client<OffsetClock<Time>>;

/// A clock that advances by a millisecond with each poll, and panics after too many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Time {
    millis: Rc<Cell<u64>>,
    polls: Rc<Cell<u64>>,
}

impl Time {
    pub(crate) fn poll(&self) {
        self.pass(1);
        self.polls.set(self.polls.get() + 1);
        assert!(self.polls.get() < POLLS, "hangs");
    }

    pub(crate) fn rewind_polls(&self) {
        self.polls.set(0);
    }

    pub(crate) fn pass(&self, millis: u64) {
        self.set(self.get() + millis);
    }

    pub(crate) fn get(&self) -> u64 {
        self.millis.get()
    }

    pub(crate) fn set(&self, millis: u64) {
        self.millis.set(millis);
    }
}

impl Monotonic for Time {
    fn millis(&mut self) -> u64 {
        self.millis.get()
    }
}

#[cfg(feature = "async")]
impl tc3_embedded::deadline::Timer for Time {
    async fn until(&mut self, millis: u64) {
        core::future::poll_fn(|_| match self.millis.get() >= millis {
            true => core::task::Poll::Ready(()),
            false => core::task::Poll::Pending,
        })
        .await;
    }
}

/// Polls until the future is done or the polls are used up.
#[cfg(feature = "async")]
pub(crate) fn poll<F: Future>(future: F, polls: u64) -> Option<F::Output> {
    let mut future = core::pin::pin!(future);
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    (0..polls).find_map(|_| match future.as_mut().poll(&mut context) {
        core::task::Poll::Ready(done) => Some(done),
        core::task::Poll::Pending => None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Blocking,
    /// The future is dropped after so many polls.
    #[cfg(feature = "async")]
    Async(u64),
}

impl Mode {
    pub(crate) const fn polls(self) -> u64 {
        match self {
            Self::Blocking => POLLS,
            #[cfg(feature = "async")]
            Self::Async(polls) => polls,
        }
    }
}

pub(crate) const MODES: &[Mode] = &[
    Mode::Blocking,
    #[cfg(feature = "async")]
    Mode::Async(POLLS),
];

/// The result of the first expression in a blocking mode, and of the second, a future, in the other.
/// `None` if the future was dropped.
macro_rules! by_mode {
    ($mode:expr, $blocking:expr, $asynchronous:expr) => {
        match $mode {
            $crate::world::Mode::Blocking => Some($blocking),
            #[cfg(feature = "async")]
            $crate::world::Mode::Async(polls) => $crate::world::poll($asynchronous, polls),
        }
    };
}
pub(crate) use by_mode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    Tc3,
    V1(v1::Method),
}

impl Signature {
    pub(crate) fn v1_request(self) -> Option<v1::Request<'static>> {
        let Self::V1(method) = self else { return None };
        let algorithm = match method {
            v1::Method::Get => v1::Algorithm::HmacSha1,
            v1::Method::Post => v1::Algorithm::HmacSha256,
        };
        let params = v1::Params::unsorted(&[("Limit", ParamValue::Int(1))]).unwrap();
        Some(CALL.v1(method, algorithm, params).unwrap())
    }
}

pub(crate) const SIGNATURES: [Signature; 3] =
    [Signature::Tc3, Signature::V1(v1::Method::Get), Signature::V1(v1::Method::Post)];

/// An outcome in the words of a table.
pub(crate) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "not sent",
        Outcome::Unknown => "unknown",
        Outcome::Answered => "answered",
    }
}

/// Prints its value if the test panics.
pub(crate) struct Context<T: Debug>(pub(crate) T);

impl<T: Debug> Drop for Context<T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in the case {:?}", self.0);
        }
    }
}

/// Runs the test blocking and asynchronously, with each signature, and returns its result, which has to
/// be the same each time.
pub(crate) fn in_each_variant<T: PartialEq + Debug>(test: impl Fn(Mode, Signature) -> T) -> T {
    let mut results = Vec::new();
    for mode in MODES {
        for signature in SIGNATURES {
            let _context = Context((mode, signature));
            results.push(test(*mode, signature));
            assert_eq!(results.last(), results.first(), "the variants differ");
        }
    }
    results.swap_remove(0)
}

pub(crate) type Error<'b> = CallError<'b, StreamError, OffsetError>;

type OnPiece = Box<dyn FnMut(&[u8]) -> ControlFlow<()>>;

/// What a call needs. Each call uses the same buffers.
pub(crate) struct World {
    pub(crate) mode: Mode,
    pub(crate) client: TestClient,
    pub(crate) signer: Signer<'static>,
    pub(crate) wire: Connection<Bounded>,
    pub(crate) peer: Peer,
    pub(crate) time: Time,
    pub(crate) timeout: &'static Timeout,
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) request: Request<'static>,
    /// Makes a v1 call with this request instead, and the double of the next nonce.
    pub(crate) v1_request: Option<v1::Request<'static>>,
    pub(crate) draw: u64,
    pub(crate) on_piece: Option<OnPiece>,
    pub(crate) pieces: Rc<RefCell<Vec<Vec<u8>>>>,
}

impl World {
    pub(crate) fn new(mode: Mode, signature: Signature, server: Server) -> Self {
        let (time, timeout) = (server.time.clone(), &*Box::leak(Box::new(Timeout::new())));
        let peer = Peer::new(RefCell::new(server));
        timeout.arm(LIMIT);
        Self {
            mode,
            client: Client::new(clock(&time, NOW)),
            signer: signer(),
            wire: Connection::new(bounded(&peer, timeout)),
            peer,
            time,
            timeout,
            head: vec![0; 1024],
            body: vec![0; 512],
            request: request(),
            v1_request: signature.v1_request(),
            draw: 2,
            on_piece: None,
            pieces: Rc::default(),
        }
    }

    pub(crate) fn with(self, change: impl FnOnce(TestClient) -> TestClient) -> Self {
        Self { client: change(self.client), ..self }
    }

    pub(crate) fn buffers(self, head: usize, body: usize) -> Self {
        Self { head: vec![0; head], body: vec![0; body], ..self }
    }

    /// Takes the body in pieces, and breaks at this one.
    pub(crate) fn in_pieces(mut self, stop: usize) -> Self {
        let (pieces, mut has_stopped) = (self.pieces.clone(), false);
        self.on_piece = Some(Box::new(move |piece| {
            assert!(!has_stopped, "the piece {:?} comes after Break", piece.escape_ascii().to_string());
            if pieces.borrow().len() == stop {
                has_stopped = true;
                return ControlFlow::Break(());
            }
            pieces.borrow_mut().push(piece.to_vec());
            ControlFlow::Continue(())
        }));
        self
    }

    /// Replaces the connection by one to this server.
    pub(crate) fn reconnect(&mut self, server: Server) {
        self.peer = Peer::new(RefCell::new(Server { time: self.time.clone(), ..server }));
        self.wire = Connection::new(bounded(&self.peer, self.timeout));
    }

    pub(crate) fn arm(&self, limit: Duration) {
        self.timeout.arm(limit);
        self.time.rewind_polls();
    }

    /// Makes a call. `None` if its future was dropped.
    pub(crate) fn try_call(&mut self) -> Option<Result<Reply<'_>, Error<'_>>> {
        let mut buffers = Buffers::new(&mut self.head, &mut self.body);
        if let Some(on_piece) = &mut self.on_piece {
            buffers = buffers.in_pieces(&mut **on_piece);
        }
        let Self { client, signer, wire, draw, .. } = self;
        let Some(request) = &self.v1_request else {
            let request = &self.request;
            return by_mode!(
                self.mode,
                client.call(wire, signer, request, buffers),
                client.call_async(wire, signer, request, buffers)
            );
        };
        let mut entropy = entropy::from_fn(|bytes| -> Result<(), Infallible> {
            bytes.copy_from_slice(&draw.to_be_bytes());
            *draw += 2;
            Ok(())
        });
        by_mode!(
            self.mode,
            client.call_v1(wire, signer, request, &mut entropy, buffers),
            client.call_v1_async(wire, signer, request, &mut entropy, buffers)
        )
    }

    pub(crate) fn call(&mut self) -> Result<Reply<'_>, Error<'_>> {
        self.try_call().expect("the call is not complete")
    }

    /// Makes a call. Returns the body of the answer, or the sentence of the error with the body that it has.
    pub(crate) fn result(&mut self) -> String {
        let text = |reply: Reply<'_>| String::from_utf8_lossy(reply.body()).into_owned();
        match self.try_call() {
            None => "dropped".to_owned(),
            Some(Ok(reply)) => text(reply),
            Some(Err(error)) => match error {
                CallError::Status(reply)
                | CallError::Malformed(_, reply)
                | CallError::Incomplete { reply, .. } => {
                    format!("{error}: {}", text(reply))
                }
                _ => error.to_string(),
            },
        }
    }

    /// Makes a call. Returns the error, its outcome and its advice as words of a table.
    pub(crate) fn end(&mut self) -> (String, &'static str, String) {
        match self.call() {
            Ok(reply) => (format!("success, {} bytes", reply.body_len()), "answered", String::new()),
            Err(error) => {
                let advice = error.advice().map(|advice| format!("{advice:?}"));
                (error.to_string(), outcome(error.outcome()), advice.unwrap_or_default())
            }
        }
    }

    pub(crate) fn exchange(
        &mut self,
        message: impl Message,
    ) -> Result<Reply<'_>, CallError<'_, StreamError>> {
        let buffers = Buffers::new(&mut self.head, &mut self.body);
        let wire = &mut self.wire;
        let done =
            by_mode!(self.mode, wire.exchange(message, buffers), wire.exchange_async(message, buffers));
        done.expect("the exchange is not complete")
    }

    /// The error of a call that fails for another reason than an answer of the service.
    pub(crate) fn exchange_error(&mut self) -> ExchangeError<StreamError> {
        match self.call() {
            Err(CallError::Exchange(error) | CallError::Incomplete { error, .. }) => error,
            outcome => panic!("{outcome:?}"),
        }
    }

    /// Checks that the buffers contain neither a token nor a signature.
    pub(crate) fn assert_wiped(&self) {
        for buffer in [&self.head, &self.body] {
            let text = String::from_utf8_lossy(buffer);
            assert!(!text.contains("MARKED") && !text.contains("Signature="), "not wiped: {text}");
        }
    }

    /// Checks that another call is refused and sends nothing.
    pub(crate) fn assert_not_reusable(&mut self) {
        assert!(!self.wire.is_reusable(), "the connection is reusable");
        let sent = self.peer.borrow().got.len();
        self.arm(LIMIT);
        assert_eq!(self.exchange_error(), ExchangeError::NotReusable);
        assert_eq!(self.peer.borrow().got.len(), sent, "bytes sent on a connection that is not reusable");
    }
}

fn bounded(peer: &Peer, timeout: &'static Timeout) -> Bounded {
    let time = peer.borrow().time.clone();
    Deadline::new(Io(peer.clone()), time, timeout)
}

/// Makes a call over a stream without a deadline, whose end is authenticated. Returns the body of the answer, and
/// whether the connection is reusable.
pub(crate) fn call_unbounded(mode: Mode, server: Server) -> (Result<String, ExchangeError<ErrorKind>>, bool) {
    let wire = &mut Connection::authenticated(Io(Peer::new(server.into())));
    let mut client = Client::new(clock(&Time::default(), NOW));
    let (signer, request) = (&mut signer(), &request());
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    let buffers = Buffers::new(&mut head, &mut body);
    let done = by_mode!(
        mode,
        client.call(wire, signer, request, buffers),
        client.call_async(wire, signer, request, buffers)
    );
    let result = match done.expect("the call is not complete") {
        Ok(reply) => Ok(String::from_utf8_lossy(reply.body()).into_owned()),
        Err(CallError::Exchange(error) | CallError::Incomplete { error, .. }) => Err(error),
        outcome => panic!("{outcome:?}"),
    };
    (result, wire.is_reusable())
}
