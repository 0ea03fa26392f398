//! What the library, the program and the gateway draw at random: 64 draws, bit by bit.

use crate::server::{CALL, CVM, LONG_TERM_KEY, TestServer, now, run, signer};
use rustls::ALL_VERSIONS;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::{array, collections::HashSet};
use tc3_core::v1::{Algorithm, Method, Params};
use tc3_std::nonce;

/// Fails unless this number of bits is random: each takes both values, and none is always that of another bit or its
/// inverse. 64 draws of 128 random bits fail with a probability of 2^-50.
#[track_caller]
fn assert_random(what: &str, bits: usize, draw: impl FnMut(usize) -> u128) {
    let draws: [u128; 64] = array::from_fn(draw);
    let mut columns = HashSet::from([0]);
    for bit in 0..128 {
        let column = draws.iter().fold(0_u64, |column, draw| column << 1 | u64::from(draw >> bit & 1 == 1));
        columns.insert(if column & 1 == 0 { column } else { !column });
    }
    assert_eq!(columns.len() - 1, bits, "random bits of {what}: {draws:#034x?}");
}

/// The text between two others.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(after).next().unwrap()
}

#[test]
fn nonces_and_boundaries_of_library_and_program_use_all_bits() {
    let request = CVM.action("DescribeZones").v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
    let nonce_in = |form: &str| between(form, "&Nonce=", "&").parse().unwrap();
    assert_random("the library's nonce", 63, |_| {
        nonce_in(&signer().sign_v1(&request, now(), nonce().unwrap()).unwrap().wire().to_string())
    });
    let sign = |more: &[&str]| run(&[&["sign"], &CALL[1..], more].concat(), &LONG_TERM_KEY, b"").out;
    assert_random("the program's nonce", 63, |_| {
        nonce_in(&sign(&["--v1", "HmacSHA256", "--timestamp", "1551113065"]))
    });
    assert_random("the boundary", 64, |_| {
        u128::from_str_radix(between(&sign(&["--form", "A=b"]), "boundary=tc3-part-", "\r\n"), 16).unwrap()
    });
}

#[test]
fn request_ids_are_random_uuids() {
    let server = TestServer::new();
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let mut connection = server.client().open("127.0.0.1").unwrap();
    assert_random("the request ID", 122, |_| {
        let reply = connection.send(signer().sign(&request, now())).unwrap();
        let id = reply.request_id().unwrap();
        let number = u128::from_str_radix(&id.replace('-', ""), 16).unwrap();
        let dashes = id.match_indices('-').map(|(at, _)| at).collect();
        let shape: (Vec<_>, _, _) = (dashes, number >> 76 & 15, number >> 62 & 3);
        assert_eq!(shape, (vec![8, 13, 18, 23], 4, 2), "dashes, version and variant of {id}");
        number
    });
}

/// The last 8 bytes of the P-256 key in this certificate.
fn key(certificate: &[u8]) -> u128 {
    let at = certificate.windows(4).position(|part| part == [3, 66, 0, 4]).unwrap();
    u64::from_be_bytes(*certificate[at + 60..].first_chunk().unwrap()).into()
}

#[test]
fn each_gateway_has_keys_of_its_own_and_each_certificate_a_serial_number() {
    assert_random("the keys of authority and server", 128, |_| {
        let server = TestServer::new();
        let authority = CertificateDer::from_pem_file(&server.ca).unwrap();
        let session = server.session("localhost", ALL_VERSIONS).unwrap();
        key(&authority) << 64 | key(&session.peer_certificates().unwrap()[0])
    });
    let server = TestServer::new();
    assert_random("the serial number", 64, |number| {
        let session = server.session(&format!("host-{number}.example"), ALL_VERSIONS).unwrap();
        let certificate = &session.peer_certificates().unwrap()[0];
        // After the tag and the version.
        let at = certificate.windows(6).position(|part| part == [0xa0, 3, 2, 1, 2, 2]).unwrap();
        let serial = &certificate[at + 7..][..usize::from(certificate[at + 6])];
        serial.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
    });
}
