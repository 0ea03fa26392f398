//! Dropping an asynchronous read or write ends the connection.

use std::cell::Cell;
use std::future;
use std::pin::pin;
use std::task::{Context, Waker};

use embedded_io::{ErrorKind, ErrorType};
use embedded_io_async::{Read, Write};
use peer::pki::{self, HOST};
use peer::server::{Config, Http, Server as Peer, script};
use tc3_core::Timestamp;
use tc3_embedded::deadline::{Bounded, DeadlineError};
use tc3_embedded::tls::asynchronous::AuthenticatedTls;
use tc3_embedded::tls::{Buffers, Server, TlsError, roots::Root};

use crate::client::{NOW, REQUEST, TIMEOUT, Timed, block_on, dial};
use crate::randomness::KnownSeed;

/// A socket that is never ready while the first cell is true, and counts written bytes in the second.
struct Stalling<'a>(Timed, &'a Cell<bool>, &'a Cell<usize>);

impl ErrorType for Stalling<'_> {
    type Error = DeadlineError<ErrorKind>;
}

impl Bounded for Stalling<'_> {}

impl Read for Stalling<'_> {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        if self.1.get() {
            future::pending::<()>().await;
        }
        embedded_io::Read::read(&mut self.0, out)
    }
}

impl Write for Stalling<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        if self.1.get() {
            future::pending::<()>().await;
        }
        self.2.set(self.2.get() + bytes.len());
        embedded_io::Write::write(&mut self.0, bytes)
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
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
        let peer = Peer::start(Config::new(&identity), Http::Script(script::silent())).unwrap();
        let roots = [Root::from_certificate(&identity.root).unwrap()];
        let server = Server::new(HOST, &roots, Timestamp::from_unix(NOW).unwrap());
        let mut buffers = Box::new(Buffers::<16640, 1024>::new());
        let (stalled, sent) = (Cell::new(false), Cell::new(0));
        let socket = Stalling(dial(peer.addr(), TIMEOUT), &stalled, &sent);
        let seed = KnownSeed::next().draw();
        let mut tls = block_on(AuthenticatedTls::connect(socket, &mut buffers, &server, seed)).unwrap();
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
        assert_eq!(block_on(tls.read(&mut piece)), Err(TlsError::Abandoned), "write: {write}");
        assert_eq!(block_on(tls.write(b"more")), Err(TlsError::Abandoned), "write: {write}");
        assert_eq!(block_on(tls.flush()), Err(TlsError::Abandoned), "write: {write}");
        let (_, closed) = block_on(tls.close());
        // Nothing is sent with a nonce that was used.
        assert_eq!((closed, sent.get()), (Err(TlsError::Abandoned), before), "write: {write}");
    }
}
