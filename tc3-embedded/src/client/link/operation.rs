//! The operations that a link asks its task for, and their results.

use crate::client::incoming::StreamEnd;
use core::{error::Error, fmt};
use embedded_io::ErrorKind;
use tc3_core::Timestamp;

/// An operation for the task.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Dial(Timestamp),
    /// Reads at most this many bytes into the mailbox.
    Read(usize),
    /// Writes the first bytes of the mailbox, this many.
    Write(usize),
    Flush,
    HangUp,
}

/// The result of an operation.
pub(super) enum Report<E> {
    Dialled(StreamEnd),
    NotDialled(E),
    /// The number of bytes read or written.
    Done(Result<usize, PipeError<E>>),
}

/// An error of the stream, converted to the error of the dialer, and its kind.
pub(super) struct PipeError<E> {
    pub(super) kind: ErrorKind,
    pub(super) error: E,
}

impl<E> PipeError<E> {
    pub(super) fn into_inner(self) -> E {
        self.error
    }
}

// `embedded_io` requires these implementations. No user sees them: the link returns only the inner error.
impl<E> fmt::Debug for PipeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl<E> fmt::Display for PipeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.kind, f)
    }
}

impl<E> Error for PipeError<E> {}

impl<E> embedded_io::Error for PipeError<E> {
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}
