//! Calls to servers whose identity is valid succeed, and end as the server ends them.

use peer::Server;
use peer::pki::{self, Identity};
use peer::server::{self, Action, Config, Http, script};
use sha2_tls::{Digest, Sha256};
use tc3_embedded::tls::{Pin, TlsError};

use crate::client::{BODY, Call, MODES, NOW, REQUEST, assert_calls};

fn start(identity: &Identity, script: Vec<Action>) -> Server {
    server::start(Config::new(identity), Http::Script(script)).unwrap()
}

#[track_caller]
fn assert_succeeds(identity: &Identity, configure: fn(Config) -> Config) {
    let config = configure(Config::new(identity));
    let server = server::start(config, Http::Script(script::until_close(BODY))).unwrap();
    assert_calls(identity, |_| {}, server, Ok(()), REQUEST, "a valid chain");
}

#[test]
fn a_call_with_each_kind_of_chain_succeeds() {
    for identity in [pki::ecdsa, pki::public_shaped, pki::cross_certified] {
        assert_succeeds(&identity(NOW), |it| it);
    }
    // Session tickets are ignored.
    assert_succeeds(&pki::ecdsa(NOW), |it| Config { tickets: 8, ..it });
    #[cfg(feature = "sha512")]
    assert_succeeds(&pki::public_shaped(NOW), |it| Config { longest_hash: true, ..it });
    #[cfg(feature = "p384")]
    assert_succeeds(&pki::p384(NOW), |it| it);
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
    let server = start(&identity, script::truncated(BODY));
    assert_calls(&identity, |_| {}, server, Err(TlsError::Truncated), REQUEST, "without close_notify");
}

#[test]
fn close_returns_the_transport_whichever_side_closes_first() {
    let identity = pki::ecdsa(NOW);
    for (mode, is_read) in MODES.iter().flat_map(|mode| [(mode, true), (mode, false)]) {
        let server = start(&identity, script::until_close(BODY));
        let (socket, outcome) = Call::to(&identity, *mode)
            .run(server.addr(), |mut tls| {
                assert_eq!(format!("{tls:?}"), format!("{mode:?}(AuthenticatedTls {{ .. }})"));
                if is_read {
                    assert_eq!(tls.read(&mut []), Ok(0), "{mode:?}, an empty buffer");
                    let response = tls.read_to_end().unwrap();
                    assert!(response.ends_with(BODY.as_bytes()), "{}", response.escape_ascii());
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

/// Nothing is sent after it, because a nonce could be used twice.
#[cfg(feature = "async")]
#[test]
fn a_dropped_read_or_write_ends_the_connection() {
    use crate::client::{Mode, Tls, block_on};
    use embedded_io_async::{Read, Write};
    use std::{pin::pin, task};

    fn abandon<T>(future: impl Future<Output = T>) {
        assert!(pin!(future).poll(&mut task::Context::from_waker(task::Waker::noop())).is_pending());
    }

    let identity = pki::ecdsa(NOW);
    for write in [false, true] {
        let server = start(&identity, script::silent());
        let call = Call::to(&identity, Mode::Async);
        let ended = call.run(server.addr(), |tls| {
            let Tls::Async(mut tls) = tls else { panic!("{tls:?}") };
            if write {
                block_on(tls.write(b"more"))?;
                abandon(tls.flush());
            } else {
                abandon(tls.read(&mut [0; 64]));
            }
            let (read, written) = (block_on(tls.read(&mut [0; 64])), block_on(tls.write(b"more")));
            Ok((read, written, block_on(tls.flush()), block_on(tls.close()).1))
        });
        let abandoned = Err(TlsError::Abandoned);
        assert_eq!(ended, Ok((abandoned, abandoned, Err(TlsError::Abandoned), Err(TlsError::Abandoned))));
        let wire = server.finish().connections.remove(0).wire;
        let (mut rest, mut types) = (&wire[..], Vec::new());
        while let [content_type, _, _, high, low, after @ ..] = rest {
            types.push(*content_type);
            rest = &after[usize::from(u16::from_be_bytes([*high, *low]))..];
        }
        // ClientHello, Finished and the request.
        assert_eq!(types, [22, 23, 23], "the types of the records, write: {write}");
    }
}
