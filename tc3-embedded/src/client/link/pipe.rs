//! The stream of a link: each operation is ordered from the task.

use super::super::{connection::READ_BUFFER, error::ExchangeError, incoming::StreamEnd};
use super::mailbox::Mailbox;
use core::{
    convert::Infallible,
    error::Error,
    fmt, hint,
    pin::Pin,
    task::{Context, Poll, Waker},
};
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use tc3_core::Timestamp;

/// An operation that the task shall do.
#[derive(Clone, Copy)]
pub(super) enum Ordered {
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

pub(super) struct Pipe<'l, E, F> {
    pub(super) mailbox: &'l Mailbox<E>,
    task: Pin<&'l mut F>,
}

impl<'l, E, F> Pipe<'l, E, F> {
    pub(super) const fn new(mailbox: &'l Mailbox<E>, task: Pin<&'l mut F>) -> Self {
        Self { mailbox, task }
    }
}

impl<E, F: Future<Output = Infallible>> Pipe<'_, E, F> {
    /// Lets the task work on the order. `Ready(None)` if it serves another mailbox.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Report<E>>> {
        let _never_ready = self.task.as_mut().poll(context);
        self.mailbox.report()
    }

    /// Orders an operation, and waits for its end. A task of blocking operations ends them in one poll.
    pub(super) fn perform(&mut self, order: Ordered) -> Option<Report<E>> {
        self.mailbox.order(order);
        loop {
            if let Poll::Ready(report) = self.poll(&mut Context::from_waker(Waker::noop())) {
                return report;
            }
            hint::spin_loop();
        }
    }

    /// Drops the connection, for which the task waits for nothing.
    pub(super) fn hang_up(&mut self) {
        self.mailbox.order(Ordered::HangUp);
        let _no_report = self.poll(&mut Context::from_waker(Waker::noop()));
    }

    /// What came of a read or write.
    pub(super) fn done(report: Option<Report<E>>) -> Result<usize, PipeError<E>> {
        match report {
            Some(Report::Done(done)) => done,
            // The end of the stream, which cannot be: the task reports on what was ordered.
            _ => Ok(0),
        }
    }

    pub(super) fn done_reading(
        &self,
        report: Option<Report<E>>,
        buffer: &mut [u8],
    ) -> Result<usize, PipeError<E>> {
        let count = Self::done(report)?;
        self.mailbox.get(buffer.get_mut(..count).unwrap_or_default());
        Ok(count)
    }
}

/// What came of dialling. A task of another mailbox opens no connection.
pub(super) fn dialled<E>(report: Option<Report<E>>) -> Result<StreamEnd, ExchangeError<E>> {
    match report {
        Some(Report::Dialled(end)) => Ok(end),
        Some(Report::NotDialled(error)) => Err(ExchangeError::Dial(error)),
        _ => Err(ExchangeError::NotReusable),
    }
}

/// At most what fits the mailbox.
pub(super) fn read_order(buffer: &[u8]) -> Ordered {
    Ordered::Read(buffer.len().min(READ_BUFFER))
}

impl<E> PipeError<E> {
    pub(super) fn into_inner(self) -> E {
        self.error
    }
}

impl<E, F> ErrorType for Pipe<'_, E, F> {
    type Error = PipeError<E>;
}

impl<E, F: Future<Output = Infallible>> Read for Pipe<'_, E, F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, PipeError<E>> {
        let report = self.perform(read_order(buffer));
        self.done_reading(report, buffer)
    }
}

impl<E, F: Future<Output = Infallible>> Write for Pipe<'_, E, F> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, PipeError<E>> {
        let count = self.mailbox.put(bytes);
        Self::done(self.perform(Ordered::Write(count)))
    }

    fn flush(&mut self) -> Result<(), PipeError<E>> {
        Self::done(self.perform(Ordered::Flush)).map(|_| ())
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
