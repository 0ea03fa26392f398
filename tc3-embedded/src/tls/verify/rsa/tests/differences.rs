//! Signatures that the `rsa` crate accepts and this crate refuses.

use super::SEED;
use super::attempt::Attempt;
use super::forge::{Signer, signer};
use super::scheme::{PKCS1_SCHEMES, PSS_SCHEMES};
use crate::tls::verify::random::Random;
use ::rsa::pkcs1::DecodeRsaPublicKey as _;
use ::rsa::{Pss, RsaPublicKey};
use sha2_tls::{Digest as _, Sha256};

/// Whether this crate and the `rsa` crate accept valid signatures of this key. The first pair of results is
/// for PKCS#1 v1.5, the second for PSS.
fn accepted_by(signer: &Signer) -> [[bool; 2]; 2] {
    let mut random = Random::from_seed(SEED);
    [PKCS1_SCHEMES, PSS_SCHEMES]
        .map(|schemes| Attempt::new(signer, &schemes[0], 0, &mut random).accepted_by())
}

#[test]
fn a_modulus_of_fewer_than_2048_bits_is_refused() {
    assert_eq!(accepted_by(&signer!("rsa-2040")), [[false, true]; 2]);
    assert_eq!(accepted_by(&signer!("rsa-2048")), [[true, true]; 2]);
}

#[test]
fn a_modulus_whose_bits_are_not_a_multiple_of_8_is_refused() {
    assert_eq!(accepted_by(&signer!("rsa-2050")), [[false, true]; 2]);
    assert_eq!(accepted_by(&signer!("rsa-2056")), [[true, true]; 2]);
}

/// The `rsa` crate accepts exponents of up to 33 bits.
#[test]
fn an_exponent_of_more_than_32_bits_is_refused() {
    let signer = signer!("rsa-2048-e3");
    assert_eq!(accepted_by(&signer.with_exponent(4_294_967_311)), [[false, true]; 2]);
    assert_eq!(accepted_by(&signer.with_exponent(4_294_967_291)), [[true, true]; 2]);
}

/// The `rsa` crate accepts another salt length if it is configured.
#[test]
fn a_salt_of_another_length_than_the_hash_is_refused() {
    let mut random = Random::from_seed(SEED);
    let signer = signer!("rsa-2048");
    for (encoding, len) in [("no salt", 0), ("one byte of salt", 1), ("salt one byte long", 33)] {
        let at = PSS_SCHEMES[0].encodings.iter().position(|(name, _)| *name == encoding).unwrap();
        let attempt = Attempt::new(&signer, &PSS_SCHEMES[0], at, &mut random);
        assert_eq!(attempt.accepted_by(), [false, false]);
        assert!(rsa_crate_s_pss_accepts(&attempt, Pss::new_with_salt::<Sha256>(len)));
    }
}

/// RFC 8017 section 5.2.2: "If the signature representative s is not between 0 and n - 1, output
/// "signature representative out of range" and stop". One of the `rsa` crate's two interfaces to PSS does
/// not check this.
#[test]
fn a_signature_not_less_than_the_modulus_is_refused() {
    let mut random = Random::from_seed(SEED);
    let signer = signer!("rsa-2048");
    let beyond = loop {
        let mut attempt = Attempt::new(&signer, &PSS_SCHEMES[0], 0, &mut random);
        attempt.add_the_modulus();
        if attempt.signature.len() == 256 {
            break attempt;
        }
    };
    assert_eq!(beyond.accepted_by(), [false, false]);
    assert!(rsa_crate_s_pss_accepts(&beyond, Pss::new::<Sha256>()));
}

fn rsa_crate_s_pss_accepts(attempt: &Attempt, pss: Pss) -> bool {
    let key = RsaPublicKey::from_pkcs1_der(&attempt.key()).unwrap();
    key.verify(pss, &Sha256::digest(&attempt.message), &attempt.signature).is_ok()
}
