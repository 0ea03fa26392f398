//! Wraps the transport for embedded-tls.

use core::cell::Cell;

use embedded_io::{Error as _, ErrorKind, ErrorType};

use super::records::{MAX_RECORD, Next, RecordFilter};
use crate::{stream::is_closed, tls::error::TlsError};

/// A transport that passes only the records that are allowed in the current phase.
pub(in crate::tls) struct Gate<'a, S> {
    stream: S,
    filter: RecordFilter,
    /// The reason why the gate stopped. embedded-tls would keep only its `ErrorKind`.
    fault: &'a Cell<Option<TlsError>>,
    /// The error of a write that failed because the connection was closed. Reads pass after it.
    unsent: Option<ErrorKind>,
}

impl<'a, S> Gate<'a, S> {
    /// `limit` is the maximum length of a record without its header: the size of the receive buffer.
    pub(in crate::tls) fn new(stream: S, limit: usize, fault: &'a Cell<Option<TlsError>>) -> Self {
        Self { stream, filter: RecordFilter::new(limit.min(MAX_RECORD)), fault, unsent: None }
    }

    pub(in crate::tls) fn into_inner(self) -> S {
        self.stream
    }

    /// Fails after a fault. embedded-tls might not know of the fault, and would send an alert.
    fn check_open(&self) -> Result<(), Stopped> {
        if self.fault.get().is_some() { Err(STOPPED) } else { Ok(()) }
    }

    /// Fails also after a failed write: embedded-tls would encrypt another record with the nonce of the lost one.
    fn check_writable(&self) -> Result<(), Stopped> {
        self.check_open()?;
        self.unsent.map_or(Ok(()), |kind| Err(Stopped(kind)))
    }

    fn check_read(&mut self, received: Result<usize, ErrorKind>) -> Result<Option<usize>, Stopped> {
        let checked = received.map_err(TlsError::transport).and_then(|count| self.filter.received(count));
        checked.or_else(|fault| self.stop(self.filter.fault_of_read(fault)))
    }

    /// Refuses two results that embedded-tls accepts: after a write of 0 bytes it tries again for ever,
    /// and it trusts a count that is too large.
    fn check_write(&mut self, written: Result<usize, ErrorKind>, given: usize) -> Result<usize, Stopped> {
        match written {
            Ok(0) if given > 0 => self.stop(TlsError::WriteZero { given }),
            Ok(count) if count > given => self.stop(TlsError::Overrun { given, count }),
            Ok(count) => Ok(count),
            Err(kind) => self.fail_write(kind),
        }
    }

    /// If the connection was closed, stops only writes: the server may have answered before it closed.
    fn fail_write<T>(&mut self, kind: ErrorKind) -> Result<T, Stopped> {
        if !is_closed(kind) {
            return self.stop(TlsError::transport(kind));
        }
        self.unsent = Some(kind);
        Err(Stopped(kind))
    }

    fn stop<T>(&self, fault: TlsError) -> Result<T, Stopped> {
        self.fault.set(Some(fault));
        Err(STOPPED)
    }
}

/// The connection failed. The kind is that of a write on a closed connection. The gate's `fault` has any other reason.
#[derive(Clone, Copy, Debug)]
pub(in crate::tls) struct Stopped(ErrorKind);

const STOPPED: Stopped = Stopped(ErrorKind::Other);

impl core::fmt::Display for Stopped {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the connection failed")
    }
}

impl core::error::Error for Stopped {}

impl embedded_io::Error for Stopped {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl<S> ErrorType for Gate<'_, S> {
    type Error = Stopped;
}

impl<S: embedded_io::Read> embedded_io::Read for Gate<'_, S> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Stopped> {
        self.check_open()?;
        loop {
            let received = match self.filter.next(out) {
                Next::Passed(count) => return Ok(count),
                Next::Receive(buffer) => self.stream.read(buffer).map_err(|error| error.kind()),
            };
            if let Some(count) = self.check_read(received)? {
                return Ok(count);
            }
        }
    }
}

impl<S: embedded_io::Write> embedded_io::Write for Gate<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Stopped> {
        self.check_writable()?;
        self.filter.sending();
        let written = self.stream.write(bytes).map_err(|error| error.kind());
        self.check_write(written, bytes.len())
    }

    fn flush(&mut self) -> Result<(), Stopped> {
        self.check_writable()?;
        self.stream.flush().or_else(|error| self.fail_write(error.kind()))
    }
}

#[cfg(feature = "async")]
impl<S: embedded_io_async::Read> embedded_io_async::Read for Gate<'_, S> {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, Stopped> {
        self.check_open()?;
        loop {
            let received = match self.filter.next(out) {
                Next::Passed(count) => return Ok(count),
                Next::Receive(buffer) => unless_dropped(self.fault, self.stream.read(buffer)).await,
            };
            if let Some(count) = self.check_read(received)? {
                return Ok(count);
            }
        }
    }
}

#[cfg(feature = "async")]
impl<S: embedded_io_async::Write> embedded_io_async::Write for Gate<'_, S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Stopped> {
        self.check_writable()?;
        self.filter.sending();
        let written = unless_dropped(self.fault, self.stream.write(bytes)).await;
        self.check_write(written, bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Stopped> {
        self.check_writable()?;
        let flushed = unless_dropped(self.fault, self.stream.flush()).await;
        flushed.or_else(|kind| self.fail_write(kind))
    }
}

/// Sets the fault to [`TlsError::Abandoned`] until the future completes. If the future is dropped, the
/// fault stays.
///
/// embedded-tls cannot resume after a dropped future: it would parse the rest of a record as the next
/// record, and encrypt two records with one nonce. embedded-tls awaits no other futures.
#[cfg(feature = "async")]
async fn unless_dropped<T, E: embedded_io::Error>(
    fault: &Cell<Option<TlsError>>,
    future: impl Future<Output = Result<T, E>>,
) -> Result<T, ErrorKind> {
    fault.set(Some(TlsError::Abandoned));
    let outcome = future.await;
    fault.set(None);
    outcome.map_err(|error| error.kind())
}
