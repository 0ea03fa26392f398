//! Measures time in rounds. Each contender has a turn in each round, so that noise affects all of them alike.

use std::time::Instant;

use crate::contender::{Contender, Signer};

/// Minimum nanoseconds of a turn. It is so long that the time to read the clock does not matter.
const TURN: f64 = 200_000.0;

/// The shortest time of one signature of each contender, in nanoseconds.
pub(crate) fn race(contenders: &mut [Contender], rounds: usize) -> Vec<f64> {
    let turns: Vec<u32> = contenders.iter_mut().map(|it| turn(&mut it.signer)).collect();
    let mut shortest = vec![f64::INFINITY; contenders.len()];
    for _ in 0..rounds {
        for ((contender, times), shortest) in contenders.iter_mut().zip(&turns).zip(&mut shortest) {
            *shortest = shortest.min(nanoseconds(&mut contender.signer, *times));
        }
    }
    shortest
}

/// The number of signatures in one turn.
fn turn(signer: &mut Signer) -> u32 {
    let mut times = 1;
    while nanoseconds(signer, times) * f64::from(times) < TURN {
        times = times.saturating_mul(2);
    }
    times
}

fn nanoseconds(signer: &mut Signer, times: u32) -> f64 {
    let start = Instant::now();
    signer(times);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}
