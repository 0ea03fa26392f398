//! A server that cannot be authenticated is refused before a byte of the request is sent.

use peer::pki::{self, Identity};
use peer::server::{Config, Http, Server, script};
use tc3_core::Timestamp;
use tc3_embedded::tls::{Pin, TlsError, Untrusted};

use crate::client::{Call, NOW};

#[track_caller]
fn refusal(identity: &Identity, alter: impl FnOnce(&mut Call<'_>)) -> TlsError {
    refusal_with(Config::new(identity), identity, alter)
}

#[track_caller]
fn refusal_with(config: Config, identity: &Identity, alter: impl FnOnce(&mut Call<'_>)) -> TlsError {
    let server = Server::start(config, Http::each(script::response("{}"))).unwrap();
    let mut call = Call::to(identity);
    alter(&mut call);
    let error = call.make(server.addr()).unwrap_err();
    server.finish().assert_no_application_byte();
    error
}

#[track_caller]
fn untrusted(identity: &Identity) -> Untrusted {
    match refusal(identity, |_| {}) {
        TlsError::Untrusted(untrusted) => untrusted,
        other => panic!("{other}"),
    }
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    assert_eq!(untrusted(&pki::wrong_host(NOW)), Untrusted::WrongHost);
    let elsewhere = refusal(&pki::ecdsa(NOW), |call| call.host = "cvm.tencentcloudapi.cn");
    assert_eq!(elsewhere, TlsError::Untrusted(Untrusted::WrongHost));
}

#[test]
fn an_ip_address_as_host_is_refused_before_anything_is_sent() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::each(script::response("{}"))).unwrap();
    for host in ["127.0.0.1", "::1", "", "cvm tencentcloudapi.com"] {
        let error = Call { host, ..Call::to(&identity) }.make(server.addr()).unwrap_err();
        assert_eq!(error, TlsError::Untrusted(Untrusted::HostNotDnsName), "{host}");
    }
    assert_eq!(server.finish().handshakes(), 0);
}

#[test]
fn a_chain_to_an_unknown_root_is_refused() {
    assert_eq!(untrusted(&pki::foreign_root(NOW)), Untrusted::UnknownIssuer);
}

#[test]
fn a_chain_to_a_root_with_the_same_name_and_another_key_is_refused() {
    assert_eq!(untrusted(&pki::namesake_root(NOW)), Untrusted::BadCertificateSignature);
}

#[test]
fn a_signature_algorithm_that_is_not_supported_is_refused() {
    assert_eq!(untrusted(&pki::ed25519_root(NOW)), Untrusted::UnsupportedAlgorithm);
}

#[test]
fn a_certificate_outside_its_validity_period_is_refused_with_both_times() {
    let at = |seconds| Timestamp::from_unix(seconds).unwrap();
    let expired = Untrusted::Expired { now: at(NOW), not_after: at(NOW - 3_600) };
    assert_eq!(untrusted(&pki::expired(NOW)), expired);
    assert_eq!(
        expired.to_string(),
        "a certificate is not valid after 2026-11-21T15:39:42Z, and the time is 2026-11-21T16:39:42Z"
    );
    let early = Untrusted::NotYetValid { now: at(NOW), not_before: at(NOW + 3_600) };
    assert_eq!(untrusted(&pki::not_yet_valid(NOW)), early);
}

#[test]
fn an_end_entity_certificate_used_as_a_ca_s_is_refused() {
    assert_eq!(untrusted(&pki::leaf_as_ca(NOW)), Untrusted::EndEntityUsedAsCa);
}

#[test]
fn a_ca_certificate_without_key_cert_sign_is_refused() {
    assert_eq!(untrusted(&pki::ca_without_cert_sign(NOW)), Untrusted::CaKeyUsage);
}

#[test]
fn a_server_certificate_without_digital_signature_is_refused() {
    assert_eq!(untrusted(&pki::without_digital_signature(NOW)), Untrusted::EndEntityKeyUsage);
}

#[test]
fn a_certificate_without_server_auth_is_refused() {
    assert_eq!(untrusted(&pki::without_server_auth(NOW)), Untrusted::NoServerAuth);
}

#[test]
fn a_path_longer_than_a_path_length_constraint_allows_is_refused() {
    assert_eq!(untrusted(&pki::path_too_long(NOW)), Untrusted::PathTooLong);
}

#[test]
fn a_self_signed_certificate_is_refused() {
    assert_eq!(untrusted(&pki::self_signed(NOW)), Untrusted::UnknownIssuer);
}

#[test]
fn more_certificates_than_the_limit_are_refused() {
    let limit = tc3_embedded::tls::MAX_CERTIFICATES;
    assert_eq!(untrusted(&pki::too_many(NOW)), Untrusted::TooManyCertificates { limit });
}

#[test]
fn a_path_without_a_pinned_key_is_refused() {
    let identity = pki::ecdsa(NOW);
    let error = refusal(&identity, |call| call.pins = &[Pin([7; 32])]);
    assert_eq!(error, TlsError::Untrusted(Untrusted::NotPinned));
}

#[test]
fn a_tls_1_2_server_is_refused_with_its_alert() {
    let identity = pki::ecdsa(NOW);
    let error = refusal_with(Config::new(&identity).tls12(), &identity, |_| {});
    assert_eq!(error, TlsError::Alert { level: 2, description: 70 });
    let sentence = "the server does not support TLS 1.3 (alert 70); use the TLS 1.2 of a modem or gateway";
    assert_eq!(error.to_string(), sentence);
}

#[test]
fn a_fragmented_handshake_message_is_refused() {
    let identity = pki::public_shaped(NOW);
    assert_eq!(
        refusal_with(Config::new(&identity).max_record(600), &identity, |_| {}),
        TlsError::FragmentedMessage
    );
}

#[test]
#[cfg(not(feature = "sha512"))]
fn a_scheme_whose_feature_is_not_enabled_is_refused() {
    let identity = pki::public_shaped(NOW);
    let error = refusal_with(Config::new(&identity).longest_hash(), &identity, |_| {});
    assert_eq!(error, TlsError::Untrusted(Untrusted::UnsupportedScheme { scheme: 0x0806 }));
}

#[test]
fn all_paths_through_ca_certificates_of_one_name_are_searched() {
    // More certificates would reach webpki's limit of 100 signature verifications.
    assert_eq!(untrusted(&pki::many_paths(NOW)), Untrusted::BadCertificateSignature);
}

#[test]
fn with_several_roots_the_most_precise_reason_is_returned() {
    let (expired, other) = (pki::expired(NOW), pki::p384(NOW));
    for roots in [vec![&expired.root[..], &other.root], vec![&other.root, &expired.root]] {
        let server = Server::start(Config::new(&expired), Http::each(script::response("{}"))).unwrap();
        let error = Call { roots, ..Call::to(&expired) }.make(server.addr()).unwrap_err();
        assert!(matches!(error, TlsError::Untrusted(Untrusted::Expired { .. })), "{error}");
    }
}
