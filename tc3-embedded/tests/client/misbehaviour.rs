//! Streams that break their contract, under the client and under the deadline.

use crate::{
    stream::{Device, Io, StreamError},
    world::{LIMIT, MODES, Mode, Time, by_mode, call_unbounded},
};
use embedded_io::{ErrorKind, Read, Write};
use tc3_embedded::{
    client::{Connection, ExchangeError},
    deadline::{Deadline, Timeout},
    http::RequestError,
};

/// Reports these counts for every write and every read, whatever it is given.
struct Claims {
    write: usize,
    read: usize,
    calls: usize,
}

const ALL: usize = 1_000_000;

impl Device for Claims {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(self.read)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.calls += 1;
        assert!(self.calls < 10_000, "hangs");
        Ok(if self.write == ALL { bytes.len() } else { self.write })
    }
}

fn call(mode: Mode, write: usize, read: usize) -> ExchangeError<ErrorKind> {
    let mut wire = Connection::new(Io(Claims { write, read, calls: 0 }));
    let error = call_unbounded(mode, &mut wire).unwrap_err();
    assert!(!wire.is_reusable(), "reusable after {error}");
    error
}

#[test]
fn a_stream_that_reports_impossible_counts_is_an_error() {
    for mode in MODES {
        let error = call(*mode, 0, 1);
        assert!(matches!(error, ExchangeError::WriteZero { given: 400.. }), "{error:?}");
        let error = call(*mode, 5_000, 1);
        let ExchangeError::Request(RequestError::Overrun { given: 400..1024, count: 5_000 }) = error else {
            panic!("{error:?}")
        };
        for count in [257, usize::MAX] {
            assert_eq!(call(*mode, ALL, count), ExchangeError::Overrun { given: 256, count });
        }
        let endless_zeros = call(*mode, ALL, 256);
        assert!(matches!(endless_zeros, ExchangeError::Response(_)), "{endless_zeros:?}");
    }
}

#[test]
fn a_deadline_checks_the_counts_of_its_stream() {
    let timeout = Timeout::new();
    timeout.arm(LIMIT);
    for mode in MODES {
        let deadline =
            |write, read| Deadline::new(Io(Claims { write, read, calls: 0 }), Time::default(), &timeout);
        let read = |stream: &mut Deadline<'_, _, _>, len| {
            let mut buffer = vec![0; len];
            by_mode!(*mode, stream.read(&mut buffer), embedded_io_async::Read::read(stream, &mut buffer))
                .unwrap()
        };
        let write = |stream: &mut Deadline<'_, _, _>, bytes: &[u8]| {
            by_mode!(*mode, stream.write(bytes), embedded_io_async::Write::write(stream, bytes)).unwrap()
        };
        let overrun = StreamError::Overrun { given: 8, count: 9 };

        let mut stream = deadline(0, 9);
        assert_eq!(write(&mut stream, b"12345678"), Err(StreamError::WriteZero { given: 8 }));
        assert_eq!(write(&mut stream, b""), Ok(0));
        assert_eq!(read(&mut stream, 8), Err(overrun));
        assert_eq!(read(&mut stream, 9), Ok(9));

        let mut stream = deadline(9, 0);
        assert_eq!(write(&mut stream, b"12345678"), Err(overrun));
        assert_eq!(write(&mut stream, b"123456789"), Ok(9));
        assert_eq!(read(&mut stream, 9), Ok(0), "the end of the stream is passed on");
    }
}
