//! How a connection ended. Every call after the first error returns that error again, but for a read after a write on
//! a connection that was closed: the server may have answered before it closed.

use core::cell::Cell;
use core::mem::MaybeUninit;

use super::error::TlsError;

/// How a connection ended. The connection and its gate share the fault.
pub(super) struct Ending<'a> {
    /// The first error. The gate stores its errors here, because embedded-tls does not return them.
    pub(super) fault: &'a Cell<Option<TlsError>>,
    /// Whether the server's close_notify was received.
    closed: bool,
    /// The error of the first write that failed because the connection was closed. Nothing is written after it.
    unsent: Option<TlsError>,
}

impl<'a> Ending<'a> {
    pub(super) const fn new(fault: &'a mut MaybeUninit<Cell<Option<TlsError>>>) -> Self {
        Self { fault: fault.write(Cell::new(None)), closed: false, unsent: None }
    }

    /// Whether a read can return more data: false after the server's close_notify. Fails if the
    /// connection has failed.
    pub(super) fn is_readable(&self) -> Result<bool, TlsError> {
        self.fault.get().map_or(Ok(!self.closed), Err)
    }

    /// Fails if the connection has failed or the server closed it.
    pub(super) fn check_writable(&self) -> Result<(), TlsError> {
        self.unsent.map_or(Ok(()), Err)?;
        if self.is_readable()? { Ok(()) } else { Err(TlsError::Closed) }
    }

    pub(super) const fn set_closed(&mut self) {
        self.closed = true;
    }

    /// The result of a write or a flush. A transport's error that the gate did not store leaves reads open.
    pub(super) fn sent<T>(&mut self, outcome: Result<T, TlsError>) -> Result<T, TlsError> {
        match outcome {
            Err(error @ TlsError::Transport(_)) if self.fault.get().is_none() => {
                self.unsent = Some(error);
                Err(error)
            }
            outcome => self.first_error(outcome),
        }
    }

    /// Stores an error unless one is stored already, and returns the stored one: later errors are only
    /// consequences of the first.
    pub(super) fn first_error<T>(&self, outcome: Result<T, TlsError>) -> Result<T, TlsError> {
        outcome.map_err(|error| {
            let fault = self.fault.get().unwrap_or(error);
            self.fault.set(Some(fault));
            fault
        })
    }

    /// If the connection has failed or the server has closed it, stops the gate and returns the result
    /// for `close`. The gate is stopped because embedded-tls would send close_notify unprotected.
    pub(super) fn stop_if_ended(&self) -> Option<Result<(), TlsError>> {
        let outcome = match (self.unsent, self.is_readable()) {
            (None, Ok(true)) => return None,
            (None, Ok(false)) => Ok(()),
            (Some(fault), _) | (None, Err(fault)) => Err(fault),
        };
        self.fault.set(Some(TlsError::Closed));
        Some(outcome)
    }
}
