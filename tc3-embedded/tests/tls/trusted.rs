//! Servers that prove who they are are talked to.

use peer::pki::{self, Identity};
use peer::server::{Config, Http, Server, script};

use sha2_tls::{Digest, Sha256};
use tc3_embedded::tls::{Pin, TlsError};

use embedded_io::Read;

use crate::client::{Call, NOW, REQUEST, whole};

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

#[test]
fn a_pinned_key_anywhere_in_the_chain() {
    let identity = pki::public_shaped(NOW);
    for certificate in &identity.chain {
        let server = Server::start(Config::new(&identity), Http::each(script::until_close(BODY))).unwrap();
        let pin = Pin(Sha256::digest(key_of(certificate)).into());
        let pins = [Pin([7; 32]), pin];
        Call { pins: &pins, ..Call::to(&identity) }.make(server.addr()).unwrap();
    }
}

/// The SubjectPublicKeyInfo, as `openssl x509 -pubkey` would find it: by another parser than ours.
fn key_of(certificate: &[u8]) -> Vec<u8> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).unwrap();
    certificate.public_key().raw.to_vec()
}

#[test]
fn an_answer_that_is_cut_off_is_told_from_one_that_ends() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::each(script::truncated(BODY))).unwrap();
    assert_eq!(Call::to(&identity).make(server.addr()), Err(TlsError::Truncated));
}

#[test]
fn who_closes_has_the_transport_again_whoever_said_goodbye_first() {
    let identity = pki::ecdsa(NOW);
    for is_read in [true, false] {
        let server = Server::start(Config::new(&identity), Http::each(script::until_close(BODY))).unwrap();
        let (socket, goodbye) = Call::to(&identity)
            .talk(server.addr(), |mut tls| {
                if is_read {
                    whole(&mut tls).unwrap();
                }
                let (socket, goodbye) = tls.close();
                (socket.into_stream(), goodbye)
            })
            .unwrap();
        assert_eq!(goodbye, Ok(()), "{is_read}");
        drop(socket);
        assert_eq!(server.finish().received(), REQUEST);
    }
}

#[test]
fn no_room_takes_nothing_and_a_connection_shows_nothing_of_itself() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::each(script::until_close(BODY))).unwrap();
    let talk = Call::to(&identity).talk(server.addr(), |mut tls| {
        assert_eq!(tls.read(&mut []), Ok(0));
        assert_eq!(format!("{tls:?}"), "AuthenticatedTls { .. }");
        whole(&mut tls).map(|answer| answer.ends_with(BODY.as_bytes()))
    });
    assert_eq!(talk, Ok(Ok(true)));
}
