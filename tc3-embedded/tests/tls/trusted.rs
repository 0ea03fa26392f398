//! Calls to servers whose identity is valid succeed, and end as the server ends them.

use peer::pki::{self, Identity};
use peer::server::{Action, Config, Http, Server, script};
use sha2_tls::{Digest, Sha256};
use tc3_embedded::tls::{Pin, TlsError};

use crate::client::{BODY, Call, MODES, NOW, REQUEST};

fn start(identity: &Identity, script: Vec<Action>) -> Server {
    Server::start(Config::new(identity), Http::Script(script)).unwrap()
}

#[track_caller]
fn assert_succeeds(identity: &Identity, configure: fn(Config) -> Config) {
    for mode in MODES {
        let config = configure(Config::new(identity));
        let server = Server::start(config, Http::Script(script::until_close(BODY))).unwrap();
        let call = Call::to(identity, *mode);
        let response = call.make(server.addr()).unwrap();
        assert!(response.ends_with(BODY.as_bytes()), "{mode:?}: {}", response.escape_ascii());
        let log = server.finish();
        assert_eq!(log.received(), REQUEST, "{mode:?}");
        call.seed.assert_is_that_of(&log.connections[0], &format!("{mode:?}"));
    }
}

#[test]
fn a_call_with_each_kind_of_chain_succeeds() {
    for identity in [pki::ecdsa, pki::public_shaped, pki::cross_certified] {
        assert_succeeds(&identity(NOW), |it| it);
    }
    #[cfg(feature = "sha512")]
    assert_succeeds(&pki::public_shaped(NOW), Config::longest_hash);
    #[cfg(feature = "p384")]
    assert_succeeds(&pki::p384(NOW), |it| it);
}

#[test]
fn session_tickets_are_ignored() {
    assert_succeeds(&pki::ecdsa(NOW), |it| it.tickets(8));
}

#[test]
fn a_pinned_key_may_be_anywhere_in_the_chain() {
    let identity = pki::public_shaped(NOW);
    for (mode, certificate) in MODES.iter().flat_map(|mode| identity.chain.iter().map(move |it| (mode, it))) {
        let server = start(&identity, script::until_close(BODY));
        // Found by another parser than the one under test.
        let (_, certificate) = x509_parser::parse_x509_certificate(certificate).unwrap();
        let pin = Pin(Sha256::digest(certificate.public_key().raw).into());
        Call { pins: &[Pin([7; 32]), pin], ..Call::to(&identity, *mode) }.make(server.addr()).unwrap();
    }
}

#[test]
fn a_response_that_ends_without_close_notify_is_truncated() {
    let identity = pki::ecdsa(NOW);
    for mode in MODES {
        let server = start(&identity, script::truncated(BODY));
        let outcome = Call::to(&identity, *mode).make(server.addr());
        assert_eq!(outcome, Err(TlsError::Truncated), "{mode:?}");
    }
}

#[test]
fn close_returns_the_transport_whichever_side_closes_first() {
    let identity = pki::ecdsa(NOW);
    for (mode, is_read) in MODES.iter().flat_map(|mode| [(mode, true), (mode, false)]) {
        let server = start(&identity, script::until_close(BODY));
        let (socket, outcome) = Call::to(&identity, *mode)
            .run(server.addr(), |mut tls| {
                if is_read {
                    tls.read_to_end().unwrap();
                    assert_eq!(tls.read(&mut [0; 64]), Ok(0), "after the end every read returns 0");
                    assert_eq!(tls.write(b"more"), Err(TlsError::Closed));
                }
                let (socket, outcome) = tls.close();
                Ok((socket.into_stream(), outcome))
            })
            .unwrap();
        assert_eq!(outcome, Ok(()), "{mode:?}, read: {is_read}");
        drop(socket);
        assert_eq!(server.finish().received(), REQUEST, "{mode:?}, read: {is_read}");
    }
}

#[test]
fn reading_into_an_empty_buffer_reads_nothing_and_the_debug_output_has_no_data() {
    let identity = pki::ecdsa(NOW);
    for mode in MODES {
        let server = start(&identity, script::until_close(BODY));
        let response = Call::to(&identity, *mode).run(server.addr(), |mut tls| {
            assert_eq!(tls.read(&mut []), Ok(0), "{mode:?}");
            assert_eq!(format!("{tls:?}"), format!("{mode:?}(AuthenticatedTls {{ .. }})"));
            tls.read_to_end()
        });
        assert!(response.unwrap().ends_with(BODY.as_bytes()), "{mode:?}");
    }
}
