//! The stream of a link. The task performs each of its operations.

use super::{
    mailbox::Mailbox,
    operation::{Operation, PipeError, Report},
};
use crate::client::{connection::READ_BUFFER, error::ExchangeError, incoming::StreamEnd};
use core::{
    convert::Infallible,
    hint,
    pin::Pin,
    task::{Context, Poll, Waker},
};
use embedded_io::{ErrorType, Read, Write};

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
    /// Lets the task work on the operation. `Ready(None)` if the task serves another mailbox.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Report<E>>> {
        let _never_ready = self.task.as_mut().poll(context);
        self.mailbox.report()
    }

    /// Passes an operation to the task and waits for its result. A blocking dialer's task completes it in one poll.
    pub(super) fn perform(&mut self, operation: Operation) -> Option<Report<E>> {
        self.mailbox.begin(operation);
        loop {
            if let Poll::Ready(report) = self.poll(&mut Context::from_waker(Waker::noop())) {
                return report;
            }
            hint::spin_loop();
        }
    }

    /// Drops the connection and an unfinished operation, and wipes the mailbox. The task needs only one poll for that.
    pub(super) fn hang_up(&mut self) {
        self.mailbox.begin(Operation::HangUp);
        let _no_report = self.poll(&mut Context::from_waker(Waker::noop()));
        self.mailbox.wipe();
    }

    /// The result of a read, write or flush.
    pub(super) fn done(report: Option<Report<E>>) -> Result<usize, PipeError<E>> {
        match report {
            Some(Report::Done(done)) => done,
            // Cannot happen, because the task dialled before: `Done` answers each read, write and flush.
            _ => Ok(0),
        }
    }

    pub(super) fn done_reading(
        &self,
        report: Option<Report<E>>,
        buffer: &mut [u8],
    ) -> Result<usize, PipeError<E>> {
        let done = Self::done(report);
        let count = done.as_ref().map_or(0, |count| *count);
        self.mailbox.get(buffer.get_mut(..count).unwrap_or_default());
        done
    }
}

/// The result of dialling. Fails also if the task serves another mailbox.
pub(super) fn dial_result<E>(report: Option<Report<E>>) -> Result<StreamEnd, ExchangeError<E>> {
    match report {
        Some(Report::Dialled(end)) => Ok(end),
        Some(Report::NotDialled(error)) => Err(ExchangeError::Dial(error)),
        _ => Err(ExchangeError::WrongTask),
    }
}

/// A read of as many bytes as fit both the buffer and the mailbox.
pub(super) fn read_operation(buffer: &[u8]) -> Operation {
    Operation::Read(buffer.len().min(READ_BUFFER))
}

impl<E, F> ErrorType for Pipe<'_, E, F> {
    type Error = PipeError<E>;
}

impl<E, F: Future<Output = Infallible>> Read for Pipe<'_, E, F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, PipeError<E>> {
        let report = self.perform(read_operation(buffer));
        self.done_reading(report, buffer)
    }
}

impl<E, F: Future<Output = Infallible>> Write for Pipe<'_, E, F> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, PipeError<E>> {
        let count = self.mailbox.put(bytes);
        Self::done(self.perform(Operation::Write(count)))
    }

    fn flush(&mut self) -> Result<(), PipeError<E>> {
        Self::done(self.perform(Operation::Flush)).map(|_| ())
    }
}
