//! Polls a blocking stream until it is ready.

use super::{Deadline, check_count, check_written, error::DeadlineError};
use crate::clock::Monotonic;
use core::hint;
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};

impl<S: ErrorType, M: Monotonic> Deadline<'_, S, M> {
    fn wait(
        &mut self,
        ready: impl Fn(&mut S) -> Result<bool, S::Error>,
    ) -> Result<(), DeadlineError<S::Error>> {
        loop {
            self.timeout.span(self.counter.millis())?;
            if ready(&mut self.stream).map_err(DeadlineError::Stream)? {
                return Ok(());
            }
            hint::spin_loop();
        }
    }
}

impl<S: Read + ReadReady, M: Monotonic> Read for Deadline<'_, S, M> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        // Reading into an empty buffer does not block.
        self.wait(|stream| Ok(buffer.is_empty() || stream.read_ready()?))?;
        let count = self.stream.read(buffer).map_err(DeadlineError::Stream)?;
        check_count(count, buffer.len())
    }
}

impl<S: Write + WriteReady, M: Monotonic> Write for Deadline<'_, S, M> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.wait(|stream| Ok(bytes.is_empty() || stream.write_ready()?))?;
        let count = self.stream.write(bytes).map_err(DeadlineError::Stream)?;
        check_written(count, bytes.len())
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        self.wait(|_| Ok(true))?;
        self.stream.flush().map_err(DeadlineError::Stream)
    }
}
