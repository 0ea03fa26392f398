//! Parses certificates and their key usage.

use super::{Certificate, EXTENSIONS, ISSUER_ID, SUBJECT_ID, VERSION};
use crate::tls::verify::der::{
    BIT_STRING, BOOLEAN, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
};
use crate::tls::verify::key_usage::{KEY_USAGE, KeyUsage};
use crate::tls::verify::random::Random;
use core::slice;
use std::vec::Vec;

const SEED: u64 = 0x7463_3320_4b55_2121;

const ROOT: &[u8] = include_bytes!("../../../../tests/certificates/digicert-global-root-g2.der");

const BASIC_CONSTRAINTS: [u8; 3] = [0x55, 0x1d, 0x13];

fn usage_of(certificate: &[u8]) -> Result<Option<KeyUsage>, Malformed> {
    Certificate::parse(certificate).map(|it| it.usage)
}

fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let len = u16::try_from(contents.len()).unwrap().to_be_bytes();
    let length = match len {
        [0, len @ ..0x80] => [len].to_vec(),
        [0, len] => [0x81, len].to_vec(),
        [high, low] => [0x82, high, low].to_vec(),
    };
    [&[tag], &length[..], contents].concat()
}

/// A version 3 certificate with every optional field and these extensions.
fn certificate(extensions: &[Vec<u8>]) -> Vec<u8> {
    with_fields(&[element(EXTENSIONS, &element(SEQUENCE, &extensions.concat()))])
}

fn with_fields(last: &[Vec<u8>]) -> Vec<u8> {
    let fields = [
        element(VERSION, &element(INTEGER, &[2])),
        element(INTEGER, &[1]),
        element(SEQUENCE, &[]).repeat(5),
        element(ISSUER_ID, &[0, 1]),
        element(SUBJECT_ID, &[0, 1]),
        last.concat(),
    ];
    let signed = [element(SEQUENCE, &fields.concat()), element(SEQUENCE, &[]), element(BIT_STRING, &[0])];
    element(SEQUENCE, &signed.concat())
}

fn extension(id: [u8; 3], rest: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &[element(OBJECT_IDENTIFIER, &id), rest.concat()].concat())
}

/// A keyUsage extension whose BIT STRING has these contents.
fn usage_extension(bits: &[u8]) -> Vec<u8> {
    extension(KEY_USAGE, &[element(BOOLEAN, &[0xff]), element(OCTET_STRING, &element(BIT_STRING, bits))])
}

fn allowed(bits: &[u8]) -> (bool, bool) {
    let usage = usage_of(&certificate(&[usage_extension(bits)])).unwrap().unwrap();
    (usage.allows_digital_signature(), usage.allows_cert_sign())
}

#[test]
fn each_bit_allows_only_its_own_usage() {
    for bit in 0..8 {
        let expected = (bit == 0, bit == 5);
        assert_eq!(allowed(&[7 - bit, 0x80 >> bit]), expected, "bit {bit}");
    }
    // decipherOnly is in a second byte. First all bits are set, then only decipherOnly.
    assert_eq!(allowed(&[7, 0xff, 0x80]), (true, true));
    assert_eq!(allowed(&[7, 0x00, 0x80]), (false, false));
    // Trailing zero bits are accepted and allow nothing.
    assert_eq!(allowed(&[0, 0x80]), (true, false));
    assert_eq!(allowed(&[0, 0x04]), (false, true));
    assert_eq!(allowed(&[0, 0x00]), (false, false));
}

#[test]
fn a_certificate_without_the_extension_has_no_restriction() {
    let other = extension(BASIC_CONSTRAINTS, &[element(OCTET_STRING, &element(SEQUENCE, &[]))]);
    for certificate in [certificate(&[]), certificate(&[other]), with_fields(&[])] {
        assert_eq!(usage_of(&certificate), Ok(None));
    }
}

#[test]
fn the_extension_is_found_among_others_and_need_not_be_critical() {
    let other = extension(BASIC_CONSTRAINTS, &[element(OCTET_STRING, &element(SEQUENCE, &[]))]);
    let value = element(OCTET_STRING, &element(BIT_STRING, &[7, 0x80]));
    let found = usage_of(&certificate(&[other.clone(), extension(KEY_USAGE, &[value]), other]));
    assert_eq!(found, Ok(Some(KeyUsage(0x80))));
}

#[test]
fn a_repeated_extension_is_refused_even_with_the_same_value() {
    let twice = certificate(&[usage_extension(&[7, 0x80]), usage_extension(&[7, 0x80])]);
    // Only two fields, of five bytes together, follow the second extension.
    let at = twice.len() - usage_extension(&[7, 0x80]).len() - 5;
    assert_eq!(usage_of(&twice), Err(Malformed { at }));
}

#[test]
fn a_value_other_than_a_bit_string_of_one_or_two_bytes_is_refused() {
    let bits = |bits: &[u8]| usage_extension(bits);
    let octets = element(OCTET_STRING, &element(BIT_STRING, &[7, 0x80]));
    for bad in [
        bits(&[]),
        bits(&[0]),
        bits(&[8, 0x00]),
        // an unused bit that is set
        bits(&[7, 0x84]),
        bits(&[3, 0x04]),
        bits(&[7, 0x84, 0xc0]),
        bits(&[0, 0x80, 0, 0]),
        // critical encoded as FALSE, as another byte, and twice
        extension(KEY_USAGE, &[element(BOOLEAN, &[0]), octets.clone()]),
        extension(KEY_USAGE, &[element(BOOLEAN, &[1]), octets.clone()]),
        extension(KEY_USAGE, &[element(BOOLEAN, &[0xff]).repeat(2), octets.clone()]),
        // no value, a wrong type, and a surplus element
        extension(KEY_USAGE, &[]),
        extension(KEY_USAGE, &[element(OCTET_STRING, &element(OCTET_STRING, &[7, 0x80]))]),
        extension(KEY_USAGE, &[element(BIT_STRING, &[7, 0x80])]),
        extension(KEY_USAGE, &[octets.clone(), octets]),
        extension(KEY_USAGE, &[element(OCTET_STRING, &element(BIT_STRING, &[7, 0x80]).repeat(2))]),
    ] {
        assert!(usage_of(&certificate(slice::from_ref(&bad))).is_err(), "{bad:x?}");
    }
}

#[test]
fn fields_in_another_order_or_after_the_last_are_refused() {
    let extensions = element(EXTENSIONS, &element(SEQUENCE, &usage_extension(&[7, 0x80])));
    assert!(usage_of(&with_fields(slice::from_ref(&extensions))).is_ok());
    assert!(usage_of(&with_fields(&[extensions.clone(), extensions.clone()])).is_err());
    assert!(usage_of(&with_fields(&[element(ISSUER_ID, &[]), extensions])).is_err());
    let after_signature = element(SEQUENCE, &[&ROOT[4..], &element(SEQUENCE, &[])].concat());
    assert!(usage_of(&after_signature).is_err());
    let two_lists = element(EXTENSIONS, &element(SEQUENCE, &[]).repeat(2));
    assert!(usage_of(&with_fields(&[two_lists])).is_err());
}

#[test]
fn a_certificate_cut_anywhere_or_with_a_byte_appended_is_refused() {
    for len in 0..ROOT.len() {
        assert!(usage_of(&ROOT[..len]).is_err(), "{len} bytes");
    }
    assert_eq!(usage_of(&[ROOT, &[0]].concat()), Err(Malformed { at: ROOT.len() }));
}

#[test]
fn a_certificate_cut_with_a_matching_outer_length_is_refused() {
    // The header of the outermost element has four bytes.
    for len in 0x100..ROOT.len() - 4 {
        assert!(usage_of(&element(SEQUENCE, &ROOT[4..4 + len])).is_err(), "{len} bytes");
    }
}

#[test]
fn mutated_certificates_and_random_bytes_do_not_panic() {
    let mut random = Random::from_seed(SEED);
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut certificate = ROOT.to_vec();
        for _ in 0..=random.below(3) {
            random.flip_a_bit(&mut certificate);
        }
        refused += usize::from(usage_of(&certificate).is_err());
        let len = random.below(200);
        assert!(usage_of(&random.bytes(len)).is_err(), "seed {SEED:#x}");
    }
    assert!(refused > 1_000, "{refused}");
}
