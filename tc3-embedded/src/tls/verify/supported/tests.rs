use super::{SUPPORTED, for_scheme};
#[cfg(feature = "rsa")]
use rustls_pki_types::CertificateDer;
use rustls_pki_types::{AlgorithmIdentifier, SignatureVerificationAlgorithm as Algorithm, alg_id};
use std::collections::BTreeSet;
use std::format;
use std::vec::Vec;

fn ids(scheme: u16) -> Option<(AlgorithmIdentifier, AlgorithmIdentifier)> {
    for_scheme(scheme).map(|algorithm| (algorithm.public_key_alg_id(), algorithm.signature_alg_id()))
}

#[test]
fn each_supported_scheme_has_its_algorithm() {
    let rsa = |signature| cfg!(feature = "rsa").then_some((alg_id::RSA_ENCRYPTION, signature));
    let long = cfg!(feature = "sha512");
    let p384 = (alg_id::ECDSA_P384, alg_id::ECDSA_SHA384);
    assert_eq!(ids(0x0403), Some((alg_id::ECDSA_P256, alg_id::ECDSA_SHA256)));
    assert_eq!(ids(0x0503), cfg!(feature = "p384").then_some(p384));
    assert_eq!(ids(0x0804), rsa(alg_id::RSA_PSS_SHA256));
    assert_eq!(ids(0x0805), rsa(alg_id::RSA_PSS_SHA384).filter(|_| long));
    assert_eq!(ids(0x0806), rsa(alg_id::RSA_PSS_SHA512).filter(|_| long));
}

#[test]
fn no_other_scheme_is_supported() {
    let supported = [0x0403, 0x0503, 0x0804, 0x0805, 0x0806];
    for scheme in (0..=u16::MAX).filter(|scheme| !supported.contains(scheme)) {
        assert!(for_scheme(scheme).is_none(), "{scheme:#06x}");
    }
}

#[test]
fn each_pair_of_key_and_signature_algorithm_is_there_once() {
    let pairs: Vec<_> = SUPPORTED
        .iter()
        .map(|algorithm| format!("{:?} {:?}", algorithm.public_key_alg_id(), algorithm.signature_alg_id()))
        .collect();
    assert_eq!(pairs.iter().collect::<BTreeSet<_>>().len(), pairs.len());
    let (rsa, long) = (cfg!(feature = "rsa"), cfg!(feature = "sha512"));
    let of_rsa = if rsa && long { 6 } else { 2 * usize::from(rsa) };
    let of_ecdsa = 1 + usize::from(long) + 2 * usize::from(cfg!(feature = "p384"));
    assert_eq!(pairs.len(), of_rsa + of_ecdsa);
}

/// Tests through webpki, which verifies all signatures on certificates.
#[cfg(feature = "rsa")]
#[test]
fn one_algorithm_verifies_the_signature_of_the_service_s_root() {
    let der = include_bytes!("../../../../tests/certificates/digicert-global-root-g2.der");
    let (signed, signature) = (&der[4..638], &der[658..]);
    let root = CertificateDer::from_slice(der);
    let root = webpki::EndEntityCert::try_from(&root).unwrap();
    let verifies = |it: &&&dyn Algorithm| root.verify_signature(**it, signed, signature).is_ok();
    let algorithms: Vec<_> = SUPPORTED.iter().filter(verifies).map(|it| it.signature_alg_id()).collect();
    assert_eq!(algorithms, [alg_id::RSA_PKCS1_SHA256]);
}

#[test]
fn an_algorithm_s_debug_output_is_its_type_s_name() {
    let algorithm = for_scheme(0x0403).unwrap();
    assert_eq!(format!("{algorithm:?}"), "Algorithm");
}
