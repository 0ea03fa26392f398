//! A log of the bytes that a server received.

use crate::client_hello::ClientHello;
use std::{
    io::{self, Read},
    net::TcpStream,
    sync::{Arc, Mutex},
};

/// Everything that a server received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The connections, in the order in which they were accepted.
    pub connections: Vec<Connection>,
}

/// What a server received on one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// Whether the client completed the handshake.
    pub handshake_complete: bool,
    /// The application data, decrypted.
    pub received: Vec<u8>,
    /// Every byte as it was on the wire.
    pub wire: Vec<u8>,
    /// The number of records that could not be decrypted and are longer than an alert. They can contain
    /// application data.
    pub undecryptable: usize,
    /// The client's alert, or the server's error.
    pub error: Option<String>,
}

impl Connection {
    /// If the first record is one.
    pub fn client_hello(&self) -> Option<ClientHello> {
        ClientHello::in_first_record(&self.wire)
    }
}

/// The length of the first HTTP request or response in these bytes, by its Content-Length. Returns `None` if
/// it is incomplete.
pub(crate) fn message_len(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let head_lines = String::from_utf8_lossy(bytes.get(..head)?).to_ascii_lowercase();
    let declared = head_lines.lines().find_map(|line| line.strip_prefix("content-length:"));
    let body = declared.map_or(Some(0), |it| it.trim().parse().ok())?;
    Some(head + body).filter(|len| *len <= bytes.len())
}

impl Log {
    /// The application data of all connections, concatenated.
    pub fn received(&self) -> Vec<u8> {
        self.connections.iter().flat_map(|it| &it.received).copied().collect()
    }
}

/// The log of an open connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionLog(Arc<Mutex<Connection>>);

impl ConnectionLog {
    pub(crate) fn update<T>(&self, update: impl FnOnce(&mut Connection) -> T) -> T {
        update(&mut self.0.lock().expect("no update panics"))
    }
}

/// Reads from a client, and logs what it sent.
#[derive(Clone, Copy)]
pub(crate) struct Tap<'s> {
    pub(crate) socket: &'s TcpStream,
    pub(crate) log: &'s ConnectionLog,
}

impl Read for Tap<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.socket.read(out)?;
        self.log.update(|it| it.wire.extend(out.iter().take(count)));
        Ok(count)
    }
}
