//! A stream whose peer has proved its identity.

use crate::error::is_timeout;
use rustls::{ClientConnection, ProtocolVersion, StreamOwned};
use std::{
    error::Error,
    fmt,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
};

/// An open TLS connection.
///
/// It ends with `Ok(0)` only if the peer said so (`close_notify`): a connection that is cut off is
/// an error.
#[derive(Debug)]
pub struct TlsStream(StreamOwned<ClientConnection, TcpStream>);

impl TlsStream {
    pub(super) fn shake_hands(
        mut session: ClientConnection,
        mut socket: TcpStream,
    ) -> Result<Self, TlsError> {
        while session.is_handshaking() {
            session.complete_io(&mut socket).map_err(TlsError::from_io)?;
        }
        Ok(Self(StreamOwned::new(session, socket)))
    }

    /// The version that was agreed upon.
    #[must_use]
    pub fn version(&self) -> &'static str {
        match self.0.conn.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            _ => "TLS",
        }
    }

    /// The address of the peer.
    ///
    /// # Errors
    /// What the operating system says of a connection that is gone.
    pub fn peer(&self) -> io::Result<SocketAddr> {
        self.0.sock.peer_addr()
    }
}

impl Read for TlsStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for TlsStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Drop for TlsStream {
    fn drop(&mut self) {
        self.0.conn.send_close_notify();
        // The connection is given up either way.
        let _ = self.0.flush();
    }
}

/// No TLS connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// The host is neither a name nor an address, so that nobody could prove to be it.
    NotAName,
    /// The server did not prove its identity.
    NotTrusted(rustls::CertificateError),
    /// Anything else that TLS found wrong.
    Handshake(rustls::Error),
    /// The connection broke during the handshake.
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
            Self::NotAName => f.write_str("the host is neither a name nor an address"),
            Self::NotTrusted(reason) => write!(f, "the server did not prove its identity: {reason}"),
            Self::Handshake(reason) => write!(f, "the TLS handshake failed: {reason}"),
            Self::Broken(reason) if is_timeout(reason) => {
                f.write_str("the server did nothing within the timeout of the TLS handshake")
            }
            Self::Broken(reason) => write!(f, "the connection broke during the TLS handshake: {reason}"),
        }
    }
}

impl Error for TlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotAName | Self::NotTrusted(_) => None,
            Self::Handshake(reason) => Some(reason),
            Self::Broken(reason) => Some(reason),
        }
    }
}
