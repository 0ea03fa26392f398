//! The connection over blocking transports.

use core::fmt;

use embedded_io::{ErrorType, Read, Write};
use embedded_tls::TlsContext;
use embedded_tls::blocking::TlsConnection;

use super::buffers::Buffers;
use super::cipher::Suite;
use super::ending::Ending;
use super::engine::{Provider, client_config, read_outcome, tls_error};
use super::error::TlsError;
use super::guard::gate::Gate;
use super::random::Seed;
use super::verify::Server;
use crate::deadline::Bounded;
use crate::http::AuthenticatedEnd;

/// A TLS 1.3 connection to an authenticated server.
///
/// [`connect`](Self::connect) is the only constructor. A read returns 0 only after the server's
/// close_notify. If the transport ends without close_notify, the read fails with
/// [`TlsError::Truncated`] or [`TlsError::TruncatedRecord`].
///
/// After the first error, every read, write and flush fails with it, but for reads after a write that failed because the
/// connection was closed: they return what the server sent before it closed.
pub struct AuthenticatedTls<'a, S: Read + Write> {
    connection: TlsConnection<'a, Gate<'a, S>, Suite>,
    ending: Ending<'a>,
}

impl<'a, S: Read + Write + Bounded + 'a> AuthenticatedTls<'a, S> {
    /// Does the handshake. Returns the connection if **both** the server's certificate chain and its
    /// signature over the handshake are valid.
    ///
    /// Every read and write of the stream must end by a deadline, as those of
    /// [`Deadline`](crate::deadline::Deadline) do. Otherwise a server could send records without
    /// application data for ever.
    ///
    /// # Errors
    /// [`TlsError`]. No application data has been sent.
    pub fn connect<const IN: usize, const OUT: usize>(
        stream: S,
        buffers: &'a mut Buffers<IN, OUT>,
        server: &Server<'_>,
        seed: Seed,
    ) -> Result<Self, TlsError> {
        server.dns_name().map_err(TlsError::Untrusted)?;
        let Buffers { received, sent, fault } = buffers;
        let ending = Ending::new(fault);
        let mut connection = TlsConnection::new(Gate::new(stream, IN, ending.fault), received, sent);
        let mut provider = Provider::new(server, seed);
        let handshake = connection.open(TlsContext::new(&client_config(server), &mut provider));
        ending.first_error(provider.finish(handshake))?;
        Ok(Self { connection, ending })
    }

    /// Sends close_notify and returns the transport. Sends nothing if the connection has failed or the
    /// server has closed it.
    pub fn close(self) -> (S, Result<(), TlsError>) {
        let ended = self.ending.stop_if_ended();
        let (gate, outcome) = match self.connection.close() {
            Ok(gate) => (gate, Ok(())),
            Err((gate, error)) => (gate, self.ending.first_error(Err(tls_error(error)))),
        };
        (gate.into_inner(), ended.unwrap_or(outcome))
    }
}

impl<'a, S: Read + Write + 'a> ErrorType for AuthenticatedTls<'a, S> {
    type Error = TlsError;
}

impl<'a, S: Read + Write + 'a> Read for AuthenticatedTls<'a, S> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, TlsError> {
        if !self.ending.is_readable()? || out.is_empty() {
            return Ok(0);
        }
        read_outcome(self.connection.read(out), &mut self.ending)
    }
}

impl<'a, S: Read + Write + 'a> Write for AuthenticatedTls<'a, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        self.ending.check_writable()?;
        self.ending.sent(self.connection.write(bytes).map_err(tls_error))
    }

    fn flush(&mut self) -> Result<(), TlsError> {
        self.ending.check_writable()?;
        self.ending.sent(self.connection.flush().map_err(tls_error))
    }
}

impl<S: Read + Write> AuthenticatedEnd for AuthenticatedTls<'_, S> {}

impl<S: Read + Write> fmt::Debug for AuthenticatedTls<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatedTls").finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<S: Read + Write> defmt::Format for AuthenticatedTls<'_, S> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "AuthenticatedTls {{ .. }}");
    }
}
