//! The asynchronous connection does the same: one server that is trusted, and one for each way of
//! ending.

use std::cell::Cell;
use std::future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use embedded_io::ReadReady;
use embedded_io_async::{ErrorType, Read, Write};
use peer::pki::{self, HOST, Identity};
use peer::server::{Act, Config, Http, Server as Peer, script};
use tc3_core::Timestamp;
use tc3_embedded::deadline::Bounded;
use tc3_embedded::tls::asynchronous::AuthenticatedTls;
use tc3_embedded::tls::{Buffers, Server, TlsError, Untrusted, roots::Root};

use crate::client::{NOW, REQUEST, Socket, SocketError, seed};

/// A blocking socket is an asynchronous one that is always ready, if there is no other task. It waits
/// for as long as the servers here do.
struct Ready(Socket);

impl ErrorType for Ready {
    type Error = SocketError;
}

impl Bounded for Ready {}

impl Read for Ready {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, SocketError> {
        while !self.0.read_ready()? {}
        embedded_io::Read::read(&mut self.0, out)
    }
}

impl Write for Ready {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, SocketError> {
        embedded_io::Write::write(&mut self.0, bytes)
    }

    async fn flush(&mut self) -> Result<(), SocketError> {
        embedded_io::Write::flush(&mut self.0)
    }
}

fn finish<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("nothing here waits"),
    }
}

async fn call(identity: &Identity, host: &str, peer: &Peer) -> Result<Vec<u8>, TlsError> {
    let roots = [Root::from_certificate(&identity.root).unwrap()];
    let server = Server::new(host, &roots, Timestamp::from_unix(NOW).unwrap());
    let mut buffers = Box::new(Buffers::<16640, 1024>::new());
    let socket = Ready(Socket::dial(peer.addr()));
    let mut tls = AuthenticatedTls::connect(socket, &mut buffers, &server, seed()).await?;
    tls.write_all(REQUEST).await?;
    tls.flush().await?;
    let mut answer = Vec::new();
    let mut piece = [0; 1024];
    loop {
        match tls.read(&mut piece).await? {
            0 => break,
            count => answer.extend(&piece[..count]),
        }
    }
    assert_eq!(tls.read(&mut piece).await, Ok(0), "an end is for good");
    assert_eq!(tls.write(b"more").await, Err(TlsError::Closed));
    let (_, goodbye) = tls.close().await;
    goodbye.map(|()| answer)
}

fn outcome(answer: Vec<Act>, host: &str) -> (Result<Vec<u8>, TlsError>, Vec<u8>) {
    let identity = pki::public_shaped(NOW);
    let peer = Peer::start(Config::new(&identity), Http::each(answer)).unwrap();
    let outcome = finish(call(&identity, host, &peer));
    (outcome, peer.finish().received())
}

#[test]
fn a_server_that_is_proved_is_talked_to() {
    let (answer, received) = outcome(script::until_close("{}"), HOST);
    assert!(answer.unwrap().ends_with(b"{}"));
    assert_eq!(received, REQUEST);
}

#[test]
fn one_that_is_not_gets_no_byte() {
    let (answer, received) = outcome(script::until_close("{}"), "cvm.tencentcloudapi.cn");
    assert_eq!(answer, Err(TlsError::Untrusted(Untrusted::WrongHost)));
    assert_eq!(received, b"");
}

/// A socket that never gets ready once it is told so, and counts what it was given.
struct Stalling<'a>(Socket, &'a Cell<bool>, &'a Cell<usize>);

impl ErrorType for Stalling<'_> {
    type Error = SocketError;
}

impl Bounded for Stalling<'_> {}

impl Read for Stalling<'_> {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, SocketError> {
        if self.1.get() {
            future::pending::<()>().await;
        }
        while !self.0.read_ready()? {}
        embedded_io::Read::read(&mut self.0, out)
    }
}

impl Write for Stalling<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, SocketError> {
        if self.1.get() {
            future::pending::<()>().await;
        }
        self.2.set(self.2.get() + bytes.len());
        embedded_io::Write::write(&mut self.0, bytes)
    }

    async fn flush(&mut self) -> Result<(), SocketError> {
        Ok(())
    }
}

/// Polls it once and drops it.
fn abandon<T>(future: impl Future<Output = T>) {
    assert!(pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn a_read_or_write_that_is_dropped_half_way_ends_the_connection() {
    for write in [false, true] {
        let identity = pki::ecdsa(NOW);
        let peer = Peer::start(Config::new(&identity), Http::each(script::silent())).unwrap();
        let roots = [Root::from_certificate(&identity.root).unwrap()];
        let server = Server::new(HOST, &roots, Timestamp::from_unix(NOW).unwrap());
        let mut buffers = Box::new(Buffers::<16640, 1024>::new());
        let (stalled, sent) = (Cell::new(false), Cell::new(0));
        let socket = Stalling(Socket::dial(peer.addr()), &stalled, &sent);
        let mut tls = finish(AuthenticatedTls::connect(socket, &mut buffers, &server, seed())).unwrap();
        finish(tls.write(REQUEST)).unwrap();
        stalled.set(true);
        let mut piece = [0; 64];
        if write {
            abandon(tls.flush())
        } else {
            abandon(tls.read(&mut piece))
        }
        stalled.set(false);
        let before = sent.get();
        assert_eq!(finish(tls.read(&mut piece)), Err(TlsError::Abandoned));
        assert_eq!(finish(tls.write(b"more")), Err(TlsError::Abandoned));
        assert_eq!(finish(tls.flush()), Err(TlsError::Abandoned));
        let (_, goodbye) = finish(tls.close());
        assert_eq!((goodbye, sent.get()), (Err(TlsError::Abandoned), before), "nothing with a nonce again");
    }
}

#[test]
fn an_answer_that_is_cut_off_is_told_from_one_that_ends() {
    let (answer, _) = outcome(script::truncated("{}"), HOST);
    assert_eq!(answer, Err(TlsError::Truncated));
}
