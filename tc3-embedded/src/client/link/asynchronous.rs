//! Links over `embedded_io_async`.

use super::{
    Link,
    mailbox::{Dial, Mailbox, Wire},
    operation::{Operation, PipeError, Report},
    pipe::{self, Pipe, read_operation},
};
use crate::client::{
    buffers::Buffers,
    carrier::CarryAsync,
    connection::Connection,
    error::CallError,
    incoming::{Failed, ReplyLayout, StreamEnd},
    message::Message,
    reply::Reply,
};
use crate::clock::Monotonic;
use core::{
    convert::Infallible,
    future::poll_fn,
    task::{Context, Poll},
};
use embedded_io_async::{Read, Write};
use tc3_core::Timestamp;

/// Like [`Dialer`](super::Dialer), for asynchronous streams. Implement `dial` as an `async fn`.
pub trait AsyncDialer {
    /// A connected stream. It may borrow from the dialer.
    type Stream<'a>: Read<Error: Into<Self::Error>> + Write
    where
        Self: 'a;
    /// The error of dialling. The errors of the stream are converted to it.
    type Error;

    /// Opens a connection. `now` is the client's checked time, for the validity of certificates.
    ///
    /// Looking up the name and connecting the socket are not limited by the stream's deadline: see
    /// [`Dialer::dial`](super::Dialer::dial).
    ///
    /// # Errors
    /// As [`Dialer::dial`](super::Dialer::dial).
    fn dial(
        &mut self,
        now: Timestamp,
    ) -> impl Future<Output = Result<Connection<Self::Stream<'_>>, Self::Error>>;
}

impl<E> Mailbox<E> {
    /// Like [`serve`](Self::serve), for a dialer of asynchronous streams.
    ///
    /// Use such a link only with asynchronous calls. A blocking call polls the task in a busy loop, and no
    /// executor of the same thread can run meanwhile.
    pub fn serve_async<D: AsyncDialer<Error = E>>(&self, dialer: D) -> impl Future<Output = Infallible> {
        self.work(Asynchronous(dialer))
    }
}

/// An asynchronous dialer or stream.
struct Asynchronous<T>(T);

impl<D: AsyncDialer> Dial for Asynchronous<D> {
    type Wire<'a>
        = Asynchronous<D::Stream<'a>>
    where
        Self: 'a;
    type Error = D::Error;

    async fn dial(&mut self, now: Timestamp) -> Result<(Self::Wire<'_>, StreamEnd), D::Error> {
        let Connection { stream, end, .. } = self.0.dial(now).await?;
        Ok((Asynchronous(stream), end))
    }
}

impl<S: Read + Write> Wire for Asynchronous<S> {
    type Error = S::Error;

    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, S::Error> {
        self.0.read(buffer).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<usize, S::Error> {
        self.0.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), S::Error> {
        self.0.flush().await
    }
}

impl<E, F: Future<Output = Infallible>, M: Monotonic> Link<'_, E, F, M> {
    /// Like [`exchange`](Self::exchange), asynchronously.
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange).
    pub async fn exchange_async<'b>(
        &mut self,
        now: Timestamp,
        message: impl Message,
        mut buffers: Buffers<'b>,
    ) -> Result<Reply<'b>, CallError<'b, E>> {
        match CarryAsync::carry(self, now, message, buffers.reborrow()).await {
            Ok(layout) => layout.finish(buffers),
            Err(failed) => Err(failed.finish(buffers)),
        }
    }
}

impl<E, F: Future<Output = Infallible>, M: Monotonic> CarryAsync for Link<'_, E, F, M> {
    type Error = E;
    const DIALS: bool = true;

    async fn carry(
        &mut self,
        now: Timestamp,
        message: impl Message,
        buffers: Buffers<'_>,
    ) -> Result<ReplyLayout, Failed<E>> {
        if self.needs_dial() {
            self.connection.reusable = false;
            let report = self.connection.stream.perform_async(Operation::Dial(now)).await;
            self.connected(pipe::dial_result(report)?);
        }
        let received = self.connection.round_trip_async(message, buffers).await;
        self.carried(received)
    }

    fn can_send(&self) -> bool {
        true
    }
}

impl<E, F: Future<Output = Infallible>> Pipe<'_, E, F> {
    async fn perform_async(&mut self, operation: Operation) -> Option<Report<E>> {
        self.mailbox.begin(operation);
        let mut pending = Pending { pipe: self, is_pending: false };
        poll_fn(|context| pending.poll(context)).await
    }
}

/// An operation that the task performs. If the future of the call is dropped meanwhile, so are the operation, the
/// connection and what is in the mailbox.
struct Pending<'p, 'l, E, F: Future<Output = Infallible>> {
    pipe: &'p mut Pipe<'l, E, F>,
    is_pending: bool,
}

impl<E, F: Future<Output = Infallible>> Pending<'_, '_, E, F> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Report<E>>> {
        // A task that panics must not be polled again.
        self.is_pending = false;
        let polled = self.pipe.poll(context);
        self.is_pending = polled.is_pending();
        polled
    }
}

impl<E, F: Future<Output = Infallible>> Drop for Pending<'_, '_, E, F> {
    fn drop(&mut self) {
        if self.is_pending {
            self.pipe.hang_up();
        }
    }
}

impl<E, F: Future<Output = Infallible>> Read for Pipe<'_, E, F> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, PipeError<E>> {
        let report = self.perform_async(read_operation(buffer)).await;
        self.done_reading(report, buffer)
    }
}

impl<E, F: Future<Output = Infallible>> Write for Pipe<'_, E, F> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, PipeError<E>> {
        let count = self.mailbox.put(bytes);
        Self::done(self.perform_async(Operation::Write(count)).await)
    }

    async fn flush(&mut self) -> Result<(), PipeError<E>> {
        Self::done(self.perform_async(Operation::Flush).await).map(|_| ())
    }
}
