//! What a link orders from its task, and what the task reports.

use crate::client::incoming::StreamEnd;
use core::{error::Error, fmt};
use embedded_io::ErrorKind;
use tc3_core::Timestamp;

/// An operation that the task shall do.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Dial(Timestamp),
    /// At most so many bytes.
    Read(usize),
    /// So many bytes of the mailbox.
    Write(usize),
    Flush,
    HangUp,
}

/// What came of an operation.
pub(super) enum Report<E> {
    Dialled(StreamEnd),
    NotDialled(E),
    /// The number of bytes read or written.
    Done(Result<usize, PipeError<E>>),
}

/// The error of the dialer's stream, and its kind.
pub(super) struct PipeError<E> {
    pub(super) kind: ErrorKind,
    pub(super) error: E,
}

impl<E> PipeError<E> {
    pub(super) fn into_inner(self) -> E {
        self.error
    }
}

// The client takes the error out before anyone sees it. `embedded_io` requires these.
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
