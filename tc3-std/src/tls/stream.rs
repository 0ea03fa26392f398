//! A TLS stream whose peer is authenticated.

use rustls::{ClientConnection, ProtocolVersion, StreamOwned};
use std::{
    error::Error,
    fmt,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// An open TLS connection.
///
/// A read returns `Ok(0)` only after the server's `close_notify`. If the connection closes without
/// `close_notify`, the read fails, because the data might be truncated.
#[derive(Debug)]
pub struct TlsStream(StreamOwned<ClientConnection, TcpStream>);

impl TlsStream {
    pub(super) fn handshake(mut session: ClientConnection, mut socket: TcpStream) -> Result<Self, TlsError> {
        while session.is_handshaking() {
            session.complete_io(&mut socket).map_err(|error| {
                let timeout =
                    if session.wants_write() { socket.write_timeout() } else { socket.read_timeout() };
                TlsError::from_io(with_timeout(error, timeout))
            })?;
        }
        Ok(Self(StreamOwned::new(session, socket)))
    }

    /// Sends what the session has encrypted. `StreamOwned` would hide the first timeout and then also wait for a
    /// read: a call whose sending stalls would take many times its timeout.
    fn send(&mut self) -> io::Result<()> {
        let StreamOwned { conn, sock } = &mut self.0;
        while conn.wants_write() {
            if let Err(error) = conn.write_tls(sock) {
                let error = with_timeout(error, sock.write_timeout());
                if is_timeout(&error) {
                    // A read for the server's answer first tries to send the rest. It must not wait for that.
                    sock.set_write_timeout(Some(Duration::from_millis(1)))?;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// The negotiated version: `TLS 1.2` or `TLS 1.3`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        match self.0.conn.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            _ => "TLS",
        }
    }

    /// The address of the server.
    ///
    /// # Errors
    /// The operating system's error if the connection is closed.
    pub fn peer(&self) -> io::Result<SocketAddr> {
        self.0.sock.peer_addr()
    }
}

impl Read for TlsStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| with_timeout(error, self.0.sock.read_timeout()))
    }
}

impl Write for TlsStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.0.conn.writer().write(bytes)?;
        self.send()?;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

impl Drop for TlsStream {
    fn drop(&mut self) {
        // The alert would only wait behind bytes that could not be sent.
        if self.0.conn.wants_write() {
            return;
        }
        self.0.conn.send_close_notify();
        // If the alert cannot be sent, the connection is closed without it.
        let _ = self.0.flush();
    }
}

/// The TLS connection could not be established.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// The host is neither a DNS name nor an IP address, so no certificate can be for it.
    InvalidHost,
    /// The server's certificate is not trusted, not valid for the host, or expired.
    NotTrusted(rustls::CertificateError),
    /// Any other TLS error.
    Handshake(rustls::Error),
    /// Sending or receiving failed or timed out during the handshake.
    Broken(io::Error),
}

impl TlsError {
    fn from_io(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(reason)) => Self::NotTrusted(reason.clone()),
            Some(reason) => Self::Handshake(reason.clone()),
            None => Self::Broken(error),
        }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidHost => f.write_str("the host is neither a name nor an address"),
            Self::NotTrusted(reason) => write!(f, "could not verify the server's certificate: {reason}"),
            Self::Handshake(reason) => write!(f, "the TLS handshake failed: {reason}"),
            Self::Broken(reason) if is_timeout(reason) => {
                write!(f, "the TLS handshake {}", TimedOut::of(reason))
            }
            Self::Broken(reason) => write!(f, "the connection broke during the TLS handshake: {reason}"),
        }
    }
}

/// A read or write of the socket timed out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimedOut {
    /// The socket's timeout, if known.
    after: Option<Duration>,
}

impl TimedOut {
    pub(crate) fn of(error: &io::Error) -> Self {
        let this = error.get_ref().and_then(|inner| inner.downcast_ref());
        this.copied().unwrap_or(Self { after: None })
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.after {
            Some(after) => write!(f, "timed out after {} ms", after.as_millis()),
            None => f.write_str("timed out"),
        }
    }
}

impl Error for TimedOut {}

/// Whether a read or write timed out. The kind differs between operating systems.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// If a read or write timed out, adds the socket's timeout to the error.
fn with_timeout(error: io::Error, timeout: io::Result<Option<Duration>>) -> io::Error {
    match timeout {
        Ok(after @ Some(_)) if is_timeout(&error) => io::Error::new(error.kind(), TimedOut { after }),
        _ => error,
    }
}

impl Error for TlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::InvalidHost | Self::NotTrusted(_) => None,
            Self::Handshake(reason) => Some(reason),
            Self::Broken(reason) => Some(reason),
        }
    }
}
