//! The connection: it exists only once the server is proved.

use core::fmt;

use embedded_io::{ErrorType, Read, Write};
use embedded_tls::TlsContext;
use embedded_tls::blocking::TlsConnection;

use super::buffers::Buffers;
use super::cipher::Suite;
use super::ending::Ending;
use super::engine::{Provider, offer, outcome, reason};
use super::error::TlsError;
use super::gate::Gate;
use super::random::Seed;
use super::verify::Server;
use crate::client::AuthenticatedEnd;
use crate::deadline::Bounded;

/// A TLS 1.3 connection to a server that proved who it is.
///
/// There is no other way to one than [`connect`](Self::connect). Reading gives 0 only after the
/// server's `close_notify`; a connection that just ends is [`TlsError::Truncated`].
pub struct AuthenticatedTls<'a, S: Read + Write> {
    connection: TlsConnection<'a, Gate<'a, S>, Suite>,
    ending: Ending<'a>,
}

impl<'a, S: Read + Write + Bounded + 'a> AuthenticatedTls<'a, S> {
    /// Does the handshake, and returns the connection if **both** the server's certificates and its
    /// signature over the handshake prove that it is the one that was called.
    ///
    /// The stream has to end every wait ([`Deadline`](crate::deadline::Deadline) does): a server may
    /// send records for ever without sending a byte of an answer.
    ///
    /// # Errors
    /// [`TlsError`]: what is wrong. Nothing was sent then but the handshake's own messages.
    pub fn connect<const IN: usize, const OUT: usize>(
        stream: S,
        buffers: &'a mut Buffers<IN, OUT>,
        server: &Server<'_>,
        seed: Seed,
    ) -> Result<Self, TlsError> {
        server.name().map_err(TlsError::Untrusted)?;
        let Buffers { received, sent, fault } = buffers;
        let ending = Ending::new(fault);
        let mut connection = TlsConnection::new(Gate::new(stream, IN, ending.fault), received, sent);
        let mut provider = Provider::new(server, seed);
        let handshake = connection.open(TlsContext::new(&offer(server), &mut provider));
        ending.first(provider.verdict(handshake))?;
        Ok(Self { connection, ending })
    }

    /// Says goodbye, unless there is nobody to say it to, and gives the transport back.
    pub fn close(self) -> (S, Result<(), TlsError>) {
        let shut = self.ending.shut();
        let (gate, goodbye) = match self.connection.close() {
            Ok(gate) => (gate, Ok(())),
            Err((gate, error)) => (gate, self.ending.first(Err(reason(error)))),
        };
        (gate.into_inner(), shut.unwrap_or(goodbye))
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
        outcome(self.connection.read(out), &mut self.ending)
    }
}

impl<'a, S: Read + Write + 'a> Write for AuthenticatedTls<'a, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        self.ending.writable()?;
        self.ending.first(self.connection.write(bytes).map_err(reason))
    }

    fn flush(&mut self) -> Result<(), TlsError> {
        self.ending.writable()?;
        self.ending.first(self.connection.flush().map_err(reason))
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
