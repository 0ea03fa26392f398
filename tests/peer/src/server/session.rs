//! A TLS connection to a client, on which a script is played or a gateway answers.

use super::{
    script::Action,
    service::{React, Reaction, Then},
};
use crate::log::{Tap, message_len};
use rustls::{ServerConfig, ServerConnection};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::Arc,
    thread,
};

/// A TLS connection. Received application data is appended to the log, and read from there.
pub(super) struct Session<'s> {
    tls: ServerConnection,
    tap: Tap<'s>,
    /// The total length of the requests that were awaited.
    consumed: usize,
}

impl<'s> Session<'s> {
    pub(super) fn new(config: Arc<ServerConfig>, tap: Tap<'s>) -> Self {
        let tls = ServerConnection::new(config).expect("rustls accepted the settings");
        Self { tls, tap, consumed: 0 }
    }

    pub(super) fn play(&mut self, script: &[Action]) -> io::Result<()> {
        for action in script {
            match action {
                Action::AwaitRequest => {
                    if self.await_request()?.is_none() {
                        return Ok(());
                    }
                }
                Action::Send(bytes) => self.send(bytes)?,
                Action::SendSlowly(bytes, pause) => {
                    for byte in bytes.chunks(1) {
                        self.send(byte)?;
                        thread::sleep(*pause);
                    }
                }
                Action::Stall => return Ok(()),
                Action::CloseTcp => return self.close_tcp(),
            }
        }
        self.close()
    }

    /// Forwards each request to a gateway without TLS, and its response to the client.
    pub(super) fn forward(&mut self, gateway: SocketAddr) -> io::Result<()> {
        let mut gateway = TcpStream::connect(gateway)?;
        while let Some(request) = self.await_request()? {
            match relay(&mut gateway, &request)? {
                Some(response) => self.send(&response)?,
                None => return self.close(),
            }
        }
        self.close()
    }

    /// Does what a function decides for each request.
    pub(super) fn react(&mut self, mut react: Box<React>) -> io::Result<()> {
        while let Some(request) = self.await_request()? {
            let Reaction { bytes, then } = react(&request);
            self.send(&bytes)?;
            match then {
                Then::Keep => {}
                Then::Close => return self.close(),
                Then::CloseTcp => return self.close_tcp(),
            }
        }
        self.close()
    }

    /// Waits for the next request. Returns `None` if the client closes the connection before the request is
    /// complete.
    fn await_request(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let received =
                |from| self.tap.log.update(|it| it.received.get(from..).unwrap_or_default().to_vec());
            let mut request = received(self.consumed);
            if let Some(len) = message_len(&request) {
                self.consumed += len;
                request.truncate(len);
                return Ok(Some(request));
            }
            if !self.receive()? {
                return Ok(None);
            }
        }
    }

    /// Waits for bytes from the client. Returns false at the end of the stream or after close_notify.
    fn receive(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        let read = self.tap.read(&mut buffer)?;
        let mut bytes = buffer.get(..read).unwrap_or_default();
        let mut open = !bytes.is_empty();
        while !bytes.is_empty() {
            self.tls.read_tls(&mut bytes)?;
            let outcome = self.tls.process_new_packets();
            self.tap.log.update(|it| {
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

    fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = self.tls.writer().write(bytes)?;
            bytes = bytes.get(written..).unwrap_or_default();
            self.flush()?;
        }
        Ok(())
    }

    /// Sends close_notify and closes TCP.
    fn close(&mut self) -> io::Result<()> {
        self.tls.send_close_notify();
        self.flush()?;
        self.close_tcp()
    }

    /// Closes TCP without close_notify.
    pub(super) fn close_tcp(&self) -> io::Result<()> {
        self.tap.socket.shutdown(Shutdown::Write)
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.tap.socket)?;
        }
        Ok(())
    }
}

/// Sends a request to a gateway without TLS and returns its response, or `None` if it closed the connection.
///
/// # Errors
/// An error of the operating system.
pub fn relay(gateway: &mut TcpStream, request: &[u8]) -> io::Result<Option<Vec<u8>>> {
    gateway.write_all(request)?;
    let mut response = Vec::new();
    while message_len(&response).is_none() {
        let mut buffer = [0; 4096];
        match gateway.read(&mut buffer)? {
            0 => return Ok(None),
            read => response.extend(buffer.iter().take(read)),
        }
    }
    Ok(Some(response))
}
