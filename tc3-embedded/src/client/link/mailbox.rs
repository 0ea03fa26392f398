//! What a link and its task pass to each other, and what the task does.

use super::operation::{Operation, PipeError, Report};
use crate::client::{connection::READ_BUFFER, incoming::StreamEnd, wiped::WipeOnDrop};
use core::{
    cell::{Cell, RefCell},
    convert::Infallible,
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
};
use embedded_io::Error as _;
use tc3_core::Timestamp;

/// Passes operations from one [`Link`](super::Link) to its task, and their results back ([example](super)).
///
/// Its buffer of 256 bytes holds what is written or read, and is wiped as soon as that is passed on or has failed. If
/// the future of a call is dropped, so is the connection, and the buffer is wiped. Only a future that is
/// [forgotten](core::mem::forget) leaves its bytes in the buffer. `E` is the error of the dialer.
pub struct Mailbox<E> {
    /// An operation that the task has not begun yet.
    next: Cell<Option<Operation>>,
    /// The result of the last operation, until the link takes it.
    report: Cell<Option<Report<E>>>,
    /// The bytes to write, or the bytes that were read.
    data: RefCell<[u8; READ_BUFFER]>,
}

/// A dialer, blocking or asynchronous.
pub(super) trait Dial {
    type Wire<'a>: Wire<Error: Into<Self::Error>>
    where
        Self: 'a;
    type Error;

    async fn dial(&mut self, now: Timestamp) -> Result<(Self::Wire<'_>, StreamEnd), Self::Error>;
}

/// A stream, blocking or asynchronous.
pub(super) trait Wire {
    type Error: embedded_io::Error;

    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error>;
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error>;
    async fn flush(&mut self) -> Result<(), Self::Error>;
}

impl<E> Mailbox<E> {
    /// An empty mailbox.
    #[must_use]
    pub const fn new() -> Self {
        Self { next: Cell::new(None), report: Cell::new(None), data: RefCell::new([0; READ_BUFFER]) }
    }

    /// Passes an operation to the task. A task that has not finished the previous one drops that one and the connection.
    pub(super) fn begin(&self, operation: Operation) {
        self.report.set(None);
        self.next.set(Some(operation));
    }

    /// The result of the operation. Call this after the task was polled: `Ready(None)` if the task did not
    /// begin the operation, because it serves another mailbox.
    pub(super) fn report(&self) -> Poll<Option<Report<E>>> {
        match (self.report.take(), self.next.get()) {
            (None, None) => Poll::Pending,
            (report, _) => Poll::Ready(report),
        }
    }

    /// Copies as many of the bytes to be written as fit. Returns their number.
    pub(super) fn put(&self, bytes: &[u8]) -> usize {
        let Ok(mut data) = self.data.try_borrow_mut() else { return 0 };
        data.iter_mut().zip(bytes).map(|(to, from)| *to = *from).count()
    }

    /// Moves bytes that were read. Wipes all others too: a read that failed may have stored some.
    pub(super) fn get(&self, buffer: &mut [u8]) {
        let Ok(mut data) = self.data.try_borrow_mut() else { return };
        let read = WipeOnDrop(&mut data[..]);
        buffer.iter_mut().zip(read.as_ref()).for_each(|(to, from)| *to = *from);
    }

    /// Wipes what is left of an operation that was dropped.
    pub(super) fn wipe(&self) {
        self.get(&mut []);
    }

    /// Performs the operations that the link asks for, for ever.
    pub(super) async fn work<D: Dial<Error = E>>(&self, mut dialer: D) -> Infallible {
        loop {
            let Operation::Dial(now) = self.next_operation().await else {
                // There is no connection.
                self.next.set(None);
                continue;
            };
            self.next.set(None);
            let dialled = {
                let dialling = pin!(dialer.dial(now));
                self.unless_abandoned(dialling).await
            };
            match dialled {
                None => {}
                Some(Err(error)) => self.report.set(Some(Report::NotDialled(error))),
                Some(Ok((mut wire, end))) => {
                    self.report.set(Some(Report::Dialled(end)));
                    self.keep(&mut wire).await;
                }
            }
        }
    }

    /// Reads and writes on a connection until the link hangs up, dials, or abandons an operation.
    async fn keep<W: Wire<Error: Into<E>>>(&self, wire: &mut W) {
        loop {
            let operation = self.next_operation().await;
            if let Operation::Dial(_) | Operation::HangUp = operation {
                return;
            }
            self.next.set(None);
            let done = {
                let operating = pin!(self.operate(wire, operation));
                self.unless_abandoned(operating).await
            };
            match done {
                None => return,
                Some(done) => {
                    let done = done.map_err(|error| PipeError { kind: error.kind(), error: error.into() });
                    self.report.set(Some(Report::Done(done)));
                }
            }
        }
    }

    #[allow(clippy::await_holding_refcell_ref, reason = "the link uses the data only between operations")]
    async fn operate<W: Wire>(&self, wire: &mut W, operation: Operation) -> Result<usize, W::Error> {
        let Ok(mut data) = self.data.try_borrow_mut() else { return Ok(0) };
        match operation {
            Operation::Read(most) => wire.read(data.get_mut(..most).unwrap_or_default()).await,
            Operation::Write(count) => {
                let bytes = WipeOnDrop(data.get_mut(..count).unwrap_or_default());
                wire.write(bytes.as_ref()).await
            }
            _ => wire.flush().await.map(|()| 0),
        }
    }

    /// Waits for the next operation, which stays in the mailbox.
    async fn next_operation(&self) -> Operation {
        poll_fn(|_| self.next.get().map_or(Poll::Pending, Poll::Ready)).await
    }

    /// Completes the operation, or returns `None` as soon as there is another one. The caller then drops
    /// the unfinished one.
    // Pinned by the caller: an `async fn` that pins its argument would hold it twice.
    fn unless_abandoned<F: Future>(
        &self,
        mut operation: Pin<&mut F>,
    ) -> impl Future<Output = Option<F::Output>> {
        poll_fn(move |context| match self.next.get() {
            Some(_) => Poll::Ready(None),
            None => operation.as_mut().poll(context).map(Some),
        })
    }
}

impl<E> Default for Mailbox<E> {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows no data: it can be secret.
impl<E> fmt::Debug for Mailbox<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<E> defmt::Format for Mailbox<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Mailbox {{ .. }}");
    }
}
