//! Certificate chains, verified by `webpki`.

use crate::client::{NOW, connect_at};
use peer::{
    pki::{self, Identity},
    server::{Config, Http, Server, script},
};
use rustls::Error;

type Make = fn(u64) -> Identity;

fn outcome(identity: &Identity) -> Result<(), Error> {
    outcome_at(identity, NOW)
}

fn outcome_at(identity: &Identity, now: u64) -> Result<(), Error> {
    let server = Server::start(Config::new(identity), Http::each(script::silent())).unwrap();
    let outcome = connect_at(server.addr(), identity, now).map(drop);
    let log = server.finish();
    assert_eq!((log.connections.len(), log.handshakes()), (1, usize::from(outcome.is_ok())), "{log:?}");
    log.assert_no_application_byte();
    outcome
}

#[test]
fn valid_chains_of_every_key_type_are_accepted() {
    for make in [pki::ecdsa, pki::p384, pki::public_shaped, pki::cross_certified] {
        assert_eq!(outcome(&make(NOW)), Ok(()));
    }
}

#[test]
fn a_chain_is_valid_for_a_year_before_and_after_its_time_also_across_2050() {
    const YEAR: u64 = 365 * 24 * 60 * 60;
    // 2049-12-31: later dates are encoded as GeneralizedTime, with four digits of the year.
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
fn the_public_chain_has_a_large_leaf_and_an_rsa_4096_intermediate() {
    let pki = pki::public_shaped(NOW);
    let lens: Vec<usize> = pki.chain.iter().map(Vec::len).collect();
    assert!(lens.len() == 2 && lens.iter().all(|len| *len > 1200), "{lens:?}");
    assert_eq!(pki::cross_certified(NOW).chain.len(), 3);
    let names = pki.chain[0].windows(19).filter(|it| it == b"tencentcloudapi.com").count();
    assert_eq!(names, 7, "six names and the subject");
}

#[test]
fn each_invalid_chain_is_refused_for_its_defect() {
    let cases: [(Make, &str); 10] = [
        (pki::wrong_host, "NotValidForNameContext"),
        (pki::foreign_root, "UnknownIssuer"),
        (pki::self_signed, "UnknownIssuer"),
        // A trusted name does not help.
        (pki::namesake_root, "BadSignature"),
        (pki::expired, "ExpiredContext"),
        (pki::not_yet_valid, "NotValidYetContext"),
        (pki::without_server_auth, "InvalidPurposeContext"),
        (pki::leaf_as_ca, "EndEntityUsedAsCa"),
        (pki::path_too_long, "PathLenConstraintViolated"),
        (pki::too_deep, "MaximumPathDepthExceeded"),
    ];
    for (make, reason) in cases {
        let refused = format!("{:?}", outcome(&make(NOW)));
        assert!(
            refused.starts_with("Err(InvalidCertificate(") && refused.contains(reason),
            "{reason}: {refused}"
        );
    }
}

/// `webpki` ignores keyUsage and unused certificates, the only differences of these chains from valid
/// ones.
#[test]
fn chains_with_a_defect_that_webpki_does_not_check_are_otherwise_valid() {
    for make in [pki::ca_without_cert_sign, pki::without_digital_signature, pki::too_many] {
        assert_eq!(outcome(&make(NOW)), Ok(()));
    }
}

#[test]
fn the_key_usage_of_each_chain_is_that_of_its_name() {
    // keyUsage, critical. Its bits: digitalSignature 80, keyAgreement 08, keyCertSign 04, cRLSign 02.
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
