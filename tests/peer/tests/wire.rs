//! The test servers with a `rustls` client: they follow the protocol where their scripts do, log everything,
//! and refuse randomness that repeats or gives a secret away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};
use peer::{
    hostile::{
        HandshakeMessage, Hostile, ServerHelloFields, Signature, Step,
        content_type::CHANGE_CIPHER_SPEC,
        script::{after_handshake, handshake, response},
    },
    pki::{self, HOST, Identity},
    server::{Action, Config, Http, Server, script},
    sntp::Sntp,
};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::{
        CryptoProvider,
        ring::{self, kx_group::SECP256R1},
    },
    pki_types::{ServerName, UnixTime},
    time_provider::TimeProvider,
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, LazyLock},
    thread,
    time::Duration,
};
use tc3_core::{Credentials, Signer, Timestamp, api, v1};
use tc3_std::{
    Timeouts, dial, nonce,
    tls::{Tls, Trust},
};

use HandshakeMessage::{
    Certificate, CertificateVerify, EncryptedExtensions, Finished, NewSessionTicket, ServerHello,
};
use Step::{Fragment, Send, SlowDown, UnprotectedRecord};

/// 2026-11-21.
const NOW: u64 = 1_795_279_182;
const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| pki::ecdsa(NOW));

#[derive(Debug)]
struct FixedClock;

impl TimeProvider for FixedClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(NOW)))
    }
}

/// A `rustls` client that offers one key share, as the client for microcontrollers does.
fn connect(addr: SocketAddr) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(IDENTITY.root.clone().into()).unwrap();
    let provider = CryptoProvider { kx_groups: vec![SECP256R1], ..ring::default_provider() };
    let config = ClientConfig::builder_with_details(Arc::new(provider), Arc::new(FixedClock))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = ClientConnection::new(Arc::new(config), ServerName::try_from(HOST).unwrap()).unwrap();
    let socket = TcpStream::connect(addr).unwrap();
    // Otherwise delayed bytes are lost when the client closes the socket, and are not in the log.
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    StreamOwned::new(tls, socket)
}

fn start(script: Vec<Action>) -> Server {
    Server::start(Config::new(&IDENTITY), Http::Script(script)).unwrap()
}

/// Messages that the client under test refuses, or gets in other records, are those of the protocol.
#[test]
fn hostile_scripts_that_follow_the_protocol_are_accepted() {
    let [hello, rest @ ..] = handshake();
    let flight = vec![EncryptedExtensions, Certificate, CertificateVerify(Signature::Valid), Finished];
    // `rustls` does not check the echoed session ID.
    let echo = ServerHelloFields { session_id: Some(vec![9; 32]), ..ServerHelloFields::default() };
    let first_fragments = Fragment(20, vec![ServerHello(ServerHelloFields::default())]);
    for script in [
        [vec![SlowDown(Duration::ZERO)], handshake().to_vec(), response(BODY)].concat(),
        [vec![hello.clone(), Fragment(100, flight)], response(BODY)].concat(),
        [vec![first_fragments], rest.to_vec(), response(BODY)].concat(),
        [vec![hello, UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1])], rest.to_vec(), response(BODY)].concat(),
        [vec![Send(vec![ServerHello(echo)])], rest.to_vec(), response(BODY)].concat(),
        after_handshake(vec![Send(vec![NewSessionTicket; 3])], BODY),
    ] {
        let server = Hostile::start(&IDENTITY, script.clone()).unwrap();
        let mut stream = connect(server.addr());
        stream.write_all(REQUEST).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert_eq!(response.lines().last(), Some(BODY), "{script:?}");
        drop(stream);
        let log = server.finish();
        let [connection] = &log.connections[..] else { panic!("{log:?}: {script:?}") };
        let received = connection.received.escape_ascii().to_string();
        let logged = (received, connection.handshake_complete, connection.undecryptable, &connection.error);
        assert_eq!(logged, (REQUEST.escape_ascii().to_string(), true, 0, &None), "{script:?}");
    }
}

#[test]
fn what_no_key_of_the_server_decrypts_is_counted() {
    let server = Hostile::start(&IDENTITY, vec![handshake()[0].clone()]).unwrap();
    let mut socket = TcpStream::connect(server.addr()).unwrap();
    socket.write_all(&client_hello()).unwrap();
    socket.read_exact(&mut [0; 5]).unwrap();
    socket.write_all(&[&[23, 3, 3, 0, 20][..], &[0; 20]].concat()).unwrap();
    assert_eq!(server.finish().connections[0].undecryptable, 1);
}

#[test]
fn the_assertion_of_no_application_byte_fails_after_a_request_and_without_a_client() {
    let server = start(script::response(BODY));
    let mut stream = connect(server.addr());
    stream.write_all(REQUEST).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    let called = failure(|| server.finish().assert_no_application_byte());
    assert!(called.starts_with("40 bytes received on connection 0"), "{called:?}");
    let unused = failure(|| start(Vec::new()).finish().assert_no_application_byte());
    assert_eq!(unused, "no client connected");
}

#[test]
fn bytes_and_clients_that_arrive_just_before_the_server_stops_are_in_the_log() {
    for is_open in [false; 20].into_iter().chain([true]) {
        let server = start(script::silent());
        let mut stream = Some(connect(server.addr()));
        for piece in [b"la", b"te"] {
            stream.as_mut().unwrap().write_all(piece).unwrap();
        }
        stream = stream.filter(|_| is_open);
        let late = is_open.then(|| TcpStream::connect(server.addr()).unwrap());
        let log = server.finish();
        assert_eq!((log.connections.len(), log.handshakes()), (1 + usize::from(is_open), 1), "{log:?}");
        assert_eq!(log.received().escape_ascii().to_string(), "late", "{is_open}");
        drop((stream, late));
    }
}

/// Where a `rustls` client's ClientHello has its random and session ID: after the headers of record and
/// message, and the version.
const RANDOM: Range<usize> = 11..43;
const SESSION_ID: Range<usize> = 44..76;

/// The ClientHello of a `rustls` client.
fn client_hello() -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let client = thread::spawn(move || connect(addr).read(&mut [0]).map(drop));
    let (mut socket, _) = listener.accept().unwrap();
    let mut hello = vec![0; 4096];
    let len = socket.read(&mut hello).unwrap();
    drop(socket);
    client.join().unwrap().unwrap_err();
    hello.truncate(len);
    hello
}

/// A ClientHello with this random and the key share of this private key.
fn hello_of(random: u8, private: u8) -> Vec<u8> {
    let mut hello = client_hello();
    hello[RANDOM].fill(random);
    let at = hello.windows(4).position(|it| it == [0, 0x17, 0, 65]).unwrap() + 4;
    let public = SecretKey::from_slice(&[private; 32]).unwrap().public_key();
    hello[at..at + 65].copy_from_slice(public.to_encoded_point(false).as_bytes());
    hello
}

/// Why this action fails.
fn failure(action: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(action)).expect_err("this should be refused");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn client_hellos_that_repeat_a_value_or_give_the_private_key_away_are_refused() {
    let [first, mut random, mut session_id] = [client_hello(), client_hello(), client_hello()];
    random[RANDOM].copy_from_slice(&first[RANDOM]);
    session_id[SESSION_ID].copy_from_slice(&first[SESSION_ID]);
    for (hellos, reason) in [
        (vec![first, random], "this random was sent before"),
        // By another server.
        (vec![session_id], "this session ID was sent before"),
        (vec![hello_of(0x31, 7), hello_of(0x32, 7)], "this key share was sent before"),
        (vec![hello_of(0x33, 0x33)], "the private key is the random"),
        (vec![hello_of(0x34, !0x34)], "the private key is the inverted random"),
    ] {
        let failed = failure(|| {
            let server = Hostile::start(&IDENTITY, Vec::new()).unwrap();
            for hello in &hellos {
                TcpStream::connect(server.addr()).unwrap().write_all(hello).unwrap();
            }
            let _ = server.finish();
        });
        assert!(failed.contains(reason), "{reason:?} is not in {failed:?}");
    }
}

#[test]
fn a_repeated_nonce_or_number_of_an_sntp_request_is_refused() {
    let failed = failure(|| {
        let server = start(script::silent());
        let mut stream = connect(server.addr());
        for _ in 0..2 {
            stream.write_all(b"GET /?Nonce=8000001 HTTP/1.1\r\n\r\n").unwrap();
        }
        drop(stream);
        let _ = server.finish();
    });
    assert!(failed.contains("this nonce was sent before"), "{failed}");
    let failed = failure(|| {
        let server = Sntp::start(Vec::new()).unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..2 {
            socket.send_to(&[0x5a; 48], server.addr()).unwrap();
        }
        let _ = server.finish();
    });
    assert!(failed.contains("this transmit timestamp of SNTP was sent before"), "{failed}");
}

/// The server checks what each attempt sent.
#[test]
fn failed_attempts_of_tc3_std_repeat_nothing() {
    let server = start(script::silent());
    let tls = Tls::new(Trust::empty()).unwrap();
    for _ in 0..3 {
        let socket = dial(&server.addr().to_string(), Timeouts::default()).unwrap();
        assert!(tls.connect(HOST, socket).is_err());
    }
    let hellos = server.finish().connections.into_iter().filter_map(|it| it.client_hello());
    assert_eq!(hellos.map(|it| it.session_id.len()).collect::<Vec<_>>(), [32; 3]);
}

#[test]
fn nonces_of_tc3_std_use_all_63_bits() {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let now = Timestamp::from_unix(NOW).unwrap();
    let (mut ones, mut zeros) = (0, 0);
    for _ in 0..1_000 {
        let form = signer.sign_v1(&request, now, nonce().unwrap()).unwrap().wire().to_string();
        let (_, rest) = form.split_once("&Nonce=").unwrap();
        let number: u64 = rest.split_once('&').unwrap().0.parse().unwrap();
        (ones, zeros) = (ones | number, zeros | !number);
    }
    // A bit is the same in 1,000 random numbers with a probability of 2^-999.
    assert_eq!((ones, zeros), (u64::MAX >> 1, u64::MAX));
}
