//! Servers that prove who they are are talked to.

use peer::pki::{self, Identity};
use peer::server::{Config, Http, Server, script};

use crate::client::{Call, NOW, REQUEST};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

#[track_caller]
fn answers(identity: &Identity, configure: impl FnOnce(Config) -> Config) {
    let server =
        Server::start(configure(Config::new(identity)), Http::each(script::until_close(BODY))).unwrap();
    let answer = Call::to(identity).make(server.addr()).unwrap();
    assert!(answer.ends_with(BODY.as_bytes()), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(server.finish().received(), REQUEST);
}

#[test]
fn an_ecdsa_chain() {
    answers(&pki::ecdsa(NOW), |it| it);
}

#[test]
fn a_chain_like_the_public_one() {
    answers(&pki::public_shaped(NOW), |it| it);
}

#[test]
fn a_chain_like_the_public_one_with_a_cross_certificate() {
    answers(&pki::cross_certified(NOW), |it| it);
}

#[test]
fn tickets_are_passed_over() {
    answers(&pki::ecdsa(NOW), |it| it.tickets(8));
}

#[test]
#[cfg(feature = "sha512")]
fn a_signature_with_the_longest_hash() {
    answers(&pki::public_shaped(NOW), Config::longest_hash);
}

#[test]
#[cfg(feature = "p384")]
fn a_chain_of_p384() {
    answers(&pki::p384(NOW), |it| it);
}
