//! Calls to servers whose identity is valid succeed, and end as the server ends them.

use std::net::TcpStream;

use peer::Server;
use peer::pki::{self, Identity, Key, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};
use peer::pki::{PKCS_RSA_SHA256, PKCS_RSA_SHA384, PKCS_RSA_SHA512};
use peer::server::{self, Action, Config, Http, script};
use sha2_tls::{Digest, Sha256};
use tc3_embedded::tls::{Pin, TlsError, Untrusted};

use crate::client::{BODY, Call, MODES, Mode, NOW, REQUEST, TIMEOUT, assert_calls, dial};

fn start(identity: &Identity, script: Vec<Action>) -> Server {
    server::start(Config::new(identity), Http::Script(script)).unwrap()
}

#[test]
fn a_call_with_each_kind_of_chain_succeeds() {
    let mut servers: Vec<_> = [pki::ecdsa, pki::public_shaped, pki::cross_certified]
        .map(|identity| (Config::new(&identity(NOW)), "a valid chain".to_owned()))
        .into();
    // Session tickets are ignored.
    servers.push((Config { tickets: 8, ..servers[0].0.clone() }, "tickets".to_owned()));
    // Every key and hash of a certificate and of a handshake.
    let (p256, p384) = (Key::New(&PKCS_ECDSA_P256_SHA256), Key::New(&PKCS_ECDSA_P384_SHA384));
    let hashes = [&PKCS_RSA_SHA256, &PKCS_RSA_SHA384, &PKCS_RSA_SHA512];
    let hashes = if cfg!(feature = "sha512") { &hashes[..] } else { &hashes[..1] };
    let mut cases = vec![(0x0403, [p256; 3]), (0x0403, [p256, Key::Rsa(3072, hashes[0]), p256])];
    if cfg!(feature = "p384") {
        let (sha384, sha512) = (Key::Rsa(4096, hashes[1]), Key::Rsa(2048, hashes[2]));
        cases.extend([(0x0503, [p384; 3]), (0x0403, [p256, p384, sha384]), (0x0503, [p384, sha512, p256])]);
    }
    for (size, hash) in (0..3).flat_map(|size| (0..hashes.len()).map(move |hash| (size, hash))) {
        let key =
            |by| Key::Rsa([2048, 3072, 4096][(size + by) % 3], hashes[(size + hash + by) % hashes.len()]);
        cases.push((0x0804 + u16::try_from(hash).unwrap(), [0, 1, 2].map(key)));
    }
    servers.extend(cases.into_iter().map(|(scheme, keys)| {
        let config = Config { scheme: Some(scheme), ..Config::new(&pki::with_keys(NOW, keys)) };
        (config, format!("{scheme:#06x}, {keys:?}"))
    }));
    for (config, case) in servers {
        let identity = config.identity.clone();
        let server = server::start(config, Http::Script(script::until_close(BODY))).unwrap();
        assert_calls(&identity, |_| {}, server, Ok(()), REQUEST, &case);
    }
}

#[test]
fn a_pinned_key_may_be_anywhere_on_the_path_but_not_beside_it() {
    let mut identity = pki::public_shaped(NOW);
    let on_path = identity.chain.len();
    identity.chain.extend(pki::ecdsa(NOW).chain);
    for (mode, at) in MODES.iter().flat_map(|mode| (0..identity.chain.len()).map(move |at| (mode, at))) {
        let server = start(&identity, script::until_close(BODY));
        // Found by another parser than the one under test.
        let (_, certificate) = x509_parser::parse_x509_certificate(&identity.chain[at]).unwrap();
        let pin = Pin(Sha256::digest(certificate.public_key().raw).into());
        let call = Call { pins: &[Pin([7; 32]), pin], ..Call::to(&identity, *mode) };
        let ended = call.make(server.addr()).map(drop);
        let refused = Err(TlsError::Untrusted(Untrusted::NotPinned));
        assert_eq!(ended, if at < on_path { Ok(()) } else { refused }, "{mode:?}, certificate {at}");
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

#[test]
fn bytes_and_clients_that_arrive_just_before_the_server_stops_are_in_its_log() {
    let identity = pki::ecdsa(NOW);
    for is_open in [false; 20].into_iter().chain([true]) {
        let server = start(&identity, script::silent());
        let (stream, mut buffers) = (dial(server.addr(), TIMEOUT), Box::default());
        let log = Call::to(&identity, Mode::Blocking).run_over(stream, &mut buffers, |mut tls| {
            for piece in [b"la", b"te"] {
                tls.write(piece)?;
                tls.flush()?;
            }
            let open = is_open.then(|| (tls, TcpStream::connect(server.addr())));
            let log = server.finish();
            drop(open);
            Ok(log)
        });
        let log = log.unwrap();
        let complete: Vec<_> = log.connections.iter().map(|it| it.handshake_complete).collect();
        assert_eq!(complete, if is_open { vec![true, false] } else { vec![true] }, "{is_open}");
        assert_eq!(log.received().escape_ascii().to_string(), "late", "{is_open}");
    }
}

/// Nothing is sent after it, because a nonce could be used twice.
#[cfg(feature = "async")]
#[test]
fn a_dropped_read_or_write_ends_the_connection() {
    use crate::client::{Tls, block_on, poll};
    use embedded_io_async::{Read, Write};

    let identity = pki::ecdsa(NOW);
    // The second poll of a flush writes the record and then waits for the flush of the transport.
    for (write, polls, sent) in [(false, 1, 3), (true, 1, 3), (true, 2, 4)] {
        let server = start(&identity, script::silent());
        let call = Call::to(&identity, Mode::Async);
        let ended = call.run(server.addr(), |tls| {
            let Tls::Async(mut tls) = tls else { panic!("{tls:?}") };
            if write {
                block_on(tls.write(b"more"))?;
                assert_eq!(poll(tls.flush(), polls), None, "flushed within {polls} polls");
            } else {
                assert_eq!(poll(tls.read(&mut [0; 64]), polls), None, "read within {polls} polls");
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
        // ClientHello, Finished and the request, and what was written before the flush was dropped.
        assert_eq!(types, [22, 23, 23, 23][..sent], "types of records, write: {write}, polls: {polls}");
    }
}
