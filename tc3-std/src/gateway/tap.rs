//! Keeps the head of a request as it came: hyper drops a Content-Length beside a Transfer-Encoding.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A head that is longer is not kept whole. hyper refuses it.
const MAX_KEPT: usize = 512 * 1024;

const HEAD_END: &[u8] = b"\r\n\r\n";

/// The head of the request that is being read. The next request begins after [`Head::reset`]. A head
/// that comes in one read with the end of the request before it (pipelining) is not kept.
#[derive(Clone, Default)]
pub(super) struct Head(Arc<Mutex<Vec<u8>>>);

impl Head {
    fn keep(&self, bytes: &[u8]) {
        let mut head = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The end can begin in the bytes before these.
        let from = head.len().saturating_sub(HEAD_END.len());
        if head.len() > MAX_KEPT || head.ends_with(HEAD_END) {
            return;
        }
        head.extend_from_slice(bytes);
        let end =
            head.get(from..).and_then(|tail| tail.windows(HEAD_END.len()).position(|it| it == HEAD_END));
        if let Some(end) = end {
            head.truncate(from.saturating_add(end).saturating_add(HEAD_END.len()));
        }
    }

    /// Forgets the head. Called when the body of the request has been read.
    pub(super) fn reset(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whether the head has both Content-Length and Transfer-Encoding.
    pub(super) fn has_two_lengths(&self) -> bool {
        let head = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has = |name: &[u8]| {
            let mut lines = head.split(|byte| *byte == b'\n');
            lines.any(|line| {
                line.split(|byte| *byte == b':').next().is_some_and(|it| it.eq_ignore_ascii_case(name))
            })
        };
        has(b"content-length") && has(b"transfer-encoding")
    }
}

/// A stream whose heads are kept.
pub(super) struct Tap<S> {
    stream: S,
    head: Head,
}

impl<S> Tap<S> {
    pub(super) const fn new(stream: S, head: Head) -> Self {
        Self { stream, head }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.head.keep(buffer.filled().get(before..).unwrap_or_default());
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
