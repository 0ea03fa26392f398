//! Project Wycheproof's test vectors, which cover known mistakes of verifiers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::algorithm::Algorithm;
use super::ecdsa::*;
#[cfg(feature = "rsa")]
use super::rsa::*;
use rustls_pki_types::SignatureVerificationAlgorithm as _;
use std::string::String;
use std::vec::Vec;
use wycheproof::TestResult;

/// A signature and the expected result of its verification.
struct Case {
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
    result: TestResult,
    name: String,
}

impl Case {
    fn is_accepted(&self, by: &Algorithm) -> bool {
        by.verify_signature(&self.key, &self.message, &self.signature).is_ok()
    }
}

/// Loads a test set. The arguments are the module, the test set, and the field of a test group that
/// contains the key: `cases!(ecdsa::EcdsaSecp256r1Sha256, key.key)`.
macro_rules! cases {
    ($kind:ident::$set:ident, $($key:ident).+) => {{
        let set = wycheproof::$kind::TestSet::load(wycheproof::$kind::TestName::$set).unwrap();
        let cases = set.test_groups.iter().flat_map(|group| {
            group.tests.iter().map(|test| Case {
                key: group.$($key).+.to_vec(),
                message: test.msg.to_vec(),
                signature: test.sig.to_vec(),
                result: test.result,
                name: std::format!("{}, {}: {}", stringify!($set), test.tc_id, test.comment),
            })
        });
        cases.collect::<Vec<_>>()
    }};
}

macro_rules! ecdsa {
    ($set:ident) => {
        cases!(ecdsa::$set, key.key)
    };
}

#[cfg(feature = "rsa")]
macro_rules! pkcs1 {
    ($set:ident) => {
        cases!(rsa_pkcs1_verify::$set, asn_key)
    };
}

#[cfg(feature = "rsa")]
macro_rules! pss {
    ($set:ident) => {
        cases!(rsa_pss_verify::$set, asn_key)
    };
}

/// Cases with the result "acceptable" must be refused, too. Each set of PKCS#1 has one: a DigestInfo
/// without NULL.
fn assert_accepts_valid_only(by: &Algorithm, cases: &[Case]) {
    assert!(cases.iter().any(|case| case.result == TestResult::Valid));
    for case in cases {
        assert_eq!(case.is_accepted(by), case.result == TestResult::Valid, "{}", case.name);
    }
}

/// For sets whose key size, hash, salt length or mask function is not supported.
#[cfg(feature = "rsa")]
fn assert_refuses_all_valid(by: &Algorithm, cases: &[Case]) {
    let mut valid = cases.iter().filter(|case| case.result == TestResult::Valid).peekable();
    assert!(valid.peek().is_some());
    for case in valid {
        assert!(!case.is_accepted(by), "{}", case.name);
    }
}

#[test]
fn ecdsa_with_p256() {
    assert_accepts_valid_only(&P256_SHA256, &ecdsa!(EcdsaSecp256r1Sha256));
}

#[cfg(feature = "p384")]
#[test]
fn ecdsa_with_p384() {
    assert_accepts_valid_only(&P384_SHA256, &ecdsa!(EcdsaSecp384r1Sha256));
    assert_accepts_valid_only(&P384_SHA384, &ecdsa!(EcdsaSecp384r1Sha384));
}

#[cfg(feature = "rsa")]
#[test]
fn pkcs1_with_2048_to_4096_bits() {
    assert_accepts_valid_only(&PKCS1_SHA256, &pkcs1!(Rsa2048Sha256));
    assert_accepts_valid_only(&PKCS1_SHA256, &pkcs1!(Rsa3072Sha256));
    assert_accepts_valid_only(&PKCS1_SHA256, &pkcs1!(Rsa4096Sha256));
}

#[cfg(all(feature = "rsa", feature = "sha512"))]
#[test]
fn pkcs1_with_longer_hashes() {
    assert_accepts_valid_only(&PKCS1_SHA384, &pkcs1!(Rsa2048Sha384));
    assert_accepts_valid_only(&PKCS1_SHA384, &pkcs1!(Rsa3072Sha384));
    assert_accepts_valid_only(&PKCS1_SHA384, &pkcs1!(Rsa4096Sha384));
    assert_accepts_valid_only(&PKCS1_SHA512, &pkcs1!(Rsa2048Sha512));
    assert_accepts_valid_only(&PKCS1_SHA512, &pkcs1!(Rsa3072Sha512));
    assert_accepts_valid_only(&PKCS1_SHA512, &pkcs1!(Rsa4096Sha512));
}

#[cfg(feature = "rsa")]
#[test]
fn pkcs1_refuses_longer_keys_and_other_hashes() {
    assert_refuses_all_valid(&PKCS1_SHA256, &pkcs1!(Rsa8192Sha256));
    assert_refuses_all_valid(&PKCS1_SHA256, &pkcs1!(Rsa2048Sha224));
    assert_refuses_all_valid(&PKCS1_SHA256, &pkcs1!(Rsa2048Sha512));
    assert_refuses_all_valid(&PKCS1_SHA256, &pkcs1!(Rsa2048Sha512_256));
    assert_refuses_all_valid(&PKCS1_SHA256, &pkcs1!(Rsa2048Sha3_256));
    assert_refuses_all_valid(&PKCS1_SHA256, &pss!(RsaPss2048Sha256Mgf1SaltLen32));
}

#[cfg(feature = "rsa")]
#[test]
fn pss_with_2048_to_4096_bits() {
    assert_accepts_valid_only(&PSS_SHA256, &pss!(RsaPss2048Sha256Mgf1SaltLen32));
    assert_accepts_valid_only(&PSS_SHA256, &pss!(RsaPss3072Sha256Mgf1SaltLen32));
    assert_accepts_valid_only(&PSS_SHA256, &pss!(RsaPss4096Sha256Mgf1SaltLen32));
}

#[cfg(all(feature = "rsa", feature = "sha512"))]
#[test]
fn pss_with_longer_hashes() {
    assert_accepts_valid_only(&PSS_SHA384, &pss!(RsaPss2048Sha384Mgf1SaltLen48));
    assert_accepts_valid_only(&PSS_SHA384, &pss!(RsaPss4096Sha384Mgf1SaltLen48));
    assert_accepts_valid_only(&PSS_SHA512, &pss!(RsaPss4096Sha512Mgf1SaltLen64));
    assert_refuses_all_valid(&PSS_SHA512, &pss!(RsaPss4096Sha512Mgf1SaltLen32));
}

#[cfg(feature = "rsa")]
#[test]
fn pss_refuses_other_salts_hashes_and_masks() {
    assert_refuses_all_valid(&PSS_SHA256, &pss!(RsaPss2048Sha256Mgf1SaltLen0));
    assert_refuses_all_valid(&PSS_SHA256, &pss!(RsaPss2048Sha256Mgf1Sha1_20));
    assert_refuses_all_valid(&PSS_SHA256, &pss!(RsaPss2048Sha512_256Mgf1SaltLen32));
    assert_refuses_all_valid(&PSS_SHA256, &pss!(RsaPss2048Shake128));
    assert_refuses_all_valid(&PSS_SHA256, &pkcs1!(Rsa2048Sha256));
}

/// The set has 150 cases: every pair of hashes with six salt lengths. One case is supported.
#[cfg(feature = "rsa")]
#[test]
fn pss_accepts_one_of_150_combinations_of_hash_mask_and_salt() {
    let accepted = |by| pss!(RsaPssmisc).iter().filter(|case| case.is_accepted(by)).count();
    assert_eq!(accepted(&PSS_SHA256), 1);
    #[cfg(feature = "sha512")]
    assert_eq!((accepted(&PSS_SHA384), accepted(&PSS_SHA512)), (1, 1));
}
