//! Random requests, signed by the core and by a naive signer that shares nothing with it.
//!
//! `TC3_SEED=N` starts at another request; a failure prints the seed of the request it is about.
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

/// 100,000 in each run. A TC3 request is the quicker one.
const TC3_REQUESTS: u64 = 60_000;
const V1_REQUESTS: u64 = 40_000;

/// The seed of the first request; each further one has the next.
fn first_seed() -> u64 {
    env::var("TC3_SEED").map_or(0x7c3_0000_0000, |seed| seed.parse().unwrap())
}

/// The first request that two signers disagree about, told with its seed.
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

/// Keeps note of key lengths; in the end all of them must have been there.
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
fn v1_agrees_with_the_naive_signer_sorted_and_merged() {
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

/// Gives a signer another request than the one asked for: the smallest errors there are.
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

/// Few requests, because one must be enough; not one, because an error may not show in every one.
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
        assert!(in_core.is_some() && in_naive.is_some(), "error {index} goes unnoticed");
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
        assert!(in_core.is_some() && in_naive.is_some(), "error {index} goes unnoticed");
    }
}

/// One byte of one text, in every place that is compared.
#[test]
fn one_wrong_byte_in_any_text_is_found() {
    for place in 0..4 {
        let spoilt = |request: &request::Tc3| {
            let mut texts = naive::tc3(request);
            texts[place].push('x');
            texts
        };
        assert!(disagreement(1, request::Tc3::new, subject::tc3, spoilt).is_some(), "text {place}");
    }
    for place in 0..6 {
        let spoilt = |request: &request::V1| {
            let mut texts = naive::v1(request);
            texts[place].push('x');
            texts
        };
        assert!(disagreement(1, request::V1::new, subject::v1, spoilt).is_some(), "text {place}");
    }
}
