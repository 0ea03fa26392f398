//! Replays a recorded handshake and response with a transport fault at every byte. Each call returns
//! the right response or an error, and sends no byte of the request before the server is authenticated.

use std::cell::Cell;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use peer::hostile::{HandshakeMessage, Hostile, Step, script};
use peer::pki::{self, HOST, Identity};
use tc3_core::Timestamp;
use tc3_embedded::deadline::Bounded;
use tc3_embedded::tls::{AuthenticatedTls, Buffers, Server, TlsError, roots::Root};

use crate::client::{NOW, REQUEST, Socket, seed};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

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

/// Replays what the server sent, with a fault. Counts the reads, to find endless loops.
struct Replay<'a> {
    received: &'a [u8],
    at: usize,
    fault: (Fault, usize),
    reads: usize,
    sent: &'a Cell<usize>,
}

impl ErrorType for Replay<'_> {
    type Error = ErrorKind;
}

impl Bounded for Replay<'_> {}

impl Read for Replay<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        self.reads += 1;
        assert!(self.reads < 20_000, "{:?}", self.fault);
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
        self.sent.set(self.sent.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// A socket that records what it receives.
struct Recorder<'a>(Socket, &'a mut Vec<u8>);

impl ErrorType for Recorder<'_> {
    type Error = ErrorKind;
}

impl Bounded for Recorder<'_> {}

impl Read for Recorder<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        while !embedded_io::ReadReady::read_ready(&mut self.0).map_err(|_| ErrorKind::Other)? {}
        let count = self.0.read(out).map_err(|_| ErrorKind::Other)?;
        self.1.extend(&out[..count]);
        Ok(count)
    }
}

impl Write for Recorder<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.0.write(bytes).map_err(|_| ErrorKind::Other)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// Makes a call; sets `authenticated` after the handshake.
fn call<S: Read + Write + Bounded>(
    stream: S,
    identity: &Identity,
    buffers: &mut Buffers,
    authenticated: &Cell<bool>,
) -> Result<Vec<u8>, TlsError> {
    let roots = [Root::from_certificate(&identity.root).unwrap()];
    let server = Server::new(HOST, &roots, Timestamp::from_unix(NOW).unwrap());
    let mut tls = AuthenticatedTls::connect(stream, buffers, &server, seed())?;
    authenticated.set(true);
    tls.write_all(REQUEST)?;
    tls.flush()?;
    let mut response = Vec::new();
    let mut piece = [0; 64];
    loop {
        match tls.read(&mut piece)? {
            0 => return Ok(response),
            count => response.extend(&piece[..count]),
        }
    }
}

/// Both sides always use the same keys and random values, so that a recording can be replayed.
fn record_call(identity: &Identity) -> (Vec<u8>, Vec<u8>) {
    let ticket = Step::Send(vec![HandshakeMessage::NewSessionTicket]);
    let server = Hostile::start(identity, script::after_handshake(vec![ticket], BODY)).unwrap();
    let mut received = Vec::new();
    let recorder = Recorder(Socket::connect(server.addr()), &mut received);
    let response = call(recorder, identity, &mut Buffers::new(), &Cell::new(false)).unwrap();
    (received, response)
}

#[test]
fn every_fault_at_every_byte_ends_in_an_error_or_the_right_response() {
    let identity = pki::ecdsa(NOW);
    let (received, response) = record_call(&identity);
    let mut buffers = Box::new(Buffers::new());
    let mut replay_with = |fault, at_byte| {
        let (sent, authenticated) = (Cell::new(0), Cell::new(false));
        let replay = Replay { received: &received, at: 0, fault: (fault, at_byte), reads: 0, sent: &sent };
        let outcome = call(replay, &identity, &mut buffers, &authenticated);
        (outcome, sent.get(), authenticated.get())
    };
    let (outcome, _, _) = replay_with(Fault::None, 0);
    assert_eq!(outcome.as_ref(), Ok(&response));
    // Until the server is authenticated, only the ClientHello is sent.
    let (_, client_hello, _) = replay_with(Fault::Close, 0);
    for at_byte in 0..received.len() {
        for fault in [Fault::Close, Fault::Reset, Fault::TimedOut, Fault::ZeroOnce, Fault::Corrupt] {
            let (outcome, sent, authenticated) = replay_with(fault, at_byte);
            assert!(authenticated || sent == client_hello, "{fault:?} at {at_byte}: {sent} bytes sent");
            match outcome {
                Err(error) if fault == Fault::TimedOut => assert_eq!(error, TlsError::TimedOut, "{at_byte}"),
                Err(error) if fault == Fault::Reset => {
                    assert_eq!(error, TlsError::Transport(ErrorKind::ConnectionReset), "{at_byte}");
                }
                Err(TlsError::HandshakeClosed) => assert!(!authenticated, "{fault:?} at {at_byte}"),
                Err(TlsError::Truncated) => assert!(authenticated, "{fault:?} at {at_byte}"),
                Err(_) => assert_eq!(fault, Fault::Corrupt, "{at_byte}"),
                Ok(right) => assert!(fault == Fault::Corrupt && right == response, "{fault:?} at {at_byte}"),
            }
        }
    }
}

#[test]
fn a_transport_that_returns_one_byte_a_read_works() {
    let identity = pki::ecdsa(NOW);
    let (received, response) = record_call(&identity);
    let (sent, authenticated) = (Cell::new(0), Cell::new(false));
    for at_byte in [0, 1, 5, 100, 400] {
        let fault = (Fault::OneByOne, at_byte);
        let replay = Replay { received: &received, at: 0, fault, reads: 0, sent: &sent };
        assert_eq!(call(replay, &identity, &mut Buffers::new(), &authenticated).as_ref(), Ok(&response));
    }
}
