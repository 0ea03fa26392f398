//! Signs random requests by tc3-core and by a naive signer that shares no code with it.
//!
//! `TC3_SEED=N` sets the seed of the first request. A failure prints the seed of its request.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod naive;
mod random;
mod reference;
mod request;
mod subject;
mod trees;

use crate::random::Random;
use std::{collections::BTreeSet, env, fmt::Debug};

/// Requests of each run, 100,000 in all. TC3 has more, because its requests are faster.
const TC3_REQUESTS: u64 = 60_000;
const V1_REQUESTS: u64 = 40_000;

/// The seed of the first request. Each request adds one to the seed of the one before.
fn first_seed() -> u64 {
    env::var("TC3_SEED").map_or(0x7c3_0000_0000, |seed| seed.parse().unwrap())
}

/// A report of the first request whose two signatures differ, with its seed.
fn disagreement<R: Debug>(
    requests: u64,
    make: fn(&mut Random) -> R,
    mut one: impl FnMut(&R) -> Vec<String>,
    other: impl Fn(&R) -> Vec<String>,
) -> Option<String> {
    (0..requests).map(|index| first_seed().wrapping_add(index)).find_map(|seed| {
        let request = make(&mut Random::new(seed));
        let (one, other) = (one(&request), other(&request));
        (one != other).then(|| format!("TC3_SEED={seed}\n{request:#?}\n{one:#?}\n{other:#?}"))
    })
}

/// Records the lengths of the keys, to assert that all were tested.
#[derive(Default)]
struct KeyLengths(BTreeSet<usize>);

impl KeyLengths {
    fn assert_complete(&self) {
        assert!(self.0.iter().copied().eq(1..=200), "{:?}", self.0);
    }
}

#[test]
fn tc3_agrees_with_the_naive_signer() {
    let mut lengths = KeyLengths::default();
    let subject = |request: &request::Tc3| {
        lengths.0.insert(request.common.key.len());
        subject::tc3(request)
    };
    if let Some(report) = disagreement(TC3_REQUESTS, request::Tc3::new, subject, naive::tc3) {
        panic!("{report}");
    }
    lengths.assert_complete();
}

#[test]
fn v1_agrees_with_the_naive_signer_sorted_and_unsorted() {
    let mut lengths = KeyLengths::default();
    let subject = |request: &request::V1| {
        lengths.0.insert(request.common.key.len());
        subject::v1(request)
    };
    if let Some(report) = disagreement(V1_REQUESTS, request::V1::new, subject, naive::v1) {
        panic!("{report}");
    }
    lengths.assert_complete();
}

/// Small changes to a request, to show that a signer with such an error is detected.
const TC3_ERRORS: [fn(&mut request::Tc3); 6] = [
    |request| request.common.key.push('!'),
    |request| request.common.timestamp ^= 1,
    |request| request.common.host = request::Address::Exactly("other.example.com".to_owned()),
    |request| request.common.path = "//",
    |request| request.sign[0] ^= true,
    |request| match &mut request.content {
        request::Content::Body(_, body, _) => body.push(b' '),
        content => *content = request::Content::Encoded("x".to_owned()),
    },
];

const V1_ERRORS: [fn(&mut request::V1); 5] = [
    |request| request.common.key.push('!'),
    |request| request.common.timestamp ^= 1,
    |request| request.nonce ^= 1 << 63,
    |request| request.post ^= true,
    |request| request.params.clear(),
];

/// Requests per planted error. More than one, because an error may not affect each request.
const FEW: u64 = 40;

#[test]
fn an_error_planted_in_either_tc3_signer_is_found() {
    for (index, error) in TC3_ERRORS.iter().enumerate() {
        let wrong = |request: &request::Tc3| {
            let mut request = request.clone();
            error(&mut request);
            request
        };
        let in_core = disagreement(FEW, request::Tc3::new, |of| subject::tc3(&wrong(of)), naive::tc3);
        let in_naive = disagreement(FEW, request::Tc3::new, subject::tc3, |of| naive::tc3(&wrong(of)));
        assert!(in_core.is_some() && in_naive.is_some(), "error {index} is not detected");
    }
}

#[test]
fn an_error_planted_in_either_v1_signer_is_found() {
    for (index, error) in V1_ERRORS.iter().enumerate() {
        let wrong = |request: &request::V1| {
            let mut request = request.clone();
            error(&mut request);
            request
        };
        let in_core = disagreement(FEW, request::V1::new, |of| subject::v1(&wrong(of)), naive::v1);
        let in_naive = disagreement(FEW, request::V1::new, subject::v1, |of| naive::v1(&wrong(of)));
        assert!(in_core.is_some() && in_naive.is_some(), "error {index} is not detected");
    }
}

#[test]
fn one_wrong_byte_in_any_compared_string_is_found() {
    for index in 0..4 {
        let wrong = |request: &request::Tc3| {
            let mut output = naive::tc3(request);
            output[index].push('x');
            output
        };
        assert!(disagreement(1, request::Tc3::new, subject::tc3, wrong).is_some(), "string {index}");
    }
    for index in 0..6 {
        let wrong = |request: &request::V1| {
            let mut output = naive::v1(request);
            output[index].push('x');
            output
        };
        assert!(disagreement(1, request::V1::new, subject::v1, wrong).is_some(), "string {index}");
    }
}
