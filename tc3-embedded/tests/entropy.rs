//! Nonces and seeds from a random source.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use core::num::NonZeroU64;
use std::error::Error;
use tc3_core::{Credentials, Signer, Timestamp, api, v1};
use tc3_embedded::{
    clock::OffsetError,
    entropy::{self, Entropy, EntropyError},
};

/// Stands for the error of a generator's driver.
const DEAD: OffsetError = OffsetError::Unset;

/// Gives one of these numbers with each draw, and then fails.
fn numbers(given: &[u64]) -> impl Entropy<Error = OffsetError> + '_ {
    let mut rest = given.iter();
    move |bytes: &mut [u8]| {
        bytes.copy_from_slice(&rest.next().ok_or(DEAD)?.to_be_bytes());
        Ok(())
    }
}

fn fill(bytes: &mut [u8], with: u8) -> Result<(), OffsetError> {
    bytes.fill(with);
    Ok(())
}

/// Encodes a nonce in a signed form, the only place where its number is public.
fn wire(nonce: v1::Nonce) -> String {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    signer.sign_v1(&request, now, nonce).unwrap().wire().to_string()
}

#[test]
fn a_nonce_is_a_number_of_the_source_without_its_lowest_bit() {
    for (given, nonce) in [(2, 1), (3, 1), (u64::MAX, u64::MAX >> 1), (22 << 56, 11 << 56)] {
        let drawn = entropy::nonce(&mut numbers(&[given])).unwrap();
        assert_eq!(wire(drawn), wire(v1::Nonce::new(NonZeroU64::new(nonce).unwrap())));
    }
}

#[test]
fn after_zero_at_most_three_numbers_are_drawn() {
    let seven = wire(v1::Nonce::new(NonZeroU64::new(7).unwrap()));
    assert_eq!(wire(entropy::nonce(&mut numbers(&[0, 1, 14])).unwrap()), seven);
    let refused = entropy::nonce(&mut numbers(&[0, 0, 0, 14])).unwrap_err();
    assert_eq!(refused, EntropyError::Zero { draws: 3 });
    assert_eq!(refused.to_string(), "random source returned only zeros in 3 draws");
}

#[test]
fn an_error_of_the_source_is_the_source_of_the_error() {
    for given in [&[][..], &[0]] {
        let refused = entropy::nonce(&mut numbers(given)).unwrap_err();
        assert_eq!(refused, EntropyError::Source(DEAD));
        assert_eq!(refused.to_string(), "random source failed");
        assert_eq!(refused.source().unwrap().to_string(), DEAD.to_string());
    }
}

#[test]
fn a_seed_is_drawn_twice_and_the_second_draw_is_used() {
    let mut draw = 0;
    let mut source = |bytes: &mut [u8]| {
        draw += 1;
        fill(bytes, draw)
    };
    let mut seed = [0; 32];
    entropy::seed(&mut source, &mut seed).unwrap();
    assert_eq!(seed, [2; 32]);
}

#[test]
fn a_source_that_repeats_its_bytes_is_refused() {
    for stuck in [0x00, 0xff, 0x55] {
        let mut source = |bytes: &mut [u8]| fill(bytes, stuck);
        let refused = entropy::seed(&mut source, &mut [7; 32]).unwrap_err();
        assert_eq!(refused, EntropyError::Stuck);
        assert_eq!(refused.to_string(), "random source returned the same 32 bytes twice");
        assert!(refused.source().is_none());
    }
}

#[test]
fn a_source_that_fails_at_either_draw_gives_no_seed() {
    for successes in 0..2 {
        let mut draw = 0;
        let mut source = |bytes: &mut [u8]| {
            draw += 1;
            if draw > successes { Err(DEAD) } else { fill(bytes, draw) }
        };
        let refused = entropy::seed(&mut source, &mut [0; 32]);
        assert_eq!(refused, Err(EntropyError::Source(DEAD)), "{successes}");
    }
}
