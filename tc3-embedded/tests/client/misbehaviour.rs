//! Streams that break their contract, under the client and under the deadline.

use crate::world::{LIMIT, MODES, Mode, Time, client, request};
use core::convert::Infallible;
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use tc3_embedded::{
    client::{Buffers, CallError, Connection, ExchangeError},
    deadline::{Deadline, DeadlineError, Timeout},
    http::RequestError,
};

/// Reports these counts for every write and every read, whatever it is given.
struct Claims {
    write: usize,
    read: usize,
}

impl ErrorType for Claims {
    type Error = Infallible;
}

impl Read for Claims {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.read)
    }
}

impl Write for Claims {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(if self.write == ALL { bytes.len() } else { self.write })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl ReadReady for Claims {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(true)
    }
}

impl WriteReady for Claims {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(true)
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::{Claims, Infallible};
    use embedded_io_async::{Read, Write};

    impl Read for Claims {
        async fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Infallible> {
            embedded_io::Read::read(self, bytes)
        }
    }

    impl Write for Claims {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
            embedded_io::Write::write(self, bytes)
        }

        async fn flush(&mut self) -> Result<(), Infallible> {
            Ok(())
        }
    }
}

const ALL: usize = 1_000_000;

fn call(mode: Mode, stream: Claims) -> ExchangeError<Infallible> {
    let mut connection = Connection::new(stream);
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    let buffers = Buffers::new(&mut head, &mut body);
    let outcome = mode.call(&mut client(), &mut connection, &request(), buffers);
    let Err(CallError::Exchange(error)) = outcome else { panic!("{outcome:?}") };
    assert!(!connection.is_reusable());
    error
}

#[test]
fn a_stream_that_writes_zero_bytes_is_an_error() {
    for mode in MODES {
        let error = call(*mode, Claims { write: 0, read: 1 });
        assert!(matches!(error, ExchangeError::WriteZero { given: 400.. }), "{error:?}");
    }
}

#[test]
fn a_stream_that_reports_more_bytes_written_than_given_is_an_error() {
    for mode in MODES {
        let error = call(*mode, Claims { write: 5_000, read: 1 });
        let ExchangeError::Request(RequestError::Overrun { given, count }) = error else {
            panic!("{error:?}")
        };
        assert!(given < 1024 && count == 5_000);
    }
}

#[test]
fn a_stream_that_reports_more_bytes_read_than_the_buffer_holds_is_an_error() {
    for mode in MODES {
        for read in [257, usize::MAX] {
            let error = call(*mode, Claims { write: ALL, read });
            assert_eq!(error, ExchangeError::Overrun { given: 256, count: read });
        }
    }
}

#[test]
fn endless_zeros_are_refused() {
    for mode in MODES {
        let error = call(*mode, Claims { write: ALL, read: 256 });
        assert!(matches!(error, ExchangeError::Response(_)), "{error:?}");
    }
}

#[test]
fn a_deadline_checks_the_counts_of_its_stream() {
    let timeout = Timeout::new();
    timeout.arm(LIMIT);
    for mode in MODES {
        let mut stream = Deadline::new(Claims { write: 0, read: 9 }, Time::default(), &timeout);
        assert_eq!(mode.write(&mut stream, b"12345678"), Err(DeadlineError::WriteZero { given: 8 }));
        assert_eq!(mode.write(&mut stream, b""), Ok(0));
        let overrun = DeadlineError::Overrun { given: 8, count: 9 };
        assert_eq!(mode.read(&mut stream, &mut [0; 8]), Err(overrun));
        assert_eq!(mode.read(&mut stream, &mut [0; 9]), Ok(9));

        let mut stream = Deadline::new(Claims { write: 9, read: 0 }, Time::default(), &timeout);
        assert_eq!(mode.write(&mut stream, b"12345678"), Err(overrun));
        assert_eq!(mode.write(&mut stream, b"123456789"), Ok(9));
        assert_eq!(mode.read(&mut stream, &mut [0; 9]), Ok(0), "the end of the stream is passed on");
    }
}
