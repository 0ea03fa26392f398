//! The connection over asynchronous transports.

use core::fmt;

use embedded_io_async::{ErrorType, Read, Write};
use embedded_tls::{TlsConnection, TlsContext};

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

/// [`AuthenticatedTls`](super::AuthenticatedTls) over `embedded_io_async`.
///
/// Dropping a future before it completes can leave a record half sent or half received. Every later
/// call then fails with [`TlsError::Abandoned`].
pub struct AuthenticatedTls<'a, S: Read + Write> {
    connection: TlsConnection<'a, Gate<'a, S>, Suite>,
    ending: Ending<'a>,
}

impl<'a, S: Read + Write + Bounded + 'a> AuthenticatedTls<'a, S> {
    /// Does the handshake, like [`AuthenticatedTls::connect`](super::AuthenticatedTls::connect).
    ///
    /// # Errors
    /// [`TlsError`], in the same cases as the blocking `connect`.
    pub async fn connect<const IN: usize, const OUT: usize>(
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
        let handshake = connection.open(TlsContext::new(&client_config(server), &mut provider)).await;
        ending.first_error(provider.finish(handshake))?;
        Ok(Self { connection, ending })
    }

    /// Sends close_notify and returns the transport. Sends nothing if the connection has failed or the
    /// server has closed it.
    pub async fn close(self) -> (S, Result<(), TlsError>) {
        let ended = self.ending.stop_if_ended();
        let (gate, outcome) = match self.connection.close().await {
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
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, TlsError> {
        if !self.ending.is_readable()? || out.is_empty() {
            return Ok(0);
        }
        read_outcome(self.connection.read(out).await, &mut self.ending)
    }
}

impl<'a, S: Read + Write + 'a> Write for AuthenticatedTls<'a, S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        self.ending.check_writable()?;
        self.ending.sent(self.connection.write(bytes).await.map_err(tls_error))
    }

    async fn flush(&mut self) -> Result<(), TlsError> {
        self.ending.check_writable()?;
        self.ending.sent(self.connection.flush().await.map_err(tls_error))
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
