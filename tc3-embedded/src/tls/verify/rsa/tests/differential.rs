//! Verifies 10,000 signatures with this crate and the `rsa` crate. The results must agree.

use super::SEED;
use super::attempt::Attempt;
use super::forge::signer;
use super::scheme::{PKCS1_SCHEMES, PSS_SCHEMES, Scheme};
use crate::tls::verify::random::Random;
use ::rsa::BigUint;
use std::collections::BTreeSet;
use std::vec::Vec;

/// The name of a change and the change: it modifies the signature, the message or the key after signing. No
/// verifier may accept the result.
type Change = (&'static str, fn(&mut Attempt, &mut Random));

const CHANGES: &[Change] = &[
    ("bit of the signature", |it, random| random.flip_a_bit(&mut it.signature)),
    ("bit of the message", |it, random| random.flip_a_bit(&mut it.message)),
    ("bit of the modulus", |it, random| {
        let mut digits = it.modulus.to_bytes_be();
        random.flip_a_bit(&mut digits);
        it.modulus = BigUint::from_bytes_be(&digits);
    }),
    ("random signature", |it, random| it.signature = random.bytes(it.signature.len())),
    ("s + n", |it, _| it.add_the_modulus()),
    ("n - s", |it, _| it.set_number(&(&it.modulus - it.number()))),
    ("s = n", |it, _| it.set_number(&it.modulus.clone())),
    ("s = n - 1", |it, _| it.set_number(&(&it.modulus - 1_u8))),
    ("s = n + 1", |it, _| it.set_number(&(&it.modulus + 1_u8))),
    ("s = 0", |it, _| it.set_number(&BigUint::default())),
    ("s = 1", |it, _| it.set_number(&1_u8.into())),
    ("all bits set", |it, _| it.signature.fill(0xff)),
    ("leading zero", |it, _| it.signature.insert(0, 0)),
    ("trailing zero", |it, _| it.signature.push(0)),
    ("first byte missing", |it, _| {
        it.signature.remove(0);
    }),
    ("last byte missing", |it, _| {
        it.signature.pop();
    }),
    ("no signature", |it, _| it.signature.clear()),
    ("even modulus", |it, _| it.modulus = &it.modulus - 1_u8),
    ("modulus twice as large", |it, _| it.modulus = &it.modulus << 1),
    ("short modulus", |it, _| it.modulus = &it.modulus >> 8),
    ("e = 0", |it, _| it.exponent = BigUint::default()),
    ("e = 1, with the encoded message as the signature", |it, _| {
        it.exponent = 1_u8.into();
        it.signature = it.encoded.clone();
    }),
    ("e = 2", |it, _| it.exponent = 2_u8.into()),
    ("e - 1", |it, _| it.exponent = &it.exponent - 1_u8),
    ("e + 1", |it, _| it.exponent = &it.exponent + 1_u8),
    ("e + 2", |it, _| it.exponent = &it.exponent + 2_u8),
    ("e + 2^32", |it, _| it.exponent = &it.exponent + (1_u64 << 32)),
    ("e + 2^64", |it, _| it.exponent = &it.exponent + (1_u128 << 64)),
];

/// One signature for each encoding and key, and seven more valid signatures for each key.
fn attempts(schemes: &'static [Scheme], random: &mut Random) -> Vec<Attempt> {
    // From the fastest to the slowest.
    let signers = [
        signer!("rsa-2048"),
        signer!("rsa-2048-e3"),
        // This modulus is not a whole number of words.
        signer!("rsa-2056"),
        signer!("rsa-3072"),
        // The exponent is the largest prime below 2^32.
        signer!("rsa-2048-e3").with_exponent(4_294_967_291),
        signer!("rsa-4096"),
    ];
    let mut attempts = Vec::new();
    for signer in &signers {
        for encoding in (0..schemes[0].encodings.len()).chain([0; 7]) {
            attempts.push(Attempt::new(signer, random.pick(schemes), encoding, random));
        }
    }
    attempts
}

fn agree_on(count: usize, schemes: &'static [Scheme], seed: u64) {
    let mut random = Random::from_seed(seed);
    let attempts = attempts(schemes, &mut random);
    let (mut seen, mut accepted) = (BTreeSet::new(), 0);
    for index in 0..count {
        // Picks the first keys, which are the fastest, most often.
        let end = 1 + random.below(attempts.len());
        let mut attempt = attempts[random.below(end)].clone();
        let mut changed = "nothing";
        if random.below(2) == 0 {
            let (what, change) = *random.pick(CHANGES);
            change(&mut attempt, &mut random);
            changed = what;
        }
        let Attempt { scheme, encoding, modulus, .. } = &attempt;
        let good = (*encoding, changed) == ("nothing", "nothing");
        let (scheme, bits) = (scheme.name, modulus.bits());
        assert_eq!(
            attempt.accepted_by(),
            [good; 2],
            "seed {seed:#x}, number {index}: {scheme}, {bits} bits; defect of the encoding: {encoding}; changed: {changed}"
        );
        seen.extend([*encoding, changed]);
        accepted += usize::from(good);
    }
    assert_eq!(seen.len(), schemes[0].encodings.len() + CHANGES.len());
    assert!(accepted > count / 20, "{accepted} of {count}");
}

#[test]
fn pkcs1_signatures_are_accepted_by_both_or_refused_by_both() {
    agree_on(5_000, PKCS1_SCHEMES, SEED);
}

#[test]
fn pss_signatures_are_accepted_by_both_or_refused_by_both() {
    agree_on(5_000, PSS_SCHEMES, SEED + 1);
}

/// With the exponent 3, a modulus can be computed for any signature: the signature's cube minus the encoded
/// message. Verification accepts such a key if its modulus is odd. Only the certificate chain proves that a
/// key is trusted.
#[test]
fn a_modulus_computed_from_its_signature_is_accepted_if_it_is_odd() {
    let mut random = Random::from_seed(SEED);
    let signer = signer!("rsa-2048-e3");
    for scheme in PKCS1_SCHEMES.iter().chain(PSS_SCHEMES) {
        for parity in [0, 1].repeat(8) {
            let attempt = loop {
                let mut attempt = Attempt::new(&signer, scheme, 0, &mut random);
                // The cube of `root` has 2,048 bits.
                let root = BigUint::from_bytes_be(&[&[6, 0x54][..], &random.bytes(84)].concat());
                attempt.modulus = &root * &root * &root - BigUint::from_bytes_be(&attempt.encoded);
                attempt.set_number(&root);
                if attempt.modulus.bits() == 2048 && attempt.modulus.to_bytes_be()[255] & 1 == parity {
                    break attempt;
                }
            };
            assert_eq!(attempt.accepted_by(), [parity == 1; 2], "seed {SEED:#x}: {}", scheme.name);
        }
    }
}
