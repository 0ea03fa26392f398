//! Streams that break their contract, under the client and under the deadline.

use crate::{
    peer::{ALL, Server, StreamError},
    world::{MODES, Mode, Signature, World, by_mode, call_unbounded},
};
use embedded_io::{ErrorKind, Read, Write};
use tc3_embedded::{client::ExchangeError, http::RequestError};

fn error(mode: Mode, write: usize, read: usize) -> ExchangeError<ErrorKind> {
    let (result, is_reusable) = call_unbounded(mode, Server::default().claiming(write, read));
    assert!(!is_reusable, "reusable after {result:?}");
    result.unwrap_err()
}

#[test]
fn a_stream_that_reports_impossible_counts_is_an_error() {
    for mode in MODES {
        let none = error(*mode, 0, 1);
        assert!(matches!(none, ExchangeError::WriteZero { given: 400.. }), "{none:?}");
        let surplus = error(*mode, 5_000, 1);
        let ExchangeError::Request(RequestError::Overrun { given: 400..1024, count: 5_000 }) = surplus else {
            panic!("{surplus:?}")
        };
        for count in [257, usize::MAX] {
            assert_eq!(error(*mode, ALL, count), ExchangeError::Overrun { given: 256, count });
        }
        let endless_zeros = error(*mode, ALL, 256);
        assert!(matches!(endless_zeros, ExchangeError::Response(_)), "{endless_zeros:?}");
    }
}

#[test]
fn a_deadline_checks_the_counts_of_its_stream() {
    for mode in MODES {
        let read_and_write = |count: usize, len: usize| {
            let world = World::new(*mode, Signature::Tc3, Server::default().claiming(count, count));
            let (mut stream, mut buffer) = (world.wire.into_stream(), vec![0; len]);
            let read = by_mode!(
                *mode,
                stream.read(&mut buffer),
                embedded_io_async::Read::read(&mut stream, &mut buffer)
            );
            let written =
                by_mode!(*mode, stream.write(&buffer), embedded_io_async::Write::write(&mut stream, &buffer));
            (read.unwrap(), written.unwrap())
        };
        let overrun = Err(StreamError::Overrun { given: 8, count: 9 });
        assert_eq!(read_and_write(9, 8), (overrun, overrun));
        assert_eq!(read_and_write(9, 9), (Ok(9), Ok(9)));
        // The end of the stream is passed on.
        assert_eq!(read_and_write(0, 8), (Ok(0), Err(StreamError::WriteZero { given: 8 })));
        assert_eq!(read_and_write(0, 0), (Ok(0), Ok(0)));
    }
}
