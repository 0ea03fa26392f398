//! Measures time in rounds. Each contender has a turn in each round, so that noise affects all of them alike.

use std::time::Instant;

use crate::Outcome;
use crate::contender::{Contender, Signer};

/// Minimum nanoseconds of a turn. It is so long that the time to read the clock does not matter.
const TURN: u64 = 200_000;

/// The shortest time of one signature of each contender, in nanoseconds.
pub(crate) fn race(contenders: &mut [Contender], rounds: usize) -> Outcome<Vec<u64>> {
    let turns = contenders.iter_mut().map(|it| turn(&mut it.signer)).collect::<Outcome<Vec<_>>>()?;
    let mut shortest = vec![u64::MAX; contenders.len()];
    for _ in 0..rounds {
        for ((contender, times), shortest) in contenders.iter_mut().zip(&turns).zip(&mut shortest) {
            *shortest = nanoseconds(&mut contender.signer, *times)?.min(*shortest);
        }
    }
    let each = shortest.iter().zip(turns).map(|(time, times)| time.div_ceil(times.into()));
    Ok(each.collect())
}

/// The number of signatures in one turn.
fn turn(signer: &mut Signer) -> Outcome<u32> {
    let mut times = 1;
    while nanoseconds(signer, times)? < TURN {
        times = times.saturating_mul(2);
    }
    Ok(times)
}

/// The time of this many signatures.
fn nanoseconds(signer: &mut Signer, times: u32) -> Outcome<u64> {
    let start = Instant::now();
    signer(times);
    Ok(start.elapsed().as_nanos().try_into()?)
}
