//! A TLS connection to a client.

use crate::log::{ConnectionLog, Tap};
use rustls::{ServerConfig, ServerConnection};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
};

/// A TLS connection. Received application data is appended to the log; `received` reads it from there.
pub(super) struct Session<'s> {
    tls: ServerConnection,
    socket: Tap<'s>,
}

impl<'s> Session<'s> {
    pub(super) fn new(config: Arc<ServerConfig>, socket: &'s TcpStream, log: &'s ConnectionLog) -> Self {
        let tls = ServerConnection::new(config).expect("rustls accepted the settings");
        Self { tls, socket: Tap { socket, log } }
    }

    pub(super) fn handshake(&mut self) -> io::Result<()> {
        while self.tls.is_handshaking() {
            if !self.receive()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// Waits for bytes from the client. Returns false at the end of the stream or after close_notify.
    pub(super) fn receive(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        let read = self.socket.read(&mut buffer)?;
        let mut bytes = buffer.get(..read).unwrap_or_default();
        let mut open = !bytes.is_empty();
        while !bytes.is_empty() {
            self.tls.read_tls(&mut bytes)?;
            let outcome = self.tls.process_new_packets();
            self.socket.log.update(|it| {
                it.handshake_complete |= !self.tls.is_handshaking();
                // Appends the available data, then fails with `WouldBlock`.
                let _ = self.tls.reader().read_to_end(&mut it.received);
            });
            // This can fail if the client has closed the connection. The client's last bytes are still
            // processed.
            let _ = self.flush();
            open &= !outcome.map_err(io::Error::other)?.peer_has_closed();
        }
        Ok(open)
    }

    /// Reads until the client closes the connection.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        while self.receive()? {}
        Ok(())
    }

    /// The application data received so far, without the first `from` bytes.
    pub(super) fn received(&self, from: usize) -> Vec<u8> {
        self.socket.log.update(|it| it.received.get(from..).unwrap_or_default().to_vec())
    }

    pub(super) fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = self.tls.writer().write(bytes)?;
            bytes = bytes.get(written..).unwrap_or_default();
            self.flush()?;
        }
        Ok(())
    }

    /// Sends close_notify and closes TCP.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.tls.send_close_notify();
        self.flush()?;
        self.close_tcp()
    }

    /// Closes TCP without close_notify.
    pub(super) fn close_tcp(&self) -> io::Result<()> {
        self.socket.socket.shutdown(Shutdown::Write)
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.socket.socket)?;
        }
        Ok(())
    }
}
