//! Where we are stricter than the `rsa` crate, and just how much.

use super::SEED;
use super::attempt::Attempt;
use super::forge::{Signer, signer};
use super::scheme::{PKCS1_SCHEMES, PSS_SCHEMES};
use crate::tls::verify::random::Random;
use ::rsa::pkcs1::DecodeRsaPublicKey as _;
use ::rsa::{Pss, RsaPublicKey};
use sha2_tls::{Digest as _, Sha256};

/// Whether we, and whether they accept a good signature of this key, by PKCS#1 v1.5 and by PSS.
fn answers(signer: &Signer) -> [[bool; 2]; 2] {
    let mut random = Random::from_seed(SEED);
    [PKCS1_SCHEMES, PSS_SCHEMES].map(|schemes| Attempt::new(signer, &schemes[0], 0, &mut random).answers())
}

#[test]
fn we_alone_refuse_fewer_than_2048_bits() {
    assert_eq!(answers(&signer!("rsa-2040")), [[false, true]; 2]);
    assert_eq!(answers(&signer!("rsa-2048")), [[true, true]; 2]);
}

#[test]
fn we_alone_refuse_a_length_in_bits_that_8_does_not_divide() {
    assert_eq!(answers(&signer!("rsa-2050")), [[false, true]; 2]);
    assert_eq!(answers(&signer!("rsa-2056")), [[true, true]; 2]);
}

/// They take up to 33 bits.
#[test]
fn we_alone_refuse_an_exponent_of_more_than_32_bits() {
    let signer = signer!("rsa-2048-e3");
    assert_eq!(answers(&signer.with_exponent(4_294_967_311)), [[false, true]; 2]);
    assert_eq!(answers(&signer.with_exponent(4_294_967_291)), [[true, true]; 2]);
}

/// A salt as long as the hash is what both have where nothing else is asked for; they can be asked.
#[test]
fn we_cannot_be_asked_for_another_length_of_salt() {
    let mut random = Random::from_seed(SEED);
    let signer = signer!("rsa-2048");
    for (encoding, len) in [("no salt", 0), ("one byte of salt", 1), ("salt one byte long", 33)] {
        let at = PSS_SCHEMES[0].encodings.iter().position(|(name, _)| *name == encoding).unwrap();
        let attempt = Attempt::new(&signer, &PSS_SCHEMES[0], at, &mut random);
        assert_eq!(attempt.answers(), [false, false]);
        assert!(their_other_pss_accepts(&attempt, Pss::new_with_salt::<Sha256>(len)));
    }
}

/// RFC 8017 section 5.2.2: "If the signature representative s is not between 0 and n - 1, output
/// "signature representative out of range" and stop". One of the crate's two ways to PSS forgets it.
#[test]
fn we_never_take_a_signature_beyond_the_modulus() {
    let mut random = Random::from_seed(SEED);
    let signer = signer!("rsa-2048");
    let beyond = loop {
        let mut attempt = Attempt::new(&signer, &PSS_SCHEMES[0], 0, &mut random);
        attempt.add_the_modulus();
        if attempt.signature.len() == 256 {
            break attempt;
        }
    };
    assert_eq!(beyond.answers(), [false, false]);
    assert!(their_other_pss_accepts(&beyond, Pss::new::<Sha256>()));
}

fn their_other_pss_accepts(attempt: &Attempt, pss: Pss) -> bool {
    let key = RsaPublicKey::from_pkcs1_der(&attempt.key()).unwrap();
    key.verify(pss, &Sha256::digest(&attempt.message), &attempt.signature).is_ok()
}
