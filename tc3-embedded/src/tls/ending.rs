//! How a connection ended: the first reason stands, and it says so for good.

use core::cell::Cell;
use core::mem::MaybeUninit;

use super::error::TlsError;

/// What the connection, the gate below it and whoever comes back later know of the end.
pub(super) struct Ending<'a> {
    /// The gate writes here what embedded-tls would not pass on.
    pub(super) fault: &'a Cell<Option<TlsError>>,
    /// The server said goodbye.
    over: bool,
}

impl<'a> Ending<'a> {
    pub(super) const fn new(fault: &'a mut MaybeUninit<Cell<Option<TlsError>>>) -> Self {
        Self { fault: fault.write(Cell::new(None)), over: false }
    }

    /// Whether there may be more to read; not so after an end in good order.
    pub(super) fn is_readable(&self) -> Result<bool, TlsError> {
        self.fault.get().map_or(Ok(!self.over), Err)
    }

    /// That something can be written: not once the connection ended, in good order or not.
    pub(super) fn writable(&self) -> Result<(), TlsError> {
        if self.is_readable()? { Ok(()) } else { Err(TlsError::Closed) }
    }

    pub(super) const fn set_over(&mut self) {
        self.over = true;
    }

    /// The first fault stands: those after it only follow from it.
    pub(super) fn first<T>(&self, outcome: Result<T, TlsError>) -> Result<T, TlsError> {
        outcome.map_err(|error| {
            let fault = self.fault.get().unwrap_or(error);
            self.fault.set(Some(fault));
            fault
        })
    }

    /// What closing comes to where no goodbye may be said, and shuts the gate for it. After the
    /// server's own, embedded-tls would say ours in a record that is not protected.
    pub(super) fn shut(&self) -> Option<Result<(), TlsError>> {
        let outcome = match self.is_readable() {
            Ok(true) => return None,
            Ok(false) => Ok(()),
            Err(fault) => Err(fault),
        };
        self.fault.set(Some(TlsError::Closed));
        Some(outcome)
    }
}
