//! A recorded handshake, request and answer, in which the transport fails at every byte: the right
//! answer or an error, and no byte of the request to a server that is not proved yet.

use std::cell::Cell;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use peer::hostile::{Hostile, Message, Step, script};
use peer::pki::{self, HOST, Identity};
use tc3_core::Timestamp;
use tc3_embedded::deadline::Bounded;
use tc3_embedded::tls::{AuthenticatedTls, Buffers, Server, TlsError, roots::Root};

use crate::client::{NOW, REQUEST, Socket, seed};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

/// What happens to the byte at the chosen place, and to those after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    Close,
    Reset,
    Silence,
    /// One read of nothing; then the rest would come.
    Nothing,
    /// Every byte on its own.
    OneByOne,
    Corrupt,
}

/// What the server sent, with a fault in it. Counts what it is asked: a hang would count for ever.
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
        let (fault, place) = self.fault;
        let before = place.saturating_sub(self.at);
        let most = if before > 0 { before } else { usize::MAX };
        let mut most = most.min(out.len()).min(self.received.len() - self.at);
        if before == 0 {
            match fault {
                Fault::Close => return Ok(0),
                Fault::Reset => return Err(ErrorKind::ConnectionReset),
                Fault::Silence => return Err(ErrorKind::TimedOut),
                Fault::Nothing => {
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

/// A socket that keeps what came through it.
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

/// The answer, and whether the server was proved before.
fn call<S: Read + Write + Bounded>(
    stream: S,
    identity: &Identity,
    buffers: &mut Buffers,
    proved: &Cell<bool>,
) -> Result<Vec<u8>, TlsError> {
    let roots = [Root::from_certificate(&identity.root).unwrap()];
    let server = Server::new(HOST, &roots, Timestamp::from_unix(NOW).unwrap());
    let mut tls = AuthenticatedTls::connect(stream, buffers, &server, seed())?;
    proved.set(true);
    tls.write_all(REQUEST)?;
    tls.flush()?;
    let mut answer = Vec::new();
    let mut piece = [0; 64];
    loop {
        match tls.read(&mut piece)? {
            0 => return Ok(answer),
            count => answer.extend(&piece[..count]),
        }
    }
}

/// The same keys and numbers on both sides make the same bytes, so a recording can be played again.
fn record(identity: &Identity) -> (Vec<u8>, Vec<u8>) {
    let ticket = Step::Say(vec![Message::NewSessionTicket]);
    let server = Hostile::start(identity, script::after_handshake(vec![ticket], BODY)).unwrap();
    let mut received = Vec::new();
    let recorder = Recorder(Socket::dial(server.addr()), &mut received);
    let answer = call(recorder, identity, &mut Buffers::new(), &Cell::new(false)).unwrap();
    (received, answer)
}

#[test]
fn every_fault_at_every_byte_ends_in_an_error_or_the_right_answer() {
    let identity = pki::ecdsa(NOW);
    let (received, answer) = record(&identity);
    let mut buffers = Box::new(Buffers::new());
    let mut play = |fault, place| {
        let (sent, proved) = (Cell::new(0), Cell::new(false));
        let replay = Replay { received: &received, at: 0, fault: (fault, place), reads: 0, sent: &sent };
        let outcome = call(replay, &identity, &mut buffers, &proved);
        (outcome, sent.get(), proved.get())
    };
    let (outcome, _, _) = play(Fault::None, 0);
    assert_eq!(outcome.as_ref(), Ok(&answer));
    // Client hello, and nothing else until the server said all it had to.
    let (_, hello, _) = play(Fault::Close, 0);
    for place in 0..received.len() {
        for fault in [Fault::Close, Fault::Reset, Fault::Silence, Fault::Nothing, Fault::Corrupt] {
            let (outcome, sent, proved) = play(fault, place);
            assert!(proved || sent == hello, "{fault:?} at {place}: {sent} bytes sent");
            match outcome {
                Err(error) if fault == Fault::Silence => assert_eq!(error, TlsError::TimedOut, "{place}"),
                Err(error) if fault == Fault::Reset => {
                    assert_eq!(error, TlsError::Transport(ErrorKind::ConnectionReset), "{place}");
                }
                Err(TlsError::HandshakeClosed) => assert!(!proved, "{fault:?} at {place}"),
                Err(TlsError::Truncated) => assert!(proved, "{fault:?} at {place}"),
                Err(_) => assert_eq!(fault, Fault::Corrupt, "{place}"),
                Ok(right) => assert!(fault == Fault::Corrupt && right == answer, "{fault:?} at {place}"),
            }
        }
    }
}

#[test]
fn bytes_one_by_one_are_the_same_bytes() {
    let identity = pki::ecdsa(NOW);
    let (received, answer) = record(&identity);
    let (sent, proved) = (Cell::new(0), Cell::new(false));
    for place in [0, 1, 5, 100, 400] {
        let fault = (Fault::OneByOne, place);
        let replay = Replay { received: &received, at: 0, fault, reads: 0, sent: &sent };
        assert_eq!(call(replay, &identity, &mut Buffers::new(), &proved).as_ref(), Ok(&answer));
    }
}
