//! Replays a recorded handshake and response with a transport fault at every byte. Each call returns
//! the right response or an error, and sends no byte of the request before the server is authenticated.

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use peer::hostile::{self, HandshakeMessage, Step, script};
use peer::pki::{self, Identity};
use tc3_embedded::deadline::Bounded;
use tc3_embedded::tls::{Buffers, TlsError};

use crate::client::{BODY, Call, Mode, NOW, TIMEOUT, dial};

/// What happens from the chosen byte on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    Close,
    Reset,
    TimedOut,
    /// One read returns 0; later reads would return the rest.
    ZeroOnce,
    /// Each read returns one byte.
    OneByOne,
    Corrupt,
}

/// Replays what the server sent, with a fault, and keeps what the client sends. Counts the reads, to find
/// endless loops.
struct Replay<'a> {
    received: &'a [u8],
    at: usize,
    fault: (Fault, usize),
    reads: usize,
    sent: &'a mut Vec<u8>,
}

impl ErrorType for Replay<'_> {
    type Error = ErrorKind;
}

impl Bounded for Replay<'_> {}

impl Read for Replay<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        self.reads += 1;
        assert!(self.reads < 20_000, "{} reads, {:?}", self.reads, self.fault);
        let (fault, at_byte) = self.fault;
        let before = at_byte.saturating_sub(self.at);
        let most = if before > 0 { before } else { usize::MAX };
        let mut most = most.min(out.len()).min(self.received.len() - self.at);
        if before == 0 {
            match fault {
                Fault::Close => return Ok(0),
                Fault::Reset => return Err(ErrorKind::ConnectionReset),
                Fault::TimedOut => return Err(ErrorKind::TimedOut),
                Fault::ZeroOnce => {
                    self.fault = (Fault::None, 0);
                    return Ok(0);
                }
                Fault::OneByOne => most = most.min(1),
                Fault::Corrupt | Fault::None => {}
            }
        }
        out[..most].copy_from_slice(&self.received[self.at..self.at + most]);
        if fault == Fault::Corrupt && before == 0 && most > 0 {
            out[0] ^= 1;
            self.fault = (Fault::None, 0);
        }
        self.at += most;
        Ok(most)
    }
}

impl Write for Replay<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.sent.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

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
    fn of(identity: &'a Identity, mode: Mode) -> Self {
        let ticket = Step::Send(vec![HandshakeMessage::NewSessionTicket]);
        let server = hostile::start(identity, script::after_handshake(vec![ticket], BODY)).unwrap();
        let (call, mut buffers) = (Call::to(identity, mode), Box::default());
        let recorded = call.run_over(dial(server.addr(), TIMEOUT), &mut buffers, |mut tls| {
            let response = tls.read_to_end()?;
            Ok((response, tls.close().0.into_stream().received))
        });
        let (response, received) = recorded.unwrap();
        Self { call, received, response, buffers }
    }

    fn replay(&mut self, fault: Fault, at_byte: usize) -> Replayed {
        let (mut sent, mut authenticated) = (Vec::new(), false);
        let received = &self.received;
        let replay = Replay { received, at: 0, fault: (fault, at_byte), reads: 0, sent: &mut sent };
        let outcome = self.call.run_over(replay, &mut self.buffers, |mut tls| {
            authenticated = true;
            tls.read_to_end()
        });
        (outcome, sent.len(), authenticated)
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
    let mut recording = Recording::of(&identity, mode);
    let response = recording.response.clone();
    let (outcome, _, _) = recording.replay(Fault::None, 0);
    assert_eq!(outcome.as_ref(), Ok(&response));
    for at_byte in [0, 1, 5, 100, 400] {
        let (outcome, ..) = recording.replay(Fault::OneByOne, at_byte);
        assert_eq!(outcome.as_ref(), Ok(&response), "one byte a read from {at_byte}");
    }
    // Until the server is authenticated, only the ClientHello is sent.
    let (_, client_hello, _) = recording.replay(Fault::Close, 0);
    for at_byte in 0..recording.received.len() {
        for fault in [Fault::Close, Fault::Reset, Fault::TimedOut, Fault::ZeroOnce, Fault::Corrupt] {
            let (outcome, sent, authenticated) = recording.replay(fault, at_byte);
            let what = format!("{fault:?} at {at_byte}, authenticated: {authenticated}, {outcome:?}");
            if !authenticated {
                assert_eq!(sent, client_hello, "bytes sent, {what}");
            }
            let expected = match (fault, authenticated) {
                (Fault::TimedOut, _) => Err(TlsError::TimedOut),
                (Fault::Reset, _) => Err(TlsError::Transport(ErrorKind::ConnectionReset)),
                (Fault::Corrupt, _) => outcome.clone().map(|_| response.clone()),
                (_, false) => Err(TlsError::HandshakeClosed),
                (_, true) => Err(TlsError::Truncated),
            };
            assert_eq!(outcome, expected, "{what}");
        }
    }
}
