//! What a connection needs room for, and how it ended.

use core::cell::Cell;
use core::fmt;

use super::error::TlsError;
use super::filter::MAX_RECORD;

/// The room that a connection works in, for one connection at a time.
///
/// `IN` bytes for what is received: a record has to fit whole. The default is the longest that a
/// server may send; a smaller one is refused by name when it comes
/// ([`TlsError::RecordTooLong`]), and the server's certificates come in one record. `OUT` bytes for
/// what is sent: longer data goes out in several records.
///
/// It is big, so it belongs in static memory rather than on a stack.
pub struct Buffers<const IN: usize = MAX_RECORD, const OUT: usize = 1024> {
    pub(super) received: [u8; IN],
    pub(super) sent: [u8; OUT],
    pub(super) fault: Cell<Option<TlsError>>,
}

impl<const IN: usize, const OUT: usize> Buffers<IN, OUT> {
    /// Empty ones.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(OUT >= MIN_OUT, "the ClientHello needs more room for what is sent") }
        Self { received: [0; IN], sent: [0; OUT], fault: Cell::new(None) }
    }
}

/// A ClientHello with a host of 253 bytes, and what embedded-tls sets aside.
const MIN_OUT: usize = 640;

impl<const IN: usize, const OUT: usize> Default for Buffers<IN, OUT> {
    fn default() -> Self {
        Self::new()
    }
}

/// Without what went through it.
impl<const IN: usize, const OUT: usize> fmt::Debug for Buffers<IN, OUT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffers").field("received", &IN).field("sent", &OUT).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<const IN: usize, const OUT: usize> defmt::Format for Buffers<IN, OUT> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Buffers {{ received: {}, sent: {}, .. }}", IN, OUT);
    }
}

/// How the connection ended, if it did: it says so for good.
pub(super) struct Ending<'a> {
    /// The gate writes here what embedded-tls would not pass on.
    pub(super) fault: &'a Cell<Option<TlsError>>,
    /// The server said goodbye.
    over: bool,
}

impl<'a> Ending<'a> {
    pub(super) const fn new(fault: &'a Cell<Option<TlsError>>) -> Self {
        Self { fault, over: false }
    }

    /// Whether there is nothing more to read, in good order.
    pub(super) fn is_over(&self) -> Result<bool, TlsError> {
        self.fault.get().map_or(Ok(self.over), Err)
    }

    /// Nothing can be written once the connection ended, in good order or not.
    pub(super) fn is_open(&self) -> Result<(), TlsError> {
        if self.is_over()? { Err(TlsError::Closed) } else { Ok(()) }
    }

    /// What closing comes to if there is nobody left to say goodbye to, and keeps the gate shut.
    pub(super) fn said_already(&self) -> Option<Result<(), TlsError>> {
        let over = self.is_over();
        let said = over.map(|over| over.then_some(())).transpose();
        if said.is_some() {
            self.fault.set(Some(TlsError::Closed));
        }
        said
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
}
