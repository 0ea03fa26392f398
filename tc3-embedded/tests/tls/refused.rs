//! A server that cannot be authenticated is refused before a byte of the request is sent.

use peer::pki::{self, Identity, Key, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};
use peer::server::{self, Config, Http, script};
use tc3_core::Timestamp;
use tc3_embedded::tls::{Pin, TlsError, Untrusted};

use crate::client::{Call, MODES, Mode, NOW, assert_calls};

/// Every mode refuses a server with these settings, and a call altered so, with this error.
#[track_caller]
fn assert_refused(config: Config, identity: &Identity, alter: fn(&mut Call<'_>), expected: TlsError) {
    let server = server::start(config, Http::Script(script::response("{}"))).unwrap();
    assert_calls(identity, alter, server, Err(expected), b"", &expected.to_string());
}

#[track_caller]
fn assert_untrusted(identity: &Identity, expected: Untrusted) {
    assert_refused(Config::new(identity), identity, |_| {}, TlsError::Untrusted(expected));
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    assert_untrusted(&pki::wrong_host(NOW), Untrusted::WrongHost);
    let identity = pki::ecdsa(NOW);
    let elsewhere = |call: &mut Call<'_>| call.host = "cvm.tencentcloudapi.cn";
    assert_refused(Config::new(&identity), &identity, elsewhere, TlsError::Untrusted(Untrusted::WrongHost));
}

#[test]
fn an_ip_address_as_host_is_refused_before_anything_is_sent() {
    let identity = pki::ecdsa(NOW);
    let server = server::start(Config::new(&identity), Http::Script(script::response("{}"))).unwrap();
    for (mode, host) in MODES
        .iter()
        .flat_map(|mode| ["127.0.0.1", "::1", "", "cvm tencentcloudapi.com"].map(|host| (mode, host)))
    {
        let error = Call { host, ..Call::to(&identity, *mode) }.make(server.addr()).unwrap_err();
        assert_eq!(error, TlsError::Untrusted(Untrusted::HostNotDnsName), "{mode:?}, {host}");
    }
    let sent: Vec<_> = server.finish().connections.into_iter().flat_map(|it| it.wire).collect();
    assert_eq!(sent, b"");
}

#[test]
fn a_chain_to_an_unknown_root_is_refused() {
    assert_untrusted(&pki::foreign_root(NOW), Untrusted::UnknownIssuer);
    assert_untrusted(&pki::self_signed(NOW), Untrusted::UnknownIssuer);
    assert_untrusted(&pki::namesake_root(NOW), Untrusted::BadCertificateSignature);
    let (p256, ed25519) = (Key::New(&PKCS_ECDSA_P256_SHA256), Key::New(&PKCS_ED25519));
    assert_untrusted(&pki::with_keys(NOW, [p256, p256, ed25519]), Untrusted::UnsupportedAlgorithm);
    let scheme = Untrusted::UnsupportedScheme { scheme: 0x0807 };
    assert_untrusted(&pki::with_keys(NOW, [ed25519, p256, p256]), scheme);
    // All paths are searched. More certificates would reach webpki's limit of 100 signature verifications.
    assert_untrusted(&pki::many_paths(NOW), Untrusted::BadCertificateSignature);
}

#[test]
fn a_certificate_outside_its_validity_period_is_refused_with_both_times() {
    let at = |seconds| Timestamp::from_unix(seconds).unwrap();
    let expired = Untrusted::Expired { now: at(NOW), not_after: at(NOW - 3_600) };
    assert_untrusted(&pki::expired(NOW), expired);
    let early = Untrusted::NotYetValid { now: at(NOW), not_before: at(NOW + 3_600) };
    assert_untrusted(&pki::not_yet_valid(NOW), early);
    // 2049-12-31: later dates are encoded as GeneralizedTime, with four digits of the year.
    const YEAR: u64 = 365 * 24 * 60 * 60;
    for issued in [NOW, 2_524_521_600] {
        let identity = pki::ecdsa(issued);
        let server = server::start(Config::new(&identity), Http::Script(script::until_close("{}"))).unwrap();
        for (now, is_valid) in [
            (issued - YEAR - 1, false),
            (issued - YEAR, true),
            (issued + YEAR, true),
            (issued + YEAR + 1, false),
        ] {
            let call = Call { now, ..Call::to(&identity, Mode::Blocking) };
            let outcome = call.make(server.addr()).map(drop);
            assert_eq!(outcome.is_ok(), is_valid, "issued {issued}, at {now}: {outcome:?}");
        }
    }
    // With several roots the most precise reason is returned.
    let (identity, other) = (pki::expired(NOW), pki::public_shaped(NOW));
    for roots in [vec![&identity.root[..], &other.root], vec![&other.root, &identity.root]] {
        for mode in MODES {
            let server = server::start(Config::new(&identity), Http::Script(script::response("{}"))).unwrap();
            let call = Call { roots: roots.clone(), ..Call::to(&identity, *mode) };
            assert_eq!(call.make(server.addr()), Err(TlsError::Untrusted(expired)), "{mode:?}");
        }
    }
}

#[test]
fn a_chain_that_violates_a_constraint_is_refused() {
    assert_untrusted(&pki::leaf_as_ca(NOW), Untrusted::EndEntityUsedAsCa);
    assert_untrusted(&pki::ca_without_cert_sign(NOW), Untrusted::CaKeyUsage);
    assert_untrusted(&pki::without_digital_signature(NOW), Untrusted::EndEntityKeyUsage);
    assert_untrusted(&pki::without_server_auth(NOW), Untrusted::NoServerAuth);
    assert_untrusted(&pki::path_too_long(NOW), Untrusted::PathTooLong);
    assert_untrusted(&pki::too_many(NOW), Untrusted::TooManyCertificates { limit: 4 });
}

#[test]
fn a_path_without_a_pinned_key_is_refused() {
    let identity = pki::ecdsa(NOW);
    let pinned = |call: &mut Call<'_>| call.pins = &[Pin([7; 32])];
    assert_refused(Config::new(&identity), &identity, pinned, TlsError::Untrusted(Untrusted::NotPinned));
}

#[test]
fn a_tls_1_2_server_is_refused_with_its_alert() {
    let identity = pki::ecdsa(NOW);
    let error = TlsError::Alert { level: 2, description: 70 };
    assert_refused(Config { tls12: true, ..Config::new(&identity) }, &identity, |_| {}, error);
    let sentence = "the server does not support TLS 1.3 (alert 70); use the TLS 1.2 of a modem or gateway";
    assert_eq!(error.to_string(), sentence);
}

#[test]
fn a_fragmented_handshake_message_is_refused() {
    let identity = pki::public_shaped(NOW);
    let config = Config { max_record: Some(600), ..Config::new(&identity) };
    assert_refused(config, &identity, |_| {}, TlsError::FragmentedMessage);
}

#[test]
#[cfg(not(feature = "sha512"))]
fn a_scheme_whose_feature_is_not_enabled_is_refused() {
    let identity = pki::public_shaped(NOW);
    for scheme in [0x0805, 0x0806] {
        let error = TlsError::Untrusted(Untrusted::UnsupportedScheme { scheme });
        assert_refused(Config { scheme: Some(scheme), ..Config::new(&identity) }, &identity, |_| {}, error);
    }
}
