//! The properties of `tests/reference` hold for seeded bytes: 100,000 requests are signed by `tc3-core` and by the naive
//! signer, and 60,000 more inputs are verified, encoded or parsed.
//!
//! `TC3_SEED=N` sets the seed of the first input. A failure prints the seed of its input.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test fails by panicking")]

use reference::{date, multipart, naive, response, seeded, tc3, v1, verify};
use std::collections::{BTreeMap, BTreeSet};
use std::{env, fs, thread};
use tc3_core::{Credentials, Signer, Timestamp, api};

/// Inputs of each other property.
const INPUTS: usize = 10_000;

/// Names the input that failed.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("to repeat it: TC3_SEED={} cargo test -p conformance --test properties", self.0);
        }
    }
}

/// The results of a property for one seed after the other.
fn results<R>(property: fn(&[u8]) -> R) -> impl Iterator<Item = R> {
    let first = env::var("TC3_SEED").map_or(0x7c3_0000_0000, |seed| seed.parse().unwrap());
    (first..).map(move |seed| {
        let _named = Seed(seed);
        property(&seeded(seed))
    })
}

/// As many requests are signed, not refused. The keys have each length from 1 to 200.
fn assert_agrees(agrees: fn(&[u8]) -> Option<usize>, requests: usize) {
    let lengths: Vec<_> = results(agrees).take(requests * 4 / 3).flatten().take(requests).collect();
    assert_eq!(lengths.len(), requests, "too many of the requests were refused");
    let tested: BTreeSet<_> = lengths.into_iter().collect();
    let missing: Vec<_> = (1..=200).filter(|length| !tested.contains(length)).collect();
    assert_eq!(missing, [0; 0], "lengths of keys that were not tested");
}

#[test]
fn tc3_agrees_with_the_naive_signer_in_every_value_and_every_buffer() {
    assert_agrees(tc3::agrees, 60_000);
}

#[test]
fn v1_agrees_with_the_naive_signer_in_every_value_and_every_buffer() {
    assert_agrees(v1::agrees, 40_000);
}

#[test]
fn a_tc3_signature_verifies_and_after_a_change_of_what_it_covers_it_does_not() {
    results(verify::check_tc3).take(INPUTS).for_each(drop);
}

#[test]
fn a_v1_signature_verifies_and_after_a_change_of_what_it_covers_it_does_not() {
    results(verify::check_v1).take(INPUTS).for_each(drop);
}

#[test]
fn a_multipart_body_and_a_date_can_be_parsed_back_or_are_refused_with_a_reason() {
    results(multipart::check).take(INPUTS).for_each(drop);
    results(date::check).take(INPUTS).for_each(drop);
}

/// Local midnight in Shanghai is at 16:00 UTC.
#[test]
fn the_first_and_the_last_second_of_every_utc_day_until_2200_have_its_date() {
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    // 230 years with 56 leap days: every fourth year except 2100.
    let seconds =
        (0..230 * 365 + 56).flat_map(|day| [day * 86_400, day * 86_400 + 57_600, day * 86_400 + 86_399]);
    let mut last = String::new();
    for second in seconds {
        let now = Timestamp::from_unix(second).unwrap();
        last = naive::date(second);
        let authorization = signer.sign(&request, now).authorization().to_string();
        let scope = format!("AKIDEXAMPLE/{last}/cvm/tc3_request,");
        assert!(authorization.contains(&scope), "second {second}: {authorization}");
        assert_eq!(Timestamp::from_http_date(&date::format(second)), Ok(now));
    }
    assert_eq!(last, "2199-12-31");
}

#[test]
fn drawn_and_damaged_answers_are_parsed_as_serde_json_parses_them() {
    let mut counts = BTreeMap::new();
    results(response::check_drawn)
        .take(2 * INPUTS)
        .for_each(|outcome| *counts.entry(outcome).or_insert(0) += 1);
    for outcome in ["success", "failure", "not JSON", "not an answer"] {
        assert!(counts.get(outcome).is_some_and(|count| *count > 500), "too few of {outcome}: {counts:?}");
    }
}

/// The corpus of the fuzzers.
#[test]
fn the_answers_of_the_corpus_are_parsed_as_serde_json_parses_them() {
    let corpus = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/response")).unwrap();
    let inputs = corpus.map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let answers = inputs.inspect(|input| response::check(input)).count();
    assert!(answers >= 147, "{answers} answers");
}
