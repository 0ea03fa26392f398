//! Streams that break their contract, under the client.

use crate::{
    peer::{ALL, Server},
    world::{MODES, Mode, call_unbounded},
};
use embedded_io::ErrorKind;
use tc3_embedded::{client::ExchangeError, http::RequestError};

fn error(mode: Mode, write: usize, read: usize) -> ExchangeError<ErrorKind> {
    let (result, is_reusable) =
        call_unbounded(mode, Server { claims: Some((write, read)), ..Server::default() });
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
