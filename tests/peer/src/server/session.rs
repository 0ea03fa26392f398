//! A TLS connection that two threads can read and write at the same time.

use crate::log::{ConnectionLog, lock};
use rustls::{ServerConfig, ServerConnection};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    sync::{Arc, Mutex},
};

/// A TLS connection. Received application data is appended to the log; `received` reads it from there.
pub(super) struct Session<'s> {
    tls: Mutex<ServerConnection>,
    socket: &'s TcpStream,
    log: &'s ConnectionLog,
}

impl<'s> Session<'s> {
    pub(super) fn new(config: Arc<ServerConfig>, socket: &'s TcpStream, log: &'s ConnectionLog) -> Self {
        let tls = ServerConnection::new(config).expect("rustls accepted the settings");
        Self { tls: Mutex::new(tls), socket, log }
    }

    pub(super) fn handshake(&self) -> io::Result<()> {
        while !self.log.update(|it| it.handshake_complete) {
            if !self.receive()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// Waits for bytes from the client. Returns false at the end of the stream or after close_notify.
    pub(super) fn receive(&self) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        // `tls` is not locked while this thread waits, so that the other thread can send.
        let read = (&mut &*self.socket).read(&mut buffer)?;
        let mut bytes = buffer.get(..read).unwrap_or_default();
        let mut tls = lock(&self.tls);
        let mut open = !bytes.is_empty();
        while !bytes.is_empty() {
            tls.read_tls(&mut bytes)?;
            let outcome = tls.process_new_packets();
            self.log.update(|it| {
                it.handshake_complete |= !tls.is_handshaking();
                // Appends the available data, then fails with `WouldBlock`.
                let _ = tls.reader().read_to_end(&mut it.received);
            });
            // This can fail if the client has closed the connection. The client's last bytes are still
            // processed.
            let _ = self.flush(&mut tls);
            open &= !outcome.map_err(io::Error::other)?.peer_has_closed();
        }
        Ok(open)
    }

    /// Reads until the client closes the connection.
    pub(super) fn drain(&self) -> io::Result<()> {
        while self.receive()? {}
        Ok(())
    }

    /// The application data received so far, without the first `from` bytes.
    pub(super) fn received(&self, from: usize) -> Vec<u8> {
        self.log.update(|it| it.received.get(from..).unwrap_or_default().to_vec())
    }

    pub(super) fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        let mut tls = lock(&self.tls);
        while !bytes.is_empty() {
            let written = tls.writer().write(bytes)?;
            bytes = bytes.get(written..).unwrap_or_default();
            self.flush(&mut tls)?;
        }
        Ok(())
    }

    /// Sends close_notify and closes TCP.
    pub(super) fn close(&self) -> io::Result<()> {
        let mut tls = lock(&self.tls);
        tls.send_close_notify();
        self.flush(&mut tls)?;
        self.close_tcp()
    }

    /// Closes TCP without close_notify.
    pub(super) fn close_tcp(&self) -> io::Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    fn flush(&self, tls: &mut ServerConnection) -> io::Result<()> {
        while tls.wants_write() {
            tls.write_tls(&mut &*self.socket)?;
        }
        Ok(())
    }
}
