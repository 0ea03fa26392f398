//! Chains, seen by `webpki`.

use crate::client::{NOW, connect_at};
use peer::{
    pki::{self, Identity},
    server::{Config, Http, Server, script},
};
use rustls::{CertificateError, Error};

fn outcome(identity: &Identity) -> Result<(), Error> {
    outcome_at(identity, NOW)
}

fn outcome_at(identity: &Identity, now: u64) -> Result<(), Error> {
    let server = Server::start(Config::new(identity), Http::each(script::silent())).unwrap();
    let outcome = connect_at(server.addr(), identity, now).map(drop);
    let record = server.finish();
    assert_eq!(record.connections.len(), 1);
    assert_eq!(record.secured() == 1, outcome.is_ok(), "{record:?}");
    record.assert_no_application_byte();
    outcome
}

#[track_caller]
fn refused(identity: &Identity) -> CertificateError {
    match outcome(identity) {
        Err(Error::InvalidCertificate(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn good_chains_are_accepted_of_every_key() {
    for make in [pki::ecdsa, pki::p384, pki::public_shaped, pki::cross_certified] {
        assert_eq!(outcome(&make(NOW)), Ok(()));
    }
}

#[test]
fn a_chain_is_valid_a_year_before_and_after_its_now_also_where_dates_are_written_with_four_digits() {
    const YEAR: u64 = 365 * 24 * 60 * 60;
    // 2049-12-31: what is after it is a GeneralizedTime.
    for now in [NOW, 2_524_521_600] {
        let identity = pki::ecdsa(now);
        for at in [now - YEAR, now, now + YEAR] {
            assert_eq!(outcome_at(&identity, at), Ok(()), "{at}");
        }
        for at in [now - YEAR - 1, now + YEAR + 1] {
            assert!(outcome_at(&identity, at).is_err(), "{at}");
        }
    }
}

#[test]
fn the_public_shape_is_a_large_leaf_below_rsa_4096() {
    let pki = pki::public_shaped(NOW);
    let lens: Vec<usize> = pki.chain.iter().map(Vec::len).collect();
    assert!(lens.len() == 2 && lens.iter().all(|len| *len > 1200), "{lens:?}");
    assert_eq!(pki::cross_certified(NOW).chain.len(), 3);
    let names = pki.chain[0].windows(19).filter(|it| it == b"tencentcloudapi.com").count();
    assert_eq!(names, 7, "six names, and the subject");
}

#[test]
fn a_leaf_for_another_host_is_refused() {
    assert!(matches!(refused(&pki::wrong_host(NOW)), CertificateError::NotValidForNameContext { .. }));
}

#[test]
fn a_root_that_is_not_trusted_is_refused_whatever_its_name() {
    assert_eq!(refused(&pki::foreign_root(NOW)), CertificateError::UnknownIssuer);
    assert_eq!(refused(&pki::namesake_root(NOW)), CertificateError::BadSignature);
    assert_eq!(refused(&pki::self_signed(NOW)), CertificateError::UnknownIssuer);
}

#[test]
fn a_leaf_out_of_its_time_is_refused() {
    assert!(matches!(refused(&pki::expired(NOW)), CertificateError::ExpiredContext { .. }));
    assert!(matches!(refused(&pki::not_yet_valid(NOW)), CertificateError::NotValidYetContext { .. }));
}

#[test]
fn a_path_that_nobody_allowed_is_refused() {
    let reason = |identity| format!("{:?}", refused(&identity));
    assert!(reason(pki::leaf_as_ca(NOW)).contains("EndEntityUsedAsCa"));
    assert!(reason(pki::path_too_long(NOW)).contains("PathLenConstraintViolated"));
    assert!(reason(pki::too_deep(NOW)).contains("MaximumPathDepthExceeded"));
}

#[test]
fn a_leaf_for_clients_is_refused() {
    let reason = refused(&pki::without_server_auth(NOW));
    assert!(matches!(reason, CertificateError::InvalidPurposeContext { .. }), "{reason:?}");
}

/// `webpki` reads no keyUsage, and takes what it needs from the chain: these differ from a good
/// chain in nothing else.
#[test]
fn what_webpki_does_not_look_at_is_right_in_all_other_respects() {
    for make in [pki::ca_without_cert_sign, pki::without_digital_signature, pki::too_many] {
        assert_eq!(outcome(&make(NOW)), Ok(()));
    }
}

#[test]
fn key_usage_is_what_the_names_of_the_chains_say() {
    // keyUsage, critical, and the bits: digitalSignature 80, keyAgreement 08, keyCertSign 04, cRLSign 02.
    let usage = |certificate: &[u8]| {
        let start = [0x06, 0x03, 0x55, 0x1d, 0x0f, 0x01, 0x01, 0xff, 0x04, 0x04, 0x03, 0x02];
        let at = certificate.windows(start.len()).position(|it| it == start).unwrap();
        certificate[at + start.len() + 1]
    };
    let usages = |identity: Identity| identity.chain.iter().map(|it| usage(it)).collect::<Vec<_>>();
    assert_eq!(usages(pki::ecdsa(NOW)), [0x80, 0x06]);
    assert_eq!(usages(pki::ca_without_cert_sign(NOW)), [0x80, 0x82]);
    assert_eq!(usages(pki::without_digital_signature(NOW)), [0x08, 0x06]);
    assert_eq!(pki::too_many(NOW).chain.len(), 12);
    assert_eq!(pki::too_deep(NOW).chain.len(), 12);
}
