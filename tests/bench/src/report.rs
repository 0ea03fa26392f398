//! The report for `cargo xtask bench`.

use serde::Serialize;

use crate::allocator::{self, Heap};
use crate::contender::{Contender, Kind};
use crate::stopwatch;

/// One race over bodies of every length.
#[derive(Serialize)]
pub(crate) struct Report {
    /// Whether the processor has instructions for SHA-256.
    has_sha: bool,
    laps: Vec<Lap>,
}

/// A contender with a body of one length.
#[derive(Serialize)]
struct Lap {
    name: &'static str,
    kind: Kind,
    body: usize,
    /// The shortest time of one signature in all rounds.
    nanoseconds: f64,
    allocations: u64,
    allocated: u64,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { has_sha: has_sha(), laps: Vec::new() }
    }

    /// Times all contenders with one body.
    pub(crate) fn race(&mut self, contenders: &mut [Contender], body: usize, rounds: usize) {
        let times = stopwatch::race(contenders, rounds);
        for (Contender { name, kind, signer, .. }, nanoseconds) in contenders.iter_mut().zip(times) {
            let Heap { allocations, bytes: allocated } = allocator::measure(|| signer.sign());
            let nanoseconds = (nanoseconds * 10.0).round() / 10.0;
            self.laps.push(Lap { name, kind: *kind, body, nanoseconds, allocations, allocated });
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_sha() -> bool {
    std::arch::is_x86_feature_detected!("sha")
}

#[cfg(target_arch = "aarch64")]
fn has_sha() -> bool {
    std::arch::is_aarch64_feature_detected!("sha2")
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const fn has_sha() -> bool {
    false
}
