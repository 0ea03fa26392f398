//! Calls to servers whose identity is valid succeed.

use peer::pki::{self, Identity};
use peer::server::{Config, Http, Server, script};

use sha2_tls::{Digest, Sha256};
use tc3_embedded::tls::{Pin, TlsError};

use embedded_io::Read;

use crate::client::{Call, NOW, REQUEST, read_to_end};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

#[track_caller]
fn assert_succeeds(identity: &Identity, configure: impl FnOnce(Config) -> Config) {
    let server =
        Server::start(configure(Config::new(identity)), Http::each(script::until_close(BODY))).unwrap();
    let response = Call::to(identity).make(server.addr()).unwrap();
    assert!(response.ends_with(BODY.as_bytes()), "{}", String::from_utf8_lossy(&response));
    assert_eq!(server.finish().received(), REQUEST);
}

#[test]
fn a_call_with_an_ecdsa_chain_succeeds() {
    assert_succeeds(&pki::ecdsa(NOW), |it| it);
}

#[test]
fn a_call_with_a_chain_like_the_service_s_succeeds() {
    assert_succeeds(&pki::public_shaped(NOW), |it| it);
}

#[test]
fn a_call_with_a_cross_certificate_in_the_chain_succeeds() {
    assert_succeeds(&pki::cross_certified(NOW), |it| it);
}

#[test]
fn session_tickets_are_ignored() {
    assert_succeeds(&pki::ecdsa(NOW), |it| it.tickets(8));
}

#[test]
#[cfg(feature = "sha512")]
fn a_handshake_signature_with_sha_512_is_accepted() {
    assert_succeeds(&pki::public_shaped(NOW), Config::longest_hash);
}

#[test]
#[cfg(feature = "p384")]
fn a_call_with_a_p384_chain_succeeds() {
    assert_succeeds(&pki::p384(NOW), |it| it);
}

#[test]
fn a_pinned_key_may_be_anywhere_in_the_chain() {
    let identity = pki::public_shaped(NOW);
    for certificate in &identity.chain {
        let server = Server::start(Config::new(&identity), Http::each(script::until_close(BODY))).unwrap();
        let pin = Pin(Sha256::digest(spki_of(certificate)).into());
        let pins = [Pin([7; 32]), pin];
        Call { pins: &pins, ..Call::to(&identity) }.make(server.addr()).unwrap();
    }
}

/// The SubjectPublicKeyInfo, found by another parser than the one under test.
fn spki_of(certificate: &[u8]) -> Vec<u8> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).unwrap();
    certificate.public_key().raw.to_vec()
}

#[test]
fn a_response_that_ends_without_close_notify_is_truncated() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::each(script::truncated(BODY))).unwrap();
    assert_eq!(Call::to(&identity).make(server.addr()), Err(TlsError::Truncated));
}

#[test]
fn close_returns_the_transport_whichever_side_closes_first() {
    let identity = pki::ecdsa(NOW);
    for is_read in [true, false] {
        let server = Server::start(Config::new(&identity), Http::each(script::until_close(BODY))).unwrap();
        let (socket, outcome) = Call::to(&identity)
            .run(server.addr(), |mut tls| {
                if is_read {
                    read_to_end(&mut tls).unwrap();
                }
                let (socket, outcome) = tls.close();
                (socket.into_stream(), outcome)
            })
            .unwrap();
        assert_eq!(outcome, Ok(()), "{is_read}");
        drop(socket);
        assert_eq!(server.finish().received(), REQUEST);
    }
}

#[test]
fn reading_into_an_empty_buffer_reads_nothing_and_the_debug_output_has_no_data() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::each(script::until_close(BODY))).unwrap();
    let outcome = Call::to(&identity).run(server.addr(), |mut tls| {
        assert_eq!(tls.read(&mut []), Ok(0));
        assert_eq!(format!("{tls:?}"), "AuthenticatedTls { .. }");
        read_to_end(&mut tls).map(|response| response.ends_with(BODY.as_bytes()))
    });
    assert_eq!(outcome, Ok(Ok(true)));
}
