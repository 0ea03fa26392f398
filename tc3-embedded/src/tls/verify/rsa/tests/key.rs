use super::forge::public_key;
use crate::tls::verify::rsa::key::PublicKey;
use ::rsa::BigUint;
use std::vec;
use std::vec::Vec;

/// A modulus with its highest and lowest bits set.
fn modulus(len: usize) -> BigUint {
    BigUint::from_bytes_be(&vec![0x81; len])
}

fn is_accepted(der: &[u8]) -> bool {
    PublicKey::from_der(der).is_some()
}

/// A valid key, from which the malformed keys are made.
fn valid_key() -> Vec<u8> {
    public_key(&modulus(256), &65_537_u32.into())
}

#[test]
fn moduli_of_2048_to_4096_bits_are_accepted() {
    for len in 1..=600 {
        let accepted = is_accepted(&public_key(&modulus(len), &3_u8.into()));
        assert_eq!(accepted, (256..=512).contains(&len), "{len} bytes");
    }
}

#[test]
fn a_modulus_whose_bits_are_not_a_multiple_of_8_is_refused() {
    for bits in 2041..=2064 {
        let modulus = (BigUint::from(1_u8) << (bits - 1)) + 1_u8;
        let accepted = is_accepted(&public_key(&modulus, &3_u8.into()));
        assert_eq!(accepted, [2048, 2056, 2064].contains(&bits), "{bits} bits");
    }
}

#[test]
fn odd_exponents_of_3_and_more_with_up_to_32_bits_are_accepted() {
    for exponent in [3_u32, 5, 17, 65_537, 0x8000_0001, 0xffff_ffff] {
        assert!(is_accepted(&public_key(&modulus(256), &exponent.into())), "{exponent}");
    }
    for exponent in [0_u64, 1, 2, 4, 65_536, 0xffff_fffe, 1 << 32, (1 << 32) + 1, (1 << 32) + 3, 1 << 63] {
        assert!(!is_accepted(&public_key(&modulus(256), &BigUint::from(exponent))), "{exponent}");
    }
}

#[test]
fn a_key_cut_anywhere_is_refused() {
    let good = valid_key();
    for len in 0..good.len() {
        assert!(!is_accepted(&good[..len]), "{len} bytes");
    }
    assert!(is_accepted(&good));
}

#[test]
fn a_key_with_surplus_elements_or_bytes_is_refused() {
    let good = valid_key();
    // First the header of the SEQUENCE, then the header of the modulus and its leading zero.
    assert_eq!(
        (good.len(), &good[..4], &good[4..9]),
        (270, &[0x30, 0x82, 1, 10][..], &[2, 0x82, 1, 1, 0][..])
    );
    assert!(!is_accepted(&[&good[..], &[0]].concat()));
    let third_integer = [&[0x30, 0x82, 1, 13], &good[4..], &[2, 1, 3]].concat();
    assert!(!is_accepted(&third_integer));
    let negative = [&[0x30, 0x82, 1, 9, 2, 0x82, 1, 0], &good[9..]].concat();
    assert!(!is_accepted(&negative));
    let redundant_zero = [&[0x30, 0x82, 1, 11, 2, 0x82, 1, 2, 0], &good[8..]].concat();
    assert!(!is_accepted(&redundant_zero));
    let redundant_zero = [&[0x30, 0x82, 1, 11], &good[4..265], &[2, 4, 0, 1, 0, 1]].concat();
    assert!(!is_accepted(&redundant_zero));
    let longer_length = [&[0x30, 0x82, 1, 11], &good[4..265], &[2, 0x81, 3, 1, 0, 1]].concat();
    assert!(!is_accepted(&longer_length));
    let unchanged = [&[0x30, 0x82, 1, 10], &good[4..265], &[2, 3, 1, 0, 1]].concat();
    assert!(is_accepted(&unchanged));
}
