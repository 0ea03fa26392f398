//! Servers that fail authentication, and clocks that are wrong. The firmware must refuse each for the
//! expected reason, before it sends the first byte of a request.

use peer::hostile::script::{answer, handshake};
use peer::hostile::{Message, Proof, Step};
use peer::pki::{self, Identity};
use peer::server::{Config, script};
use peer::sntp::Reply;

use crate::case::{Case, Clock};
use crate::image::Image;
use crate::server::NOW;

pub(crate) fn cases() -> Vec<Case> {
    [chains(), proofs(), clocks()].concat()
}

fn chains() -> Vec<Case> {
    let chain = |name, identity: fn(u64) -> Identity, reason| silent(name).identity(identity).refused(reason);
    vec![
        chain("wrong host", pki::wrong_host, "the certificate names other hosts"),
        chain("unknown root", pki::foreign_root, "no path from the certificate to a trusted root"),
        chain("expired", pki::expired, "certificate expired at"),
        chain("not yet valid", pki::not_yet_valid, "certificate is valid from"),
        chain(
            "CA:FALSE acting as CA",
            pki::leaf_as_ca,
            "a certificate was issued by one that is no authority",
        ),
        chain("missing serverAuth", pki::without_server_auth, "a certificate is not for servers"),
        chain(
            "path length exceeded",
            pki::path_too_long,
            "more authorities in the path than one of them allows",
        ),
        chain(
            "CA without keyCertSign",
            pki::ca_without_cert_sign,
            "an authority's key is not for signing certificates",
        ),
        chain(
            "leaf without digitalSignature",
            pki::without_digital_signature,
            "the server's key is not for signing handshakes",
        ),
        silent("pin mismatch").word(format!("pin={}", "07".repeat(32))).refused("no pinned key in the chain"),
        silent("TLS 1.2 only").adjust(Config::tls12).refused("the server speaks no TLS 1.3"),
    ]
}

fn proofs() -> Vec<Case> {
    let [hello, extensions, certificate, verify, finished] = handshake();
    let verified = |name, proof, reason| {
        let flight = vec![
            hello.clone(),
            extensions.clone(),
            certificate.clone(),
            Step::Say(vec![proof]),
            finished.clone(),
        ];
        accepting(name, flight).refused(reason)
    };
    let bad = Message::Corrupt(Box::new(Message::CertificateVerify(Proof::Honest)));
    let nothing = vec![hello.clone(), extensions.clone(), finished.clone()];
    let no_signature = vec![hello.clone(), extensions.clone(), certificate.clone(), finished.clone()];
    let no_certificate = vec![hello.clone(), extensions.clone(), verify, finished.clone()];
    vec![
        accepting("no Certificate, no CertificateVerify", nothing).refused("the server sent no certificate"),
        accepting("no Certificate", no_certificate).refused("the server sent no certificate"),
        accepting("no CertificateVerify", no_signature).refused("the server did not sign the handshake"),
        verified("bad signature", bad, "the signature over the handshake is wrong"),
        verified(
            "signature by another key",
            Message::CertificateVerify(Proof::ByAnotherKey),
            "the signature over the handshake is wrong",
        ),
        verified(
            "signature of another handshake",
            Message::CertificateVerify(Proof::OfAnotherHandshake),
            "the signature over the handshake is wrong",
        ),
    ]
}

fn clocks() -> Vec<Case> {
    let unset = Reply { leap: 3, ..Reply::at(NOW) };
    vec![
        silent("clock unset").clock(Clock::Unset).refused("clock was not set"),
        silent("clock before the floor")
            .clock(Clock::Shows(1_000_000_000))
            .refused("clock shows 2001-09-09T01:46:40Z, but it is "),
        silent("unsynchronized SNTP server")
            .clock(Clock::Sntp(vec![unset]))
            .on(&[Image::CortexMEthernet])
            .refused("sntp"),
    ]
}

/// A server with a correct handshake that never responds to a request.
fn silent(name: &'static str) -> Case {
    Case::script(name, script::silent())
}

/// A server that sends this handshake, and responds if the client accepts it.
fn accepting(name: &'static str, flight: Vec<Step>) -> Case {
    Case::hostile(name, [flight, answer("{}")].concat())
}
