//! Replays a recorded handshake and response with a transport fault at every byte. Each call returns
//! the right response or an error, and sends no byte of the request before the server is authenticated.

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use peer::hostile::{self, HandshakeMessage, Step, script};
use peer::pki::{self, Identity};
use std::convert::Infallible;
use tc3_core::{Credentials, Signer, api};
use tc3_embedded::client::{self, Client, Connection, Outcome};
use tc3_embedded::clock;
use tc3_embedded::deadline::Bounded;
use tc3_embedded::tls::{Buffers, TlsError};

#[cfg(feature = "async")]
use crate::client::block_on;
use crate::client::{BODY, Call, MODES, Mode, NOW, TIMEOUT, Tls, dial};

/// What happens from the chosen byte on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    Close,
    Reset,
    TimedOut,
    /// One read or write returns 0; later ones would move the rest.
    ZeroOnce,
    /// One read or write returns one more than it was given, and moves nothing.
    TooMany,
    /// Each read or write moves one byte.
    OneByOne,
    Corrupt,
    /// The flush after this byte fails, once.
    Flush,
}

/// Replays what the server sent, with a fault, and keeps what the client sends. Counts the reads, to find
/// endless loops.
struct Replay<'a> {
    received: &'a [u8],
    at: usize,
    fault: (Fault, usize),
    /// Counted in the bytes sent.
    write_fault: (Fault, usize),
    reads: usize,
    sent: &'a mut Vec<u8>,
}

/// The fault of the next byte, if it is due, and how many of the given bytes move.
fn due(fault: &mut (Fault, usize), done: usize, given: usize) -> Result<(Fault, usize), ErrorKind> {
    let (kind, at_byte) = *fault;
    if at_byte > done {
        return Ok((Fault::None, given.min(at_byte - done)));
    }
    if ![Fault::Close, Fault::OneByOne, Fault::Flush].contains(&kind) {
        fault.0 = Fault::None;
    }
    match kind {
        Fault::Close | Fault::ZeroOnce | Fault::TooMany => Ok((kind, 0)),
        Fault::Reset => Err(ErrorKind::ConnectionReset),
        Fault::TimedOut => Err(ErrorKind::TimedOut),
        Fault::OneByOne => Ok((kind, given.min(1))),
        Fault::None | Fault::Corrupt | Fault::Flush => Ok((kind, given)),
    }
}

impl ErrorType for Replay<'_> {
    type Error = ErrorKind;
}

impl Bounded for Replay<'_> {}

impl Read for Replay<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        self.reads += 1;
        assert!(self.reads < 20_000, "{} reads, {:?}", self.reads, self.fault);
        let (fault, most) = due(&mut self.fault, self.at, out.len())?;
        let most = most.min(self.received.len() - self.at);
        out[..most].copy_from_slice(&self.received[self.at..self.at + most]);
        out[0] ^= u8::from(fault == Fault::Corrupt);
        self.at += most;
        Ok(if fault == Fault::TooMany { out.len() + 1 } else { most })
    }
}

impl Write for Replay<'_> {
    /// What is written after a fault counts as sent.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let (fault, most) = due(&mut self.write_fault, self.sent.len(), bytes.len())?;
        self.sent.extend(&bytes[..most]);
        Ok(if fault == Fault::TooMany { bytes.len() + 1 } else { most })
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        match self.write_fault {
            (Fault::Flush, at_byte) if self.sent.len() > at_byte => {
                self.write_fault = (Fault::None, 0);
                Err(ErrorKind::ConnectionReset)
            }
            _ => Ok(()),
        }
    }
}

const NONE: (Fault, usize) = (Fault::None, 0);

/// A recorded call. Both sides always use the same keys and random values, so that it can be replayed.
struct Recording<'a> {
    call: Call<'a>,
    received: Vec<u8>,
    response: Vec<u8>,
    buffers: Box<Buffers>,
}

/// The outcome of a replay, the number of bytes sent, and whether the handshake succeeded.
type Replayed = (Result<Vec<u8>, TlsError>, usize, bool);

impl<'a> Recording<'a> {
    fn of(identity: &'a Identity, mode: Mode, body: &str) -> Self {
        let ticket = Step::Send(vec![HandshakeMessage::NewSessionTicket]);
        let server = hostile::start(identity, script::after_handshake(vec![ticket], body)).unwrap();
        let (call, mut buffers) = (Call::to(identity, mode), Box::default());
        let recorded = call.run_over(dial(server.addr(), TIMEOUT), &mut buffers, |mut tls| {
            tls.send_request()?;
            let response = tls.read_to_end()?;
            Ok((response, tls.close().0.into_stream().received))
        });
        let (response, received) = recorded.unwrap();
        Self { call, received, response, buffers }
    }

    fn replay(&mut self, fault: (Fault, usize), write_fault: (Fault, usize)) -> Replayed {
        let (mut sent, mut authenticated) = (Vec::new(), false);
        let received = &self.received;
        let replay = Replay { received, at: 0, fault, write_fault, reads: 0, sent: &mut sent };
        let outcome = self.call.run_over(replay, &mut self.buffers, |tls| {
            authenticated = true;
            tls.call()
        });
        (outcome, sent.len(), authenticated)
    }

    /// Calls the service with a request of two records. Returns the sentence and the outcome of the error.
    fn call(&mut self, fault: (Fault, usize), write_fault: (Fault, usize)) -> (String, Outcome) {
        let mut client = Client::new(clock::from_fn(|| Ok::<u64, Infallible>(NOW)));
        let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
        let json = format!("{{}}{:1500}", "");
        let request = api!("cvm", "2017-03-12").action("DescribeZones").json(&json).unwrap();
        let (mut head, mut body, mut sent) = ([0; 1024], [0; 512], Vec::new());
        let buffers = client::Buffers::new(&mut head, &mut body);
        let received = &self.received;
        let replay = Replay { received, at: 0, fault, write_fault, reads: 0, sent: &mut sent };
        let ended = self.call.run_over(replay, &mut self.buffers, |tls| {
            let called = match tls {
                Tls::Blocking(tls) => {
                    client.call(&mut Connection::authenticated(tls), &mut signer, &request, buffers)
                }
                #[cfg(feature = "async")]
                Tls::Async(tls) => {
                    let mut connection = Connection::authenticated(tls);
                    block_on(client.call_async(&mut connection, &mut signer, &request, buffers))
                }
            };
            let error = called.expect_err("every call here fails");
            Ok((error.to_string(), error.outcome()))
        });
        ended.unwrap()
    }
}

#[test]
fn every_fault_at_every_byte_ends_in_an_error_or_the_right_response() {
    every_fault_at_every_byte(Mode::Blocking);
}

#[test]
#[cfg(feature = "async")]
fn every_fault_at_every_byte_of_an_asynchronous_call_ends_alike() {
    every_fault_at_every_byte(Mode::Async);
}

fn every_fault_at_every_byte(mode: Mode) {
    let identity = pki::ecdsa(NOW);
    let mut recording = Recording::of(&identity, mode, BODY);
    let response = recording.response.clone();
    let (outcome, whole, _) = recording.replay(NONE, NONE);
    assert_eq!(outcome.as_ref(), Ok(&response));
    for at_byte in [0, 1, 5, 100, 400] {
        let one_by_one = (Fault::OneByOne, at_byte);
        for (reads, writes) in [(one_by_one, NONE), (NONE, one_by_one)] {
            let (outcome, sent, _) = recording.replay(reads, writes);
            let what = format!("one byte a read or write from {at_byte}");
            assert_eq!((outcome.as_ref(), sent), (Ok(&response), whole), "{what}");
        }
        let (outcome, ..) = recording.replay((Fault::TooMany, at_byte), NONE);
        let Err(TlsError::Overrun { given, count }) = outcome else { panic!("{at_byte}: {outcome:?}") };
        assert_eq!(count, given + 1, "a read of one byte more than the buffer has, from {at_byte}");
    }
    // Until the server is authenticated, only the ClientHello is sent.
    let (_, client_hello, _) = recording.replay((Fault::Close, 0), NONE);
    let reset = Err(TlsError::Transport(ErrorKind::ConnectionReset));
    // Bytes of an answer that came within a record that was cut off must not look as if none had come.
    let (received, mut starts) = (&recording.received, vec![0]);
    while let Some([_, _, _, high, low]) =
        received.get(starts[starts.len() - 1]..).and_then(<[u8]>::first_chunk)
    {
        starts.push(starts[starts.len() - 1] + 5 + usize::from(u16::from_be_bytes([*high, *low])));
    }
    for at_byte in 0..recording.received.len() {
        for fault in [Fault::Close, Fault::Reset, Fault::TimedOut, Fault::ZeroOnce, Fault::Corrupt] {
            let (outcome, sent, authenticated) = recording.replay((fault, at_byte), NONE);
            let what = format!("{fault:?} at {at_byte}, authenticated: {authenticated}, {outcome:?}");
            if !authenticated {
                assert_eq!(sent, client_hello, "bytes sent, {what}");
            }
            let expected = match (fault, authenticated) {
                (Fault::TimedOut, _) => Err(TlsError::TimedOut),
                (Fault::Close | Fault::Reset | Fault::ZeroOnce, true) if !starts.contains(&at_byte) => {
                    Err(TlsError::TruncatedRecord)
                }
                (Fault::Reset, _) => reset.clone(),
                (Fault::Corrupt, _) => outcome.clone().map(|_| response.clone()),
                (_, false) => Err(TlsError::HandshakeClosed),
                (_, true) => Err(TlsError::Truncated),
            };
            assert_eq!(outcome, expected, "{what}");
        }
    }
    // The records with the ClientHello, the Finished and the request.
    let ends = [client_hello, client_hello + 58, whole];
    for at_byte in ends.iter().flat_map(|end| [end - 58, end - 57, end - 20, end - 1]).chain([0, 1]) {
        let end = *ends.iter().find(|end| **end > at_byte).unwrap();
        let given = end - at_byte;
        for (fault, error, sent) in [
            (Fault::Reset, reset.clone(), at_byte),
            (Fault::TimedOut, Err(TlsError::TimedOut), at_byte),
            (Fault::ZeroOnce, Err(TlsError::WriteZero { given }), at_byte),
            (Fault::TooMany, Err(TlsError::Overrun { given, count: given + 1 }), at_byte),
            (Fault::Flush, reset.clone(), end),
        ] {
            let seen = recording.replay(NONE, (fault, at_byte));
            // What came before the connection was closed can be read.
            let is_answered = at_byte >= ends[1] && error == reset;
            let expected = if is_answered { Ok(response.clone()) } else { error };
            let expected = (expected, sent, at_byte >= ends[1]);
            assert_eq!(seen, expected, "{fault:?} after {at_byte} of {ends:?} bytes");
        }
    }
}

#[test]
fn an_answer_that_came_before_a_failed_write_is_delivered_and_nothing_else() {
    let identity = pki::ecdsa(NOW);
    let refusal =
        r#"{"Response":{"Error":{"Code":"RequestSizeLimitExceeded","Message":"no"},"RequestId":"r-1"}}"#;
    let answered = ("the service answered RequestSizeLimitExceeded: no (request id r-1)", Outcome::Answered);
    let unknown = ("connection failed: transport failed: ConnectionReset", Outcome::Unknown);
    for mode in MODES {
        let mut recording = Recording::of(&identity, *mode, refusal);
        let (client_hello, received) =
            (recording.replay((Fault::Close, 0), NONE).1, recording.received.len());
        // In the first record of the request and in its second.
        for at in [60, 1_200] {
            for (fault, expected) in [
                (NONE, answered),
                // In the last bytes are the answer's record and a close_notify of 24 bytes.
                ((Fault::Corrupt, received - 40), unknown),
                ((Fault::Close, received - 40), unknown),
                ((Fault::Reset, received - 40), unknown),
                ((Fault::TimedOut, received - 40), unknown),
            ] {
                let ended = recording.call(fault, (Fault::Reset, client_hello + 58 + at));
                assert_eq!((&*ended.0, ended.1), expected, "{mode:?}: {fault:?}, write reset after {at}");
            }
        }
    }
}
