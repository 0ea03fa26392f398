//! The test servers log everything that clients send, and refuse randomness that repeats or gives a secret
//! away. Their users' tests show that they follow the protocol where their scripts do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};
use peer::{
    Server,
    hostile::{self, script::handshake, with_header},
    pki::{self, HOST, Identity},
    server::{self, Action, Config, Http, script},
    sntp::Sntp,
};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};
use std::{
    io::{Read, Write},
    net::{TcpStream, UdpSocket},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, LazyLock},
    time::Duration,
};
use tc3_core::{Credentials, Signer, api, v1};
use tc3_std::{
    SystemClock, Timeouts, dial, nonce,
    tls::{Tls, Trust},
};

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| pki::ecdsa(SystemClock.now().unwrap().unix()));

fn start(script: Vec<Action>) -> Server {
    server::start(Config::new(&IDENTITY), Http::Script(script)).unwrap()
}

fn connect(server: &Server) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(IDENTITY.root.clone().into()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = ClientConnection::new(Arc::new(config), HOST.try_into().unwrap()).unwrap();
    let socket = TcpStream::connect(server.addr()).unwrap();
    // Otherwise delayed bytes are lost when the client closes the socket, and are not in the log.
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    StreamOwned::new(tls, socket)
}

/// The record of a ClientHello with this random, session ID and private key.
fn client_hello(random: u8, session_id: u8, private: u8) -> Vec<u8> {
    let public = SecretKey::from_slice(&[private; 32]).unwrap().public_key().to_encoded_point(false);
    let offer = [0, 2, 0x13, 1, 1, 0];
    let key_share = [&[0, 51, 0, 71, 0, 69, 0, 23, 0, 65], public.as_bytes()].concat();
    let body = [&[3, 3], &[random; 32][..], &[32], &[session_id; 32], &offer, &[0, 75], &key_share].concat();
    let message = with_header(1, &body);
    [&[22, 3, 1, 0, u8::try_from(message.len()).unwrap()], &message[..]].concat()
}

#[track_caller]
fn assert_fails(reason: &str, action: impl FnOnce()) {
    let panic = catch_unwind(AssertUnwindSafe(action)).err().and_then(|it| it.downcast::<String>().ok());
    assert!(panic.as_ref().is_some_and(|it| it.contains(reason)), "{reason:?} is not in {panic:?}");
}

#[test]
fn what_no_key_of_the_server_decrypts_is_counted() {
    let server = hostile::start(&IDENTITY, vec![handshake()[0].clone()]).unwrap();
    let mut socket = TcpStream::connect(server.addr()).unwrap();
    socket.write_all(&client_hello(0x11, 0x12, 0x13)).unwrap();
    socket.read_exact(&mut [0; 5]).unwrap();
    socket.write_all(&[&[23, 3, 3, 0, 20][..], &[0; 20]].concat()).unwrap();
    assert_eq!(server.finish().connections[0].undecryptable, 1);
}

#[test]
fn bytes_and_clients_that_arrive_just_before_the_server_stops_are_in_the_log() {
    for is_open in [false; 20].into_iter().chain([true]) {
        let server = start(script::silent());
        let mut stream = Some(connect(&server));
        for piece in [b"la", b"te"] {
            stream.as_mut().unwrap().write_all(piece).unwrap();
        }
        stream = stream.filter(|_| is_open);
        let late = is_open.then(|| TcpStream::connect(server.addr()).unwrap());
        let log = server.finish();
        let complete: Vec<_> = log.connections.iter().map(|it| it.handshake_complete).collect();
        assert_eq!(complete, if is_open { vec![true, false] } else { vec![true] }, "{is_open}");
        assert_eq!(log.received().escape_ascii().to_string(), "late", "{is_open}");
        drop((stream, late));
    }
}

#[test]
fn client_hellos_that_repeat_a_value_or_give_the_private_key_away_are_refused() {
    for (hellos, reason) in [
        ([client_hello(0x21, 0x22, 0x23), client_hello(0x21, 0x24, 0x25)], "this random was sent before"),
        // Another server has received it, in the first row.
        ([client_hello(0x31, 0x22, 0x32), client_hello(0x33, 0x34, 0x35)], "this session ID was sent before"),
        ([client_hello(0x41, 0x42, 0x43), client_hello(0x44, 0x45, 0x43)], "this key share was sent before"),
        ([client_hello(0x51, 0x52, 0x51), client_hello(0x53, 0x54, 0x55)], "the private key is the random"),
        ([client_hello(0x61, 0x62, 0x63), client_hello(0x64, 0x65, !0x64)], "key is the inverted random"),
    ] {
        assert_fails(reason, || {
            let server = hostile::start(&IDENTITY, Vec::new()).unwrap();
            for hello in &hellos {
                TcpStream::connect(server.addr()).unwrap().write_all(hello).unwrap();
            }
            server.finish();
        });
    }
}

#[test]
fn a_repeated_nonce_or_number_of_an_sntp_request_is_refused() {
    assert_fails("this nonce was sent before", || {
        let server = start(script::silent());
        let mut stream = connect(&server);
        for _ in 0..2 {
            stream.write_all(b"GET /?Nonce=8000001 HTTP/1.1\r\n\r\n").unwrap();
        }
        drop(stream);
        server.finish();
    });
    assert_fails("this transmit timestamp of SNTP was sent before", || {
        let server = Sntp::start(Vec::new()).unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..2 {
            socket.send_to(&[0x5a; 48], server.addr()).unwrap();
        }
        server.finish();
    });
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
    let (mut ones, mut zeros) = (0, 0);
    for _ in 0..1_000 {
        let signed = signer.sign_v1(&request, SystemClock.now().unwrap(), nonce().unwrap()).unwrap();
        let form = signed.wire().to_string();
        let (_, rest) = form.split_once("&Nonce=").unwrap();
        let number: u64 = rest.split_once('&').unwrap().0.parse().unwrap();
        (ones, zeros) = (ones | number, zeros | !number);
    }
    // A bit is the same in 1,000 random numbers with a probability of 2^-999.
    assert_eq!((ones, zeros), (u64::MAX >> 1, u64::MAX));
}
