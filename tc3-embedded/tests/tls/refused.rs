//! Servers that do not are refused before a byte of the request is sent.

use peer::pki::{self, Identity};
use peer::server::{Config, Http, Server, script};
use tc3_embedded::tls::{Pin, TlsError, Untrusted};

use crate::client::{Call, NOW};

#[track_caller]
fn refused(identity: &Identity, alter: impl FnOnce(&mut Call<'_>)) -> TlsError {
    served(Config::new(identity), identity, alter)
}

#[track_caller]
fn served(config: Config, identity: &Identity, alter: impl FnOnce(&mut Call<'_>)) -> TlsError {
    let server = Server::start(config, Http::each(script::answer("{}"))).unwrap();
    let mut call = Call::to(identity);
    alter(&mut call);
    let error = call.make(server.addr()).unwrap_err();
    server.finish().assert_no_application_byte();
    error
}

#[track_caller]
fn untrusted(identity: &Identity) -> Untrusted {
    match refused(identity, |_| {}) {
        TlsError::Untrusted(untrusted) => untrusted,
        other => panic!("{other}"),
    }
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    assert_eq!(untrusted(&pki::wrong_host(NOW)), Untrusted::WrongHost);
    let elsewhere = refused(&pki::ecdsa(NOW), |call| call.host = "cvm.tencentcloudapi.cn");
    assert_eq!(elsewhere, TlsError::Untrusted(Untrusted::WrongHost));
}

#[test]
fn an_address_is_refused_before_anything_is_sent() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::each(script::answer("{}"))).unwrap();
    for host in ["127.0.0.1", "::1", "", "cvm tencentcloudapi.com"] {
        let error = Call { host, ..Call::to(&identity) }.make(server.addr()).unwrap_err();
        assert_eq!(error, TlsError::Untrusted(Untrusted::NotAName), "{host}");
    }
    assert_eq!(server.finish().secured(), 0);
}

#[test]
fn a_foreign_root_is_refused() {
    assert_eq!(untrusted(&pki::foreign_root(NOW)), Untrusted::UnknownIssuer);
}

#[test]
fn a_root_of_the_same_name_and_another_key_is_refused() {
    assert_eq!(untrusted(&pki::namesake_root(NOW)), Untrusted::BadCertificate);
}

#[test]
fn an_algorithm_that_is_not_supported_is_told() {
    assert_eq!(untrusted(&pki::ed25519_root(NOW)), Untrusted::Algorithm);
}

#[test]
fn a_certificate_out_of_its_time_is_refused_with_the_time() {
    assert!(
        matches!(untrusted(&pki::expired(NOW)), Untrusted::Expired { now: NOW, not_after } if not_after < NOW)
    );
    let early = untrusted(&pki::not_yet_valid(NOW));
    assert!(matches!(early, Untrusted::NotYetValid { now: NOW, not_before } if not_before > NOW));
}

#[test]
fn a_leaf_that_acts_as_an_authority_is_refused() {
    assert_eq!(untrusted(&pki::leaf_as_ca(NOW)), Untrusted::NotAnAuthority);
}

#[test]
fn an_authority_that_may_not_sign_is_refused() {
    assert_eq!(untrusted(&pki::ca_without_cert_sign(NOW)), Untrusted::AuthorityKeyUsage);
}

#[test]
fn a_server_whose_key_may_not_sign_is_refused() {
    assert_eq!(untrusted(&pki::without_digital_signature(NOW)), Untrusted::ServerKeyUsage);
}

#[test]
fn a_certificate_that_is_not_for_servers_is_refused() {
    assert_eq!(untrusted(&pki::without_server_auth(NOW)), Untrusted::NotForServers);
}

#[test]
fn a_path_longer_than_an_authority_allows_is_refused() {
    assert_eq!(untrusted(&pki::path_too_long(NOW)), Untrusted::PathTooLong);
}

#[test]
fn a_certificate_that_is_its_own_authority_is_refused() {
    assert_eq!(untrusted(&pki::self_signed(NOW)), Untrusted::UnknownIssuer);
}

#[test]
fn more_certificates_than_are_looked_at_are_refused() {
    let limit = tc3_embedded::tls::MAX_CERTIFICATES;
    assert_eq!(untrusted(&pki::too_many(NOW)), Untrusted::TooManyCertificates { limit });
}

#[test]
fn a_key_that_is_not_pinned_is_refused() {
    let identity = pki::ecdsa(NOW);
    let error = refused(&identity, |call| call.pins = &[Pin([7; 32])]);
    assert_eq!(error, TlsError::Untrusted(Untrusted::NotPinned));
}

#[test]
fn a_server_of_tls_1_2_is_refused_by_its_version() {
    let identity = pki::ecdsa(NOW);
    let error = served(Config::new(&identity).tls12(), &identity, |_| {});
    assert_eq!(error, TlsError::Alert { level: 2, description: 70 });
    let sentence = "the server speaks no TLS 1.3 (alert 70); have a modem or gateway do 1.2 for it";
    assert_eq!(error.to_string(), sentence);
}

#[test]
fn a_handshake_message_in_several_records_is_refused_as_such() {
    let identity = pki::public_shaped(NOW);
    assert_eq!(served(Config::new(&identity).max_record(600), &identity, |_| {}), TlsError::Split);
}

#[test]
#[cfg(not(feature = "sha512"))]
fn a_signature_with_a_hash_that_was_left_out_is_refused_by_its_scheme() {
    let identity = pki::public_shaped(NOW);
    let error = served(Config::new(&identity).longest_hash(), &identity, |_| {});
    assert_eq!(error, TlsError::Untrusted(Untrusted::Scheme { scheme: 0x0806 }));
}

#[test]
fn a_maze_of_authorities_is_searched_to_its_end() {
    // With more certificates it would be left to webpki's limit of 100 signatures.
    assert_eq!(untrusted(&pki::maze(NOW)), Untrusted::BadCertificate);
}

#[test]
fn of_several_roots_the_reason_that_says_most_is_kept() {
    let (expired, other) = (pki::expired(NOW), pki::p384(NOW));
    for roots in [vec![&expired.root[..], &other.root], vec![&other.root, &expired.root]] {
        let server = Server::start(Config::new(&expired), Http::each(script::answer("{}"))).unwrap();
        let error = Call { roots, ..Call::to(&expired) }.make(server.addr()).unwrap_err();
        assert!(matches!(error, TlsError::Untrusted(Untrusted::Expired { .. })), "{error}");
    }
}
