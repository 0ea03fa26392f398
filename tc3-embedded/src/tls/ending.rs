//! How a connection ended. The first error is returned by every later call.

use core::cell::Cell;
use core::mem::MaybeUninit;

use super::error::TlsError;

/// The connection's end, shared by the connection and its gate.
pub(super) struct Ending<'a> {
    /// The first error. The gate writes here what embedded-tls would not return.
    pub(super) fault: &'a Cell<Option<TlsError>>,
    /// The server's close_notify was received.
    closed: bool,
}

impl<'a> Ending<'a> {
    pub(super) const fn new(fault: &'a mut MaybeUninit<Cell<Option<TlsError>>>) -> Self {
        Self { fault: fault.write(Cell::new(None)), closed: false }
    }

    /// Whether a read may return more data: false after the server's close_notify.
    pub(super) fn is_readable(&self) -> Result<bool, TlsError> {
        self.fault.get().map_or(Ok(!self.closed), Err)
    }

    /// Fails if the connection has failed or the server closed it.
    pub(super) fn check_writable(&self) -> Result<(), TlsError> {
        if self.is_readable()? { Ok(()) } else { Err(TlsError::Closed) }
    }

    pub(super) const fn set_closed(&mut self) {
        self.closed = true;
    }

    /// Stores an error unless there is one already, and returns the first: later errors are only
    /// consequences of it.
    pub(super) fn first_error<T>(&self, outcome: Result<T, TlsError>) -> Result<T, TlsError> {
        outcome.map_err(|error| {
            let fault = self.fault.get().unwrap_or(error);
            self.fault.set(Some(fault));
            fault
        })
    }

    /// If the connection has failed or ended, returns the result of closing it and stops the gate:
    /// embedded-tls would send its close_notify unprotected.
    pub(super) fn stop_if_ended(&self) -> Option<Result<(), TlsError>> {
        let outcome = match self.is_readable() {
            Ok(true) => return None,
            Ok(false) => Ok(()),
            Err(fault) => Err(fault),
        };
        self.fault.set(Some(TlsError::Closed));
        Some(outcome)
    }
}
