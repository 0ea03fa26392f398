//! A server refuses randomness that repeats or gives a secret away, and that of real clients passes.

use crate::{
    client::{NOW, connect},
    hostile::client_hello,
};
use p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};
use peer::{
    hostile::Hostile,
    pki,
    server::{Config, Http, Server, script},
};
use std::{
    collections::BTreeSet,
    io::Write,
    net::{TcpStream, UdpSocket},
};
use tc3_core::{Credentials, Signer, Timestamp, api, v1};
use tc3_std::{
    Timeouts, dial, nonce,
    tls::{Tls, Trust},
};

/// Sends these ClientHellos to a server, one on each connection.
fn send(hellos: &[Vec<u8>]) {
    let server = Hostile::start(&pki::ecdsa(NOW), Vec::new()).unwrap();
    for hello in hellos {
        TcpStream::connect(server.addr()).unwrap().write_all(hello).unwrap();
    }
    assert_eq!(server.finish().connections.len(), hellos.len());
}

/// Where a `rustls` client's ClientHello has its random: after the headers of record and message, and the
/// version.
const RANDOM: std::ops::Range<usize> = 11..43;

#[test]
#[should_panic(expected = "this random was sent before")]
fn a_repeated_random_is_refused() {
    let (first, mut second) = (client_hello(), client_hello());
    second[RANDOM].copy_from_slice(&first[RANDOM]);
    send(&[first, second]);
}

#[test]
#[should_panic(expected = "this session ID was sent before")]
fn a_repeated_session_id_is_refused_even_by_another_server() {
    let (first, mut second) = (client_hello(), client_hello());
    second[44..76].copy_from_slice(&first[44..76]);
    send(&[first]);
    send(&[second]);
}

/// A ClientHello with this random and the key share of this private key.
fn hello_of(random: [u8; 32], private: [u8; 32]) -> Vec<u8> {
    let mut hello = client_hello();
    hello[RANDOM].copy_from_slice(&random);
    let at = hello.windows(4).position(|it| it == [0, 0x17, 0, 65]).unwrap() + 4;
    let public = SecretKey::from_slice(&private).unwrap().public_key();
    hello[at..at + 65].copy_from_slice(public.to_encoded_point(false).as_bytes());
    hello
}

#[test]
#[should_panic(expected = "this key share was sent before")]
fn a_repeated_key_share_is_refused() {
    send(&[hello_of([0x31; 32], [7; 32]), hello_of([0x32; 32], [7; 32])]);
}

#[test]
#[should_panic(expected = "the private key is the random")]
fn a_random_that_is_the_private_key_is_refused() {
    send(&[hello_of([0x33; 32], [0x33; 32])]);
}

#[test]
#[should_panic(expected = "the private key is the inverted random")]
fn a_random_from_which_the_private_key_follows_is_refused() {
    send(&[hello_of([0x34; 32], [!0x34; 32])]);
}

fn form_with(nonce: v1::Nonce) -> String {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let now = Timestamp::from_unix(NOW).unwrap();
    signer.sign_v1(&request, now, nonce).unwrap().wire().to_string()
}

/// The program's connections: two that fail and two that succeed, each with a v1 nonce.
#[test]
fn connections_of_tc3_std_repeat_nothing() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::each(script::silent())).unwrap();
    let tls = Tls::new(Trust::empty()).unwrap();
    for _ in 0..3 {
        let socket = dial(&server.addr().to_string(), Timeouts::default()).unwrap();
        assert!(tls.connect(pki::HOST, socket).is_err());
    }
    let log = server.finish();
    let hellos: Vec<_> = log.connections.iter().map(|it| it.client_hello().unwrap()).collect();
    assert_eq!(hellos.len(), 3);
    let lens = hellos.iter().map(|it| it.session_id.len());
    assert_eq!(lens.collect::<Vec<_>>(), [32; 3]);
}

#[test]
fn nonces_of_tc3_std_repeat_nothing_and_use_all_63_bits() {
    let mut seen = BTreeSet::new();
    let (mut ones, mut zeros) = (0, 0);
    for _ in 0..1_000 {
        let form = form_with(nonce().unwrap());
        let (_, rest) = form.split_once("&Nonce=").unwrap();
        let number: u64 = rest.split_once('&').unwrap().0.parse().unwrap();
        assert!(seen.insert(number), "{number} twice");
        (ones, zeros) = (ones | number, zeros | !number);
    }
    // A bit is the same in 1,000 random numbers with a probability of 2^-999.
    assert_eq!((ones, zeros), (u64::MAX >> 1, u64::MAX));
}

#[test]
#[should_panic(expected = "this nonce was sent before")]
fn a_repeated_nonce_is_refused() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::each(script::silent())).unwrap();
    let mut stream = connect(server.addr(), &identity).unwrap();
    let form = form_with(nonce().unwrap());
    for _ in 0..2 {
        write!(stream, "POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{form}", form.len()).unwrap();
    }
    drop(stream);
    let _ = server.finish();
}

#[test]
#[should_panic(expected = "this transmit timestamp of SNTP was sent before")]
fn a_repeated_transmit_timestamp_is_refused() {
    let server = peer::sntp::Sntp::start(vec![None]).unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..2 {
        socket.send_to(&[0x5a; 48], server.addr()).unwrap();
    }
    let _ = server.finish();
}
