//! Nonces and seeds from a random source.

use crate::world::{NOW, Signature, at, signer};
use std::error::Error;
use tc3_core::v1;
use tc3_embedded::{
    clock::OffsetError,
    entropy::{self, Entropy, EntropyError},
};

/// Stands for the error of a generator's driver.
const DEAD: OffsetError = OffsetError::Unset;

/// Gives one of these draws each time, and then fails.
pub(crate) fn draws<T: AsRef<[u8]>>(draws: impl IntoIterator<Item = T>) -> impl Entropy<Error = OffsetError> {
    let mut rest = draws.into_iter();
    entropy::from_fn(move |bytes| {
        bytes.copy_from_slice(rest.next().ok_or(DEAD)?.as_ref());
        Ok(())
    })
}

/// Encodes a nonce drawn from these numbers in a signed form, the only place where it is public.
fn nonce(numbers: &[u64]) -> Result<String, EntropyError<OffsetError>> {
    let nonce = entropy::nonce(&mut draws(numbers.iter().map(|number| number.to_be_bytes())))?;
    let request = Signature::V1(v1::Method::Post).v1_request().unwrap();
    let form = signer().sign_v1(&request, at(NOW), nonce).unwrap().wire().to_string();
    Ok(form.split('&').find(|pair| pair.starts_with("Nonce=")).unwrap().to_owned())
}

#[test]
fn a_nonce_is_the_first_number_of_three_that_is_not_zero_without_its_lowest_bit() {
    for (numbers, expected) in [
        (&[2][..], Ok("Nonce=1")),
        (&[3], Ok("Nonce=1")),
        (&[u64::MAX], Ok("Nonce=9223372036854775807")),
        (&[22 << 56], Ok("Nonce=792633534417207296")),
        (&[0, 1, 14], Ok("Nonce=7")),
        (&[0, 0, 0, 14], Err(EntropyError::Zero { draws: 3 })),
    ] {
        assert_eq!(nonce(numbers), expected.map(str::to_owned), "{numbers:?}");
    }
}

#[test]
fn an_error_of_the_source_is_part_of_the_sentence() {
    for given in [&[][..], &[0]] {
        assert_eq!(nonce(given), Err(EntropyError::Source(DEAD)));
    }
    for (error, sentence) in [
        (EntropyError::Source(DEAD), "random source failed: clock was not set since the start"),
        (EntropyError::Zero { draws: 3 }, "random source returned only zeros in 3 draws"),
        (EntropyError::Stuck, "random source returned the same 32 bytes twice"),
    ] {
        assert_eq!(error.to_string(), sentence);
        // The sentence has the cause already.
        assert!(error.source().is_none(), "{error}");
    }
}

#[test]
fn a_seed_is_the_second_of_two_draws_which_must_differ() {
    for (given, expected) in [
        (&[[1; 32], [2; 32]][..], Ok([2; 32])),
        (&[[0x00; 32]; 2], Err(EntropyError::Stuck)),
        (&[[0xff; 32]; 2], Err(EntropyError::Stuck)),
        (&[[0x55; 32]; 2], Err(EntropyError::Stuck)),
        (&[], Err(EntropyError::Source(DEAD))),
        (&[[1; 32]], Err(EntropyError::Source(DEAD))),
    ] {
        let mut seed = [0; 32];
        let drawn = entropy::seed(&mut draws(given), &mut seed);
        assert_eq!(drawn.map(|()| seed), expected, "{given:?}");
    }
}
