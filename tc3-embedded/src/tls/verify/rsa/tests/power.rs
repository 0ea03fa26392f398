//! Compares modular exponentiation with the big integers of the `rsa` crate.

use super::SEED;
use super::forge::big_endian;
use crate::tls::verify::random::Random;
use crate::tls::verify::rsa::power::power;
use ::rsa::BigUint;
use std::vec;
use std::vec::Vec;

fn ours(base: &[u8], exponent: u32, modulus: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0xaa; modulus.len()];
    power(base, exponent, modulus, &mut out).map(|()| out)
}

fn theirs(base: &[u8], exponent: u32, modulus: &[u8]) -> Vec<u8> {
    let [base, modulus] = [base, modulus].map(BigUint::from_bytes_be);
    big_endian(&base.modpow(&exponent.into(), &modulus), modulus.to_bytes_be().len())
}

/// A random number of this length. Many of its words are all zeros or all ones, to test the carries.
fn number(random: &mut Random, len: usize) -> Vec<u8> {
    let mut number = random.bytes(len);
    for word in number.chunks_mut(4) {
        match random.below(6) {
            0 => word.fill(0),
            1 => word.fill(0xff),
            _ => {}
        }
    }
    number
}

#[test]
fn powers_agree_with_the_rsa_crate_for_moduli_of_every_length() {
    let mut random = Random::from_seed(SEED);
    for len in (1..=512).chain((1..=40).cycle().take(2_000)) {
        let mut modulus = number(&mut random, len);
        modulus[0] = modulus[0].max(1);
        modulus[len - 1] |= 1;
        if modulus == [1] {
            continue;
        }
        let base = number(&mut random, len);
        let exponent = *random.pick(&[3, 5, 7, 17, 257, 65_537, 0x8000_0001, 0xffff_ffff]);
        let expected = (base < modulus).then(|| theirs(&base, exponent, &modulus));
        assert_eq!(
            ours(&base, exponent, &modulus),
            expected,
            "seed {SEED:#x}: {base:x?} to the power of {exponent} modulo {modulus:x?}"
        );
    }
}

#[test]
fn bases_from_zero_to_the_modulus_are_handled() {
    for modulus in [[0xff; 256], [0x80; 256]] {
        let mut modulus = modulus;
        modulus[255] = 0xff;
        let mut base = modulus;
        assert_eq!(ours(&base, 3, &modulus), None);
        base[255] = 0xfe;
        assert_eq!(ours(&base, 3, &modulus), Some(base.to_vec()));
        let mut one = [0; 256];
        assert_eq!(ours(&one, 3, &modulus), Some(one.to_vec()));
        one[255] = 1;
        assert_eq!(ours(&one, 3, &modulus), Some(one.to_vec()));
    }
}

/// The Montgomery product then equals the modulus before it is reduced.
#[test]
fn a_power_that_the_modulus_divides_is_zero() {
    let modulus = 3_u32.pow(8).to_be_bytes();
    let base = 3_u32.pow(4).to_be_bytes();
    assert_eq!(ours(&base, 3, &modulus), Some(vec![0; 4]));
}

#[test]
fn an_even_or_too_long_or_empty_modulus_is_refused() {
    assert_eq!(ours(&[3; 256], 3, &[0x82; 256]), None);
    assert_eq!(ours(&[3; 513], 3, &[0x83; 513]), None);
    assert_eq!(ours(&[], 3, &[]), None);
}
