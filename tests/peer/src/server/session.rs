//! One TLS connection that can be read and written at the same time.

use crate::record::{Page, lock};
use rustls::{ServerConfig, ServerConnection};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    sync::{Arc, Mutex},
};

/// What arrives is written on the page, and read from there.
pub(super) struct Session<'s> {
    tls: Mutex<ServerConnection>,
    socket: &'s TcpStream,
    page: &'s Page,
}

impl<'s> Session<'s> {
    pub(super) fn new(config: Arc<ServerConfig>, socket: &'s TcpStream, page: &'s Page) -> Self {
        let tls = ServerConnection::new(config).expect("rustls accepted the settings");
        Self { tls: Mutex::new(tls), socket, page }
    }

    pub(super) fn shake_hands(&self) -> io::Result<()> {
        while !self.page.with(|it| it.secured) {
            if !self.receive()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// Waits for bytes of the client; false at their end.
    pub(super) fn receive(&self) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        // The lock is not held here: an answer may be sent meanwhile.
        let read = (&mut &*self.socket).read(&mut buffer)?;
        let mut bytes = buffer.get(..read).unwrap_or_default();
        let mut tls = lock(&self.tls);
        let mut open = !bytes.is_empty();
        while !bytes.is_empty() {
            tls.read_tls(&mut bytes)?;
            let outcome = tls.process_new_packets();
            self.page.with(|it| {
                it.secured |= !tls.is_handshaking();
                // What is there comes before the error that there is no more.
                let _ = tls.reader().read_to_end(&mut it.received);
            });
            // A client that has gone is still heard to its end.
            let _ = self.flush(&mut tls);
            open &= !outcome.map_err(io::Error::other)?.peer_has_closed();
        }
        Ok(open)
    }

    /// Until the client goes.
    pub(super) fn listen(&self) -> io::Result<()> {
        while self.receive()? {}
        Ok(())
    }

    /// What arrived after the first `from` application bytes.
    pub(super) fn received(&self, from: usize) -> Vec<u8> {
        self.page.with(|it| it.received.get(from..).unwrap_or_default().to_vec())
    }

    pub(super) fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        let mut tls = lock(&self.tls);
        while !bytes.is_empty() {
            let taken = tls.writer().write(bytes)?;
            bytes = bytes.get(taken..).unwrap_or_default();
            self.flush(&mut tls)?;
        }
        Ok(())
    }

    /// The end, as TLS has it.
    pub(super) fn close(&self) -> io::Result<()> {
        let mut tls = lock(&self.tls);
        tls.send_close_notify();
        self.flush(&mut tls)?;
        self.cut()
    }

    /// The end of TCP alone: what a truncated answer looks like.
    pub(super) fn cut(&self) -> io::Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    fn flush(&self, tls: &mut ServerConnection) -> io::Result<()> {
        while tls.wants_write() {
            tls.write_tls(&mut &*self.socket)?;
        }
        Ok(())
    }
}
