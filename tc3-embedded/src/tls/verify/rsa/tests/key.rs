use super::forge::public_key;
use crate::tls::verify::rsa::key::PublicKey;
use ::rsa::BigUint;
use std::vec;
use std::vec::Vec;

/// With the highest and the lowest bit set.
fn modulus(len: usize) -> BigUint {
    BigUint::from_bytes_be(&vec![0x81; len])
}

fn is_accepted(der: &[u8]) -> bool {
    PublicKey::from_der(der).is_some()
}

/// The key that all of the others differ from.
fn good() -> Vec<u8> {
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
fn a_modulus_of_another_number_of_bits_is_refused() {
    for bits in 2041..=2064 {
        let modulus = (BigUint::from(1_u8) << (bits - 1)) + 1_u8;
        let accepted = is_accepted(&public_key(&modulus, &3_u8.into()));
        assert_eq!(accepted, [2048, 2056, 2064].contains(&bits), "{bits} bits");
    }
}

#[test]
fn an_even_modulus_has_no_signatures() {
    let even = modulus(256) + 1_u8;
    assert!(open(&public_key(&modulus(256), &3_u8.into())));
    assert!(!open(&public_key(&even, &3_u8.into())));
}

fn open(key: &[u8]) -> bool {
    let mut out = [0; 512];
    PublicKey::from_der(key).and_then(|key| key.open(&[2; 256], &mut out)).is_some()
}

#[test]
fn odd_exponents_from_3_to_32_bits_are_accepted() {
    for exponent in [3_u32, 5, 17, 65_537, 0x8000_0001, 0xffff_ffff] {
        assert!(is_accepted(&public_key(&modulus(256), &exponent.into())), "{exponent}");
    }
    for exponent in [0_u64, 1, 2, 4, 65_536, 0xffff_fffe, 1 << 32, (1 << 32) + 1, (1 << 32) + 3, 1 << 63] {
        assert!(!is_accepted(&public_key(&modulus(256), &BigUint::from(exponent))), "{exponent}");
    }
}

#[test]
fn a_key_cut_anywhere_is_refused() {
    let good = good();
    for len in 0..good.len() {
        assert!(!is_accepted(&good[..len]), "{len} bytes");
    }
    assert!(is_accepted(&good));
}

#[test]
fn a_key_with_anything_else_in_it_or_behind_it_is_refused() {
    let good = good();
    // SEQUENCE of two bytes of length, INTEGER of two, its zero, the modulus, INTEGER of three bytes.
    assert_eq!(
        (good.len(), &good[..4], &good[4..9]),
        (270, &[0x30, 0x82, 1, 10][..], &[2, 0x82, 1, 1, 0][..])
    );
    assert!(!is_accepted(&[&good[..], &[0]].concat()));
    let third = [&[0x30, 0x82, 1, 13], &good[4..], &[2, 1, 3]].concat();
    assert!(!is_accepted(&third));
    let negative = [&[0x30, 0x82, 1, 9, 2, 0x82, 1, 0], &good[9..]].concat();
    assert!(!is_accepted(&negative));
    let needless_zero = [&[0x30, 0x82, 1, 11, 2, 0x82, 1, 2, 0], &good[8..]].concat();
    assert!(!is_accepted(&needless_zero));
    let needless_zero = [&[0x30, 0x82, 1, 11], &good[4..265], &[2, 4, 0, 1, 0, 1]].concat();
    assert!(!is_accepted(&needless_zero));
    let longer_form = [&[0x30, 0x82, 1, 11], &good[4..265], &[2, 0x81, 3, 1, 0, 1]].concat();
    assert!(!is_accepted(&longer_form));
    let untouched = [&[0x30, 0x82, 1, 10], &good[4..265], &[2, 3, 1, 0, 1]].concat();
    assert!(is_accepted(&untouched));
}
