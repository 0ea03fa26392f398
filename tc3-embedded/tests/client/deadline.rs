//! The deadline bounds everything that a call waits for.

use crate::{
    peer::{DONE, Kind, Peer, Way, answer},
    world::{LIMIT, MODES, Time, client, peer, request, timeout, wire},
};
use core::{ops::ControlFlow, time::Duration};
use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};
use tc3_embedded::{
    client::{Buffers, CallError, Connection, ExchangeError},
    deadline::{Deadline, DeadlineError, Timeout},
};

/// Reads or writes one byte every hundred milliseconds, without end.
struct Dribble {
    time: Time,
    answer: &'static [u8],
}

const PAUSE: u64 = 100;

impl Dribble {
    fn new() -> Self {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
        Self { time: Time::default(), answer }
    }

    fn bounded(timeout: &Timeout) -> Deadline<'_, Self, Time> {
        let stream = Self::new();
        let time = stream.time.clone();
        Deadline::new(stream, time, timeout)
    }
}

impl ErrorType for Dribble {
    type Error = ErrorKind;
}

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.time.pass(PAUSE);
        let (byte, rest) = self.answer.split_first().unwrap_or((&b'x', &[]));
        self.answer = rest;
        buffer[0] = *byte;
        Ok(1)
    }
}

impl Write for Dribble {
    fn write(&mut self, _: &[u8]) -> Result<usize, ErrorKind> {
        self.time.pass(PAUSE);
        Ok(1)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.time.pass(PAUSE);
        Ok(())
    }
}

impl ReadReady for Dribble {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(true)
    }
}

impl WriteReady for Dribble {
    fn write_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(true)
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::{Dribble, ErrorKind};
    use embedded_io_async::{Read, Write};

    impl Read for Dribble {
        async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
            embedded_io::Read::read(self, buffer)
        }
    }

    impl Write for Dribble {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
            embedded_io::Write::write(self, bytes)
        }

        async fn flush(&mut self) -> Result<(), ErrorKind> {
            embedded_io::Write::flush(self)
        }
    }
}

const OVER: DeadlineError<ErrorKind> = DeadlineError::TimedOut { elapsed: 2_000, limit: 2_000 };

/// Counts the steps that succeed before the timeout.
fn until_over(mut step: impl FnMut() -> Result<(), DeadlineError<ErrorKind>>) -> usize {
    for steps in 0..100 {
        if let Err(error) = step() {
            assert_eq!(error, OVER);
            return steps;
        }
    }
    panic!("no timeout")
}

#[test]
fn single_bytes_do_not_extend_the_deadline() {
    for mode in MODES {
        let timeout = timeout();
        let mut stream = Dribble::bounded(&timeout);
        assert_eq!(until_over(|| mode.read(&mut stream, &mut [0; 8]).map(drop)), 20);
        assert_eq!(mode.write(&mut stream, b"x"), Err(OVER));

        timeout.arm(LIMIT);
        assert_eq!(until_over(|| mode.write(&mut stream, b"x").map(drop)), 20);
        assert_eq!(mode.flush(&mut stream), Err(OVER));

        timeout.arm(LIMIT);
        assert_eq!(until_over(|| mode.flush(&mut stream)), 20);
        assert_eq!(mode.read(&mut stream, &mut [0; 8]), Err(OVER));
    }
}

#[test]
fn a_call_to_a_peer_that_sends_single_bytes_without_end_times_out() {
    for mode in MODES {
        let timeout = Timeout::new();
        timeout.arm(Duration::from_secs(200));
        let mut connection = Connection::new(Dribble::bounded(&timeout));
        let (mut head, mut body, mut count) = ([0; 1024], [0; 64], 0);
        let mut pieces = |piece: &[u8]| {
            count += piece.len();
            ControlFlow::Continue(())
        };
        let buffers = Buffers::new(&mut head, &mut body).in_pieces(&mut pieces);
        let outcome = mode.call(&mut client(), &mut connection, &request(), buffers);
        let over = DeadlineError::TimedOut { elapsed: 200_000, limit: 200_000 };
        assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Stream(over))));
        assert!(count > 500, "{count} bytes of body came through");
    }
}

#[test]
fn a_silent_peer_is_waited_for_until_the_timeout() {
    for mode in MODES {
        for way in [Way::In, Way::Out] {
            let timeout = timeout();
            let mut wire = wire(Peer::new([answer(DONE)]).failing(way, 0, Kind::Silence), &timeout);
            let (mut head, mut body) = ([0; 1024], [0; 64]);
            let buffers = Buffers::new(&mut head, &mut body);
            let outcome = mode.call(&mut client(), &mut wire, &request(), buffers);
            assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Stream(OVER))));
            assert_eq!(peer(&wire).whole, usize::from(way == Way::In));
            assert_eq!(OVER.kind(), ErrorKind::TimedOut);
        }
    }
}

#[test]
fn nothing_is_sent_before_the_timeout_is_armed() {
    for mode in MODES {
        let timeout = Timeout::new();
        let mut wire = wire(Peer::new([answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let buffers = Buffers::new(&mut head, &mut body);
        let outcome = mode.call(&mut client(), &mut wire, &request(), buffers);
        assert_eq!(outcome, Err(CallError::Exchange(ExchangeError::Stream(DeadlineError::Unarmed))));
        assert!(peer(&wire).got.is_empty());
    }
}

#[test]
fn a_timeout_that_is_not_armed_again_ends_the_next_call() {
    for mode in MODES {
        let timeout = timeout();
        let mut wire = wire(Peer::new([answer(DONE), answer(DONE)]), &timeout);
        let (mut head, mut body) = ([0; 1024], [0; 64]);
        let buffers = Buffers::new(&mut head, &mut body);
        mode.call(&mut client(), &mut wire, &request(), buffers).unwrap();
        let sent = peer(&wire).got.len();
        peer(&wire).time().pass(5_000);
        let buffers = Buffers::new(&mut head, &mut body);
        let outcome = mode.call(&mut client(), &mut wire, &request(), buffers);
        let Err(CallError::Exchange(ExchangeError::Stream(error))) = outcome else { panic!("{outcome:?}") };
        assert!(matches!(error, DeadlineError::TimedOut { elapsed: 5_000.., limit: 2_000 }));
        assert_eq!(peer(&wire).got.len(), sent);
    }
}

#[test]
fn the_timeout_runs_from_the_first_read_or_write_and_not_from_arming() {
    for mode in MODES {
        let timeout = timeout();
        let mut stream = Dribble::bounded(&timeout);
        stream.stream().time.pass(1_000_000);
        assert_eq!(until_over(|| mode.read(&mut stream, &mut [0; 8]).map(drop)), 20);
    }
}

#[test]
fn a_timeout_of_zero_expires_at_once_and_the_maximum_does_not_overflow() {
    for mode in MODES {
        let timeout = Timeout::new();
        timeout.arm(Duration::ZERO);
        let mut stream = Dribble::bounded(&timeout);
        let over = DeadlineError::TimedOut { elapsed: 0, limit: 0 };
        assert_eq!(mode.read(&mut stream, &mut [0; 8]), Err(over));
        timeout.arm(Duration::from_micros(999));
        assert_eq!(mode.read(&mut stream, &mut [0; 8]), Err(over));
        timeout.arm(Duration::MAX);
        stream.stream().time.pass(1_000);
        assert_eq!(mode.read(&mut stream, &mut [0; 8]), Ok(1));
        assert_eq!(mode.write(&mut stream, b"x"), Ok(1));
    }
}

#[test]
fn moving_zero_bytes_does_not_wait_for_readiness() {
    for way in [Way::In, Way::Out] {
        let timeout = timeout();
        let peer = Peer::new([answer(DONE)]).failing(way, 0, Kind::Silence);
        let time = peer.time();
        let mut stream = Deadline::new(peer, time, &timeout);
        let count = match way {
            Way::In => Read::read(&mut stream, &mut []),
            Way::Out => Write::write(&mut stream, &[]),
        };
        assert_eq!(count, Ok(0));
    }
}

#[test]
fn errors_and_the_end_of_the_stream_are_passed_on() {
    for mode in MODES {
        let timeout = timeout();
        let peer = Peer::new([answer(DONE)]).failing(Way::In, 0, Kind::Reset);
        let time = peer.time();
        let mut stream = Deadline::new(peer, time, &timeout);
        let error = mode.read(&mut stream, &mut [0; 8]).unwrap_err();
        assert_eq!(error, DeadlineError::Stream(ErrorKind::ConnectionReset));
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        let peer = Peer::new::<&str>([]);
        let time = peer.time();
        let mut stream = Deadline::new(peer, time, &timeout);
        assert_eq!(mode.read(&mut stream, &mut [0; 8]), Ok(0));
    }
}

#[test]
fn the_stream_can_be_taken_back() {
    let timeout = Timeout::default();
    timeout.arm(Duration::from_millis(50));
    let stream = Deadline::new(Dribble::new(), Time::default(), &timeout);
    assert_eq!(format!("{stream:?}"), format!("Deadline {{ timeout: {timeout:?}, .. }}"));
    assert!(stream.into_stream().answer.starts_with(b"HTTP/1.1 200 OK"));
}
