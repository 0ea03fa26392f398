use super::{KEY_USAGE, KeyUsage, Malformed};
use crate::tls::verify::certificate::{Certificate, EXTENSIONS, ISSUER_ID, SUBJECT_ID, VERSION};
use crate::tls::verify::der::{BIT_STRING, BOOLEAN, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use crate::tls::verify::random::Random;
use core::slice;
use std::vec::Vec;

const SEED: u64 = 0x7463_3320_4b55_2121;

const ROOT: &[u8] = include_bytes!("../../../../tests/certificates/digicert-global-root-g2.der");

const BASIC_CONSTRAINTS: [u8; 3] = [0x55, 0x1d, 0x13];

fn of(certificate: &[u8]) -> Result<Option<KeyUsage>, Malformed> {
    Certificate::read(certificate).map(|it| it.usage)
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

/// A certificate of version 3 with all that is optional, and these extensions.
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

/// keyUsage with these contents of its BIT STRING.
fn usage(bits: &[u8]) -> Vec<u8> {
    extension(KEY_USAGE, &[element(BOOLEAN, &[0xff]), element(OCTET_STRING, &element(BIT_STRING, bits))])
}

fn allowed(bits: &[u8]) -> (bool, bool) {
    let usage = of(&certificate(&[usage(bits)])).unwrap().unwrap();
    (usage.allows_digital_signature(), usage.allows_cert_sign())
}

#[test]
fn the_root_of_the_services_chain_may_sign_certificates_and_handshakes() {
    let usage = of(ROOT).unwrap().unwrap();
    assert!(usage.allows_cert_sign() && usage.allows_digital_signature());
}

#[test]
fn each_bit_allows_just_what_it_names() {
    for bit in 0..8 {
        let expected = (bit == 0, bit == 5);
        assert_eq!(allowed(&[7 - bit, 0x80 >> bit]), expected, "bit {bit}");
    }
    // decipherOnly, in a second byte, beside all others and alone
    assert_eq!(allowed(&[7, 0xff, 0x80]), (true, true));
    assert_eq!(allowed(&[7, 0x00, 0x80]), (false, false));
}

#[test]
fn zero_bits_at_the_end_and_no_bits_allow_nothing() {
    assert_eq!(allowed(&[0, 0x80]), (true, false));
    assert_eq!(allowed(&[0, 0x04]), (false, true));
    assert_eq!(allowed(&[0, 0x00]), (false, false));
}

#[test]
fn without_the_extension_nothing_is_restricted() {
    let other = extension(BASIC_CONSTRAINTS, &[element(OCTET_STRING, &element(SEQUENCE, &[]))]);
    for certificate in [certificate(&[]), certificate(&[other]), with_fields(&[])] {
        assert_eq!(of(&certificate), Ok(None));
    }
}

#[test]
fn the_extension_is_found_behind_others_and_need_not_be_critical() {
    let other = extension(BASIC_CONSTRAINTS, &[element(OCTET_STRING, &element(SEQUENCE, &[]))]);
    let value = element(OCTET_STRING, &element(BIT_STRING, &[7, 0x80]));
    let found = of(&certificate(&[other.clone(), extension(KEY_USAGE, &[value]), other]));
    assert_eq!(found, Ok(Some(KeyUsage(0x80))));
}

#[test]
fn the_extension_twice_is_refused_even_when_both_say_the_same() {
    let twice = certificate(&[usage(&[7, 0x80]), usage(&[7, 0x80])]);
    // The second one is at the end, and behind it is the certificate's signature.
    let at = twice.len() - usage(&[7, 0x80]).len() - 5;
    assert_eq!(of(&twice), Err(Malformed { at }));
}

#[test]
fn a_value_that_is_not_a_bit_string_of_one_or_two_bytes_is_refused() {
    let bits = |bits: &[u8]| usage(bits);
    let octets = element(OCTET_STRING, &element(BIT_STRING, &[7, 0x80]));
    for bad in [
        bits(&[]),
        bits(&[0]),
        bits(&[8, 0x00]),
        // a bit in what is unused
        bits(&[7, 0x84]),
        bits(&[3, 0x04]),
        bits(&[7, 0x84, 0xc0]),
        bits(&[0, 0x80, 0, 0]),
        // explicitly not critical, critical in another way, and twice
        extension(KEY_USAGE, &[element(BOOLEAN, &[0]), octets.clone()]),
        extension(KEY_USAGE, &[element(BOOLEAN, &[1]), octets.clone()]),
        extension(KEY_USAGE, &[element(BOOLEAN, &[0xff]).repeat(2), octets.clone()]),
        // nothing, the wrong thing, and something behind it
        extension(KEY_USAGE, &[]),
        extension(KEY_USAGE, &[element(OCTET_STRING, &element(OCTET_STRING, &[7, 0x80]))]),
        extension(KEY_USAGE, &[element(BIT_STRING, &[7, 0x80])]),
        extension(KEY_USAGE, &[octets.clone(), octets]),
        extension(KEY_USAGE, &[element(OCTET_STRING, &element(BIT_STRING, &[7, 0x80]).repeat(2))]),
    ] {
        assert!(of(&certificate(slice::from_ref(&bad))).is_err(), "{bad:x?}");
    }
}

#[test]
fn fields_in_another_order_or_behind_the_last_are_refused() {
    let extensions = element(EXTENSIONS, &element(SEQUENCE, &usage(&[7, 0x80])));
    assert!(of(&with_fields(slice::from_ref(&extensions))).is_ok());
    assert!(of(&with_fields(&[extensions.clone(), extensions.clone()])).is_err());
    assert!(of(&with_fields(&[element(ISSUER_ID, &[]), extensions])).is_err());
    let behind_the_signature = element(SEQUENCE, &[&ROOT[4..], &element(SEQUENCE, &[])].concat());
    assert!(of(&behind_the_signature).is_err());
    let two_lists = element(EXTENSIONS, &element(SEQUENCE, &[]).repeat(2));
    assert!(of(&with_fields(&[two_lists])).is_err());
}

#[test]
fn a_certificate_cut_anywhere_or_with_a_byte_more_is_refused() {
    for len in 0..ROOT.len() {
        assert!(of(&ROOT[..len]).is_err(), "{len} bytes");
    }
    assert_eq!(of(&[ROOT, &[0]].concat()), Err(Malformed { at: ROOT.len() }));
}

#[test]
fn a_certificate_whose_outer_length_was_cut_too_is_refused() {
    // The outermost element has a head of four bytes.
    for len in 0x100..ROOT.len() - 4 {
        assert!(of(&element(SEQUENCE, &ROOT[4..4 + len])).is_err(), "{len} bytes");
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
        refused += usize::from(of(&certificate).is_err());
        let len = random.below(200);
        assert!(of(&random.bytes(len)).is_err(), "seed {SEED:#x}");
    }
    assert!(refused > 1_000, "{refused}");
}
