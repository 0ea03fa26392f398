//! The asynchronous connection: a trusted server, one that is not, and each way in which a connection
//! ends.

use std::cell::Cell;
use std::future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use embedded_io::ReadReady;
use embedded_io_async::{ErrorType, Read, Write};
use peer::pki::{self, HOST, Identity};
use peer::server::{Action, Config, Http, Server as Peer, script};
use tc3_core::Timestamp;
use tc3_embedded::deadline::Bounded;
use tc3_embedded::tls::asynchronous::AuthenticatedTls;
use tc3_embedded::tls::{Buffers, Server, TlsError, Untrusted, roots::Root};

use crate::client::{NOW, REQUEST, Socket, SocketError, seed};

/// A blocking socket as an asynchronous one that is always ready. Without a deadline: the servers in
/// this file end every connection.
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

fn block_on<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("no future here is pending"),
    }
}

async fn call(identity: &Identity, host: &str, peer: &Peer) -> Result<Vec<u8>, TlsError> {
    let roots = [Root::from_certificate(&identity.root).unwrap()];
    let server = Server::new(host, &roots, Timestamp::from_unix(NOW).unwrap());
    let mut buffers = Box::new(Buffers::<16640, 1024>::new());
    let socket = Ready(Socket::connect(peer.addr()));
    let mut tls = AuthenticatedTls::connect(socket, &mut buffers, &server, seed()).await?;
    tls.write_all(REQUEST).await?;
    tls.flush().await?;
    let mut response = Vec::new();
    let mut piece = [0; 1024];
    loop {
        match tls.read(&mut piece).await? {
            0 => break,
            count => response.extend(&piece[..count]),
        }
    }
    assert_eq!(tls.read(&mut piece).await, Ok(0), "after the end every read returns 0");
    assert_eq!(tls.write(b"more").await, Err(TlsError::Closed));
    let (_, closed) = tls.close().await;
    closed.map(|()| response)
}

fn outcome(script: Vec<Action>, host: &str) -> (Result<Vec<u8>, TlsError>, Vec<u8>) {
    let identity = pki::public_shaped(NOW);
    let peer = Peer::start(Config::new(&identity), Http::each(script)).unwrap();
    let outcome = block_on(call(&identity, host, &peer));
    (outcome, peer.finish().received())
}

#[test]
fn a_call_to_a_trusted_server_succeeds() {
    let (response, received) = outcome(script::until_close("{}"), HOST);
    assert!(response.unwrap().ends_with(b"{}"));
    assert_eq!(received, REQUEST);
}

#[test]
fn a_server_that_is_not_trusted_gets_no_byte_of_the_request() {
    let (response, received) = outcome(script::until_close("{}"), "cvm.tencentcloudapi.cn");
    assert_eq!(response, Err(TlsError::Untrusted(Untrusted::WrongHost)));
    assert_eq!(received, b"");
}

/// A socket that is never ready while the first cell is true, and counts written bytes in the second.
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

/// Polls the future once and drops it.
fn abandon<T>(future: impl Future<Output = T>) {
    assert!(pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn a_dropped_read_or_write_ends_the_connection() {
    for write in [false, true] {
        let identity = pki::ecdsa(NOW);
        let peer = Peer::start(Config::new(&identity), Http::each(script::silent())).unwrap();
        let roots = [Root::from_certificate(&identity.root).unwrap()];
        let server = Server::new(HOST, &roots, Timestamp::from_unix(NOW).unwrap());
        let mut buffers = Box::new(Buffers::<16640, 1024>::new());
        let (stalled, sent) = (Cell::new(false), Cell::new(0));
        let socket = Stalling(Socket::connect(peer.addr()), &stalled, &sent);
        let mut tls = block_on(AuthenticatedTls::connect(socket, &mut buffers, &server, seed())).unwrap();
        block_on(tls.write(REQUEST)).unwrap();
        stalled.set(true);
        let mut piece = [0; 64];
        if write {
            abandon(tls.flush())
        } else {
            abandon(tls.read(&mut piece))
        }
        stalled.set(false);
        let before = sent.get();
        assert_eq!(block_on(tls.read(&mut piece)), Err(TlsError::Abandoned));
        assert_eq!(block_on(tls.write(b"more")), Err(TlsError::Abandoned));
        assert_eq!(block_on(tls.flush()), Err(TlsError::Abandoned));
        let (_, closed) = block_on(tls.close());
        assert_eq!(
            (closed, sent.get()),
            (Err(TlsError::Abandoned), before),
            "nothing is sent with a nonce that was used"
        );
    }
}

#[test]
fn a_response_that_ends_without_close_notify_is_truncated() {
    let (response, _) = outcome(script::truncated("{}"), HOST);
    assert_eq!(response, Err(TlsError::Truncated));
}
