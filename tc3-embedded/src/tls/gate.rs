//! The gate between the transport and embedded-tls: only records that may come now get through.

use core::cell::Cell;

use embedded_io::{Error as _, ErrorKind, ErrorType};

use super::error::TlsError;
use super::filter::{Filter, MAX_RECORD, Next};

/// A transport that lets only those records through that may come now.
pub(super) struct Gate<'a, S> {
    stream: S,
    filter: Filter,
    /// Why reading or writing failed: embedded-tls keeps less of it.
    fault: &'a Cell<Option<TlsError>>,
}

impl<'a, S> Gate<'a, S> {
    /// `limit` is the room for a record's content.
    pub(super) fn new(stream: S, limit: usize, fault: &'a Cell<Option<TlsError>>) -> Self {
        Self { stream, filter: Filter::new(limit.min(MAX_RECORD)), fault }
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// Nothing passes after a fault: it would only be the goodbye of an engine that does not know.
    fn is_open(&self) -> Result<(), Stopped> {
        if self.fault.get().is_some() { Err(Stopped) } else { Ok(()) }
    }

    fn judged(&mut self, received: Result<usize, ErrorKind>) -> Result<Option<usize>, Stopped> {
        let judged = received.map_err(TlsError::transport).and_then(|count| self.filter.received(count));
        judged.or_else(|fault| self.stop(fault))
    }

    /// A transport that takes nothing would be asked for ever, one that takes too much believed.
    fn counted(&self, taken: Result<usize, ErrorKind>, offered: usize) -> Result<usize, Stopped> {
        match taken {
            Ok(0) if offered > 0 => self.stop(TlsError::WriteZero { given: offered }),
            Ok(count) if count > offered => self.stop(TlsError::Overrun { given: offered, count }),
            Ok(count) => Ok(count),
            Err(kind) => self.stop(TlsError::transport(kind)),
        }
    }

    fn stop<T>(&self, fault: TlsError) -> Result<T, Stopped> {
        self.fault.set(Some(fault));
        Err(Stopped)
    }
}

/// Something is wrong, and the gate's `fault` says what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopped;

impl core::fmt::Display for Stopped {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the connection was given up")
    }
}

impl core::error::Error for Stopped {}

impl embedded_io::Error for Stopped {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl<S> ErrorType for Gate<'_, S> {
    type Error = Stopped;
}

impl<S: embedded_io::Read> embedded_io::Read for Gate<'_, S> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Stopped> {
        self.is_open()?;
        loop {
            let received = match self.filter.next(out) {
                Next::Given(count) => return Ok(count),
                Next::Receive(place) => self.stream.read(place).map_err(|error| error.kind()),
            };
            if let Some(count) = self.judged(received)? {
                return Ok(count);
            }
        }
    }
}

impl<S: embedded_io::Write> embedded_io::Write for Gate<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Stopped> {
        self.is_open()?;
        self.filter.sending();
        let taken = self.stream.write(bytes).map_err(|error| error.kind());
        self.counted(taken, bytes.len())
    }

    fn flush(&mut self) -> Result<(), Stopped> {
        self.is_open()?;
        self.stream.flush().or_else(|error| self.stop(TlsError::transport(error.kind())))
    }
}

#[cfg(feature = "async")]
impl<S: embedded_io_async::Read> embedded_io_async::Read for Gate<'_, S> {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, Stopped> {
        self.is_open()?;
        loop {
            let received = match self.filter.next(out) {
                Next::Given(count) => return Ok(count),
                Next::Receive(place) => unless_dropped(self.fault, self.stream.read(place)).await,
            };
            if let Some(count) = self.judged(received)? {
                return Ok(count);
            }
        }
    }
}

#[cfg(feature = "async")]
impl<S: embedded_io_async::Write> embedded_io_async::Write for Gate<'_, S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Stopped> {
        self.is_open()?;
        self.filter.sending();
        let taken = unless_dropped(self.fault, self.stream.write(bytes)).await;
        self.counted(taken, bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Stopped> {
        self.is_open()?;
        let flushed = unless_dropped(self.fault, self.stream.flush()).await;
        flushed.or_else(|kind| self.stop(TlsError::transport(kind)))
    }
}

/// embedded-tls does not survive a future that is dropped half way: it would take what is left of a
/// record for the next one, and make two records with one nonce. Its only awaits are these.
#[cfg(feature = "async")]
async fn unless_dropped<T, E: embedded_io::Error>(
    fault: &Cell<Option<TlsError>>,
    moving: impl Future<Output = Result<T, E>>,
) -> Result<T, ErrorKind> {
    fault.set(Some(TlsError::Abandoned));
    let moved = moving.await;
    fault.set(None);
    moved.map_err(|error| error.kind())
}
