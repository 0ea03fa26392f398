//! Races an asynchronous stream against a timer.

use super::{Deadline, check_count, check_written, error::DeadlineError};
use crate::clock::Monotonic;
use core::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};
use embedded_io_async::{ErrorType, Read, Write};

/// A counter with an asynchronous timer.
///
/// ```
/// # mod embassy_time {
/// #     pub struct Instant(pub u64);
/// #     impl Instant {
/// #         pub fn now() -> Self { Self(0) }
/// #         pub fn as_millis(&self) -> u64 { self.0 }
/// #         pub fn from_millis(millis: u64) -> Self { Self(millis) }
/// #     }
/// #     pub struct Timer;
/// #     impl Timer {
/// #         pub fn at(_: Instant) -> core::future::Ready<()> { core::future::ready(()) }
/// #     }
/// # }
/// use core::future::Future;
/// use tc3_embedded::{clock::Monotonic, deadline::Timer};
///
/// struct Embassy;
///
/// impl Monotonic for Embassy {
///     fn millis(&mut self) -> u64 {
///         embassy_time::Instant::now().as_millis()
///     }
/// }
///
/// impl Timer for Embassy {
///     fn until(&mut self, millis: u64) -> impl Future<Output = ()> {
///         embassy_time::Timer::at(embassy_time::Instant::from_millis(millis))
///     }
/// }
/// ```
pub trait Timer: Monotonic {
    /// Completes when the counter has reached `millis`.
    fn until(&mut self, millis: u64) -> impl Future<Output = ()>;
}

impl<T: Timer + ?Sized> Timer for &mut T {
    fn until(&mut self, millis: u64) -> impl Future<Output = ()> {
        T::until(self, millis)
    }
}

impl<S: ErrorType, T: Timer> Deadline<'_, S, T> {
    /// Runs an operation until it completes or the timeout expires. A timeout drops the operation
    /// unfinished, so the connection must not be used again.
    async fn race<'s, O, F>(
        &'s mut self,
        start: impl FnOnce(&'s mut S) -> F,
    ) -> Result<O, DeadlineError<S::Error>>
    where
        F: Future<Output = Result<O, S::Error>>,
    {
        let Self { stream, counter, timeout } = self;
        let span = timeout.span(counter.millis())?;
        let outcome = {
            let mut timer = pin!(counter.until(span.end()));
            let mut operation = pin!(start(stream));
            poll_fn(|context| {
                if timer.as_mut().poll(context).is_ready() {
                    return Poll::Ready(None);
                }
                operation.as_mut().poll(context).map(Some)
            })
            .await
        };
        match outcome {
            Some(result) => result.map_err(DeadlineError::Stream),
            None => Err(span.timed_out(counter.millis())),
        }
    }
}

impl<S: Read, T: Timer> Read for Deadline<'_, S, T> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let given = buffer.len();
        check_count(self.race(|stream| stream.read(buffer)).await?, given)
    }
}

impl<S: Write, T: Timer> Write for Deadline<'_, S, T> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        check_written(self.race(|stream| stream.write(bytes)).await?, bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.race(S::flush).await
    }
}
