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
    sntp::Sntp,
};
use std::{
    collections::BTreeSet,
    io::Write,
    net::{TcpStream, UdpSocket},
    ops::Range,
    panic::{UnwindSafe, catch_unwind},
};
use tc3_core::{Credentials, Signer, Timestamp, api, v1};
use tc3_std::{
    Timeouts, dial, nonce,
    tls::{Tls, Trust},
};

/// Where a `rustls` client's ClientHello has its random and session ID: after the headers of record and
/// message, and the version.
const RANDOM: Range<usize> = 11..43;
const SESSION_ID: Range<usize> = 44..76;

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
fn failure(action: impl FnOnce() + UnwindSafe) -> String {
    let panic = catch_unwind(action).expect_err("this should be refused");
    *panic.downcast::<String>().unwrap()
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
            let server = Hostile::start(&pki::ecdsa(NOW), Vec::new()).unwrap();
            for hello in &hellos {
                TcpStream::connect(server.addr()).unwrap().write_all(hello).unwrap();
            }
            let _ = server.finish();
        });
        assert!(failed.contains(reason), "{reason:?} is not in {failed:?}");
    }
}

fn form_with(nonce: v1::Nonce) -> String {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let now = Timestamp::from_unix(NOW).unwrap();
    signer.sign_v1(&request, now, nonce).unwrap().wire().to_string()
}

/// The server checks what each attempt sent.
#[test]
fn failed_attempts_of_tc3_std_repeat_nothing() {
    let identity = pki::ecdsa(NOW);
    let server = Server::start(Config::new(&identity), Http::Script(script::silent())).unwrap();
    let tls = Tls::new(Trust::empty()).unwrap();
    for _ in 0..3 {
        let socket = dial(&server.addr().to_string(), Timeouts::default()).unwrap();
        assert!(tls.connect(pki::HOST, socket).is_err());
    }
    let hellos = server.finish().connections.into_iter().filter_map(|it| it.client_hello());
    assert_eq!(hellos.map(|it| it.session_id.len()).collect::<Vec<_>>(), [32; 3]);
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
fn a_repeated_nonce_or_number_of_an_sntp_request_is_refused() {
    let failed = failure(|| {
        let identity = pki::ecdsa(NOW);
        let server = Server::start(Config::new(&identity), Http::Script(script::silent())).unwrap();
        let mut stream = connect(server.addr(), &identity).unwrap();
        let form = form_with(nonce().unwrap());
        for _ in 0..2 {
            write!(stream, "POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{form}", form.len()).unwrap();
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
