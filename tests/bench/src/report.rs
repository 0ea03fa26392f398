//! What was found, as it is handed to `cargo xtask bench`.

use serde::Serialize;

use crate::allocator::{self, Heap};
use crate::contender::{Contender, Kind};
use crate::stopwatch;

/// A contender with a body of one length.
#[derive(Serialize)]
pub(crate) struct Row {
    name: &'static str,
    kind: Kind,
    body: usize,
    /// Of one signature, the shortest of all rounds.
    nanoseconds: f64,
    allocations: u64,
    allocated: u64,
}

/// Races everybody over one body.
pub(crate) fn rows(contenders: &mut [Contender], body: usize, rounds: usize) -> Vec<Row> {
    let times = stopwatch::race(contenders, rounds);
    let row = |(Contender { name, kind, signer, .. }, nanoseconds): (&mut Contender, f64)| {
        let Heap { allocations, bytes: allocated } = allocator::measure(|| signer.sign());
        Row { name, kind: *kind, body, nanoseconds, allocations, allocated }
    };
    contenders.iter_mut().zip(times).map(row).collect()
}
