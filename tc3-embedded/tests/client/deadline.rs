//! The deadline bounds everything that a call waits for.

use crate::{
    peer::{Bounded, DONE, Kind, Server, StreamError, Way, answer},
    world::{LIMIT, MODES, Mode, Signature, World, by_mode, in_each_variant},
};
use core::time::Duration;
use embedded_io::{Read, Write};
use tc3_embedded::client::ExchangeError;

/// Sends single bytes without end, one every 99 milliseconds and a poll.
fn dribble() -> Server {
    let endless = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".to_owned() + &"x".repeat(10_000);
    let (out, one) = (endless.into_bytes(), Some(1));
    Server { out, max_read: one, max_write: one, slow: 99, ..Server::new([""]) }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Read,
    Write,
    Flush,
}

impl Step {
    fn run(self, mode: Mode, stream: &mut Bounded) -> Result<usize, StreamError> {
        let mut buffer = [0; 8];
        let done = match self {
            Self::Read => {
                by_mode!(mode, stream.read(&mut buffer), embedded_io_async::Read::read(stream, &mut buffer))
            }
            Self::Write => {
                by_mode!(mode, stream.write(&buffer), embedded_io_async::Write::write(stream, &buffer))
            }
            Self::Flush => {
                let flushed = by_mode!(mode, stream.flush(), embedded_io_async::Write::flush(stream));
                flushed.map(|flushed| flushed.map(|()| 0))
            }
        };
        done.expect("the stream hangs")
    }
}

#[test]
fn single_bytes_do_not_extend_the_deadline() {
    for mode in MODES {
        let World { wire, timeout, .. } = World::new(*mode, Signature::Tc3, dribble());
        let mut stream = wire.into_stream();
        // A flush is not polled.
        for (step, next, expected) in
            [(Step::Read, Step::Write, 20), (Step::Write, Step::Flush, 20), (Step::Flush, Step::Read, 21)]
        {
            timeout.arm(LIMIT);
            let error = (0..100).find_map(|steps| Some((steps, step.run(*mode, &mut stream).err()?)));
            let Some((steps, StreamError::TimedOut { elapsed: 2_000..2_100, limit: 2_000 })) = error else {
                panic!("{step:?}, {mode:?}: {error:?}")
            };
            assert_eq!(steps, expected, "{step:?}, {mode:?}");
            let over = next.run(*mode, &mut stream);
            assert!(matches!(over, Err(StreamError::TimedOut { limit: 2_000, .. })), "{next:?}: {over:?}");
        }
    }
}

#[test]
fn a_call_to_a_peer_that_sends_single_bytes_without_end_times_out() {
    in_each_variant(|mode, signature| {
        let mut world = World::new(mode, signature, dribble()).in_pieces(usize::MAX);
        world.timeout.arm(Duration::from_secs(200));
        let error = world.exchange_error();
        let ExchangeError::Stream(StreamError::TimedOut { elapsed: 200_000..200_100, limit: 200_000 }) =
            error
        else {
            panic!("{error:?}")
        };
        let received = world.pieces.borrow().concat().len();
        assert!(received >= 512, "{received} bytes of body came through");
    });
}

#[test]
fn nothing_is_sent_before_the_timeout_is_armed_and_after_it_has_run_out() {
    in_each_variant(|mode, signature| {
        let mut world = World::new(mode, signature, Server::new([answer(DONE)]));
        world.timeout = Box::leak(Box::default());
        world.reconnect(Server::new([answer(DONE)]));
        assert_eq!(world.exchange_error(), ExchangeError::Stream(StreamError::Unarmed));
        assert_eq!(world.peer.borrow().got.len(), 0);

        let mut world = World::new(mode, signature, Server::new([answer(DONE), answer(DONE)]));
        world.call().unwrap();
        let sent = world.peer.borrow().got.len();
        world.time.pass(5_000);
        let error = world.exchange_error();
        let ExchangeError::Stream(StreamError::TimedOut { elapsed: 5_000.., limit: 2_000 }) = error else {
            panic!("{error:?}")
        };
        assert_eq!(world.peer.borrow().got.len(), sent);
    });
}

#[test]
fn a_timeout_runs_from_the_first_step_and_ends_at_its_millisecond_or_when_the_counter_decreases() {
    const WRAP: u64 = 1 << 32;
    for (mode, step) in
        MODES.iter().flat_map(|mode| [Step::Read, Step::Write, Step::Flush].map(|step| (*mode, step)))
    {
        let World { wire, time, timeout, .. } = World::new(mode, Signature::Tc3, Server::default());
        let mut stream = wire.into_stream();
        for (start, armed, limit) in [
            (0, Duration::ZERO, 0),
            (7, Duration::from_micros(999), 0),
            (7, Duration::from_millis(1), 1),
            (WRAP - 5, Duration::new(7, 8_999_999), 7_008),
            (WRAP, Duration::from_secs(5_000_000), 5_000_000_000),
            (0, Duration::MAX, u64::MAX),
        ] {
            let mut done_at = |now| {
                time.set(now);
                step.run(mode, &mut stream).map(drop)
            };
            let over = |elapsed| Err(StreamError::TimedOut { elapsed, limit });
            let case = format!("{step:?}, {mode:?}, {armed:?} from {start}");
            timeout.arm(armed);
            // A dialer asks what is left, and so can start the time as well.
            for (now, left) in [(start, limit), (start + limit.min(3), limit.saturating_sub(3))] {
                time.set(now);
                assert_eq!(
                    timeout.remaining(&mut time.clone()),
                    Duration::from_millis(left),
                    "{case}, {now}"
                );
            }
            timeout.arm(armed);
            if limit > 0 {
                assert_eq!([done_at(start), done_at(start + limit - 1)], [Ok(()); 2], "{case}");
                let earlier = start.saturating_sub(1);
                assert_eq!(done_at(earlier), if earlier < start { over(0) } else { Ok(()) }, "{case}");
            }
            assert_eq!(done_at(start + limit), over(limit), "{case}");
        }
    }
}

#[test]
fn moving_zero_bytes_does_not_wait_for_readiness_and_the_stream_can_be_taken_back() {
    for way in [Way::In, Way::Out] {
        let server = Server::new([DONE]).failing(way, 0, Kind::Silence);
        let World { wire, timeout, .. } = World::new(Mode::Blocking, Signature::Tc3, server);
        let mut stream = wire.into_stream();
        let count = if way == Way::In { stream.read(&mut []) } else { stream.write(&[]) };
        assert_eq!(count, Ok(0), "{way:?}");
        assert_eq!(format!("{stream:?}"), format!("Deadline {{ timeout: {timeout:?}, .. }}"));
        assert_eq!(stream.into_stream().0.borrow().requests(), []);
    }
}

#[test]
fn a_deadline_checks_the_counts_of_its_stream() {
    let (overrun, zero) = (StreamError::Overrun { given: 8, count: 9 }, StreamError::WriteZero { given: 8 });
    for mode in MODES {
        for (count, read, written) in [
            (9, Err(overrun), Err(overrun)),
            (8, Ok(8), Ok(8)),
            // The end of the stream is passed on.
            (0, Ok(0), Err(zero)),
        ] {
            let server = Server { claims: Some((count, count)), ..Server::default() };
            let mut stream = World::new(*mode, Signature::Tc3, server).wire.into_stream();
            let done = (Step::Read.run(*mode, &mut stream), Step::Write.run(*mode, &mut stream));
            assert_eq!(done, (read, written), "{mode:?}, {count}");
        }
    }
}
