//! Blocking and asynchronous streams over one device.

use crate::world::Time;
use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};
use tc3_embedded::{
    deadline::{Deadline, DeadlineError},
    http::AuthenticatedEnd,
};

/// What the blocking and the asynchronous stream do. By default the device is always ready.
pub(crate) trait Device {
    fn can_read(&mut self) -> bool {
        true
    }

    fn can_write(&mut self) -> bool {
        true
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind>;

    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind>;

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// The streams. Where a test claims it, their end is authenticated.
#[derive(Debug)]
pub(crate) struct Io<D>(pub(crate) D);

impl<D> AuthenticatedEnd for Io<D> {}

impl<D> ErrorType for Io<D> {
    type Error = ErrorKind;
}

impl<D: Device> ReadReady for Io<D> {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(self.0.can_read())
    }
}

impl<D: Device> WriteReady for Io<D> {
    fn write_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(self.0.can_write())
    }
}

impl<D: Device> Read for Io<D> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.0.read(buffer)
    }
}

impl<D: Device> Write for Io<D> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.0.flush()
    }
}

pub(crate) type StreamError = DeadlineError<ErrorKind>;

/// A stream with a deadline.
pub(crate) type Bounded<D> = Deadline<'static, Io<D>, Time>;

#[cfg(feature = "async")]
mod asynchronous {
    use super::{Device, ErrorKind, Io};
    use core::{future::poll_fn, task::Poll};
    use embedded_io_async::{Read, Write};

    impl<D: Device> Read for Io<D> {
        async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
            poll_fn(|_| if self.0.can_read() { Poll::Ready(()) } else { Poll::Pending }).await;
            self.0.read(buffer)
        }
    }

    impl<D: Device> Write for Io<D> {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
            poll_fn(|_| if self.0.can_write() { Poll::Ready(()) } else { Poll::Pending }).await;
            self.0.write(bytes)
        }

        async fn flush(&mut self) -> Result<(), ErrorKind> {
            self.0.flush()
        }
    }
}
