//! Servers that fail authentication, and clocks that are wrong. The firmware must refuse each for the
//! expected reason, before it sends the first byte of a request.

use peer::hostile::script::{handshake, response};
use peer::hostile::{HandshakeMessage, Signature, Step};
use peer::pki::{self, Identity};
use peer::server::{Config, script};
use peer::sntp::Reply;

use crate::case::{Case, Clock};
use crate::image::WITH_ETHERNET;
use crate::server::NOW;

pub(crate) fn cases() -> Vec<Case> {
    [chains(), proofs(), clocks()].concat()
}

fn chains() -> Vec<Case> {
    let chain = |name, identity: fn(u64) -> Identity, reason| silent(name).identity(identity).refused(reason);
    vec![
        chain("wrong host", pki::wrong_host, "the server's certificate is for other hosts"),
        chain("unknown root", pki::foreign_root, "no path from the server's certificate to a trusted root"),
        chain("expired", pki::expired, "a certificate is not valid after 20"),
        chain("not yet valid", pki::not_yet_valid, "a certificate is not valid before 20"),
        chain("CA:FALSE acting as CA", pki::leaf_as_ca, "a certificate was not issued by a CA"),
        chain("missing serverAuth", pki::without_server_auth, "a certificate does not allow serverAuth"),
        chain("path length exceeded", pki::path_too_long, "the path is longer than a CA allows"),
        chain(
            "CA without keyCertSign",
            pki::ca_without_cert_sign,
            "a CA's certificate does not allow keyCertSign",
        ),
        chain(
            "leaf without digitalSignature",
            pki::without_digital_signature,
            "the server's certificate does not allow digitalSignature",
        ),
        silent("pin mismatch")
            .word(format!("pin={}", "07".repeat(32)))
            .refused("no certificate on the path has a pinned key"),
        Case {
            adjust: Config::tls12,
            ..silent("TLS 1.2 only").refused("the server does not support TLS 1.3")
        },
    ]
}

fn proofs() -> Vec<Case> {
    let [hello, extensions, certificate, verify, finished] = handshake();
    let verified = |name, proof, reason| {
        let flight = vec![
            hello.clone(),
            extensions.clone(),
            certificate.clone(),
            Step::Send(vec![proof]),
            finished.clone(),
        ];
        accepting(name, flight).refused(reason)
    };
    let bad = HandshakeMessage::Corrupt(Box::new(HandshakeMessage::CertificateVerify(Signature::Valid)));
    let nothing = vec![hello.clone(), extensions.clone(), finished.clone()];
    let no_signature = vec![hello.clone(), extensions.clone(), certificate.clone(), finished.clone()];
    let no_certificate = vec![hello.clone(), extensions.clone(), verify, finished.clone()];
    vec![
        accepting("no Certificate, no CertificateVerify", nothing).refused("the server sent no certificate"),
        accepting("no Certificate", no_certificate).refused("the server sent no certificate"),
        accepting("no CertificateVerify", no_signature).refused("the server did not sign the handshake"),
        verified("bad signature", bad, "the server's signature over the handshake is wrong"),
        verified(
            "signature by another key",
            HandshakeMessage::CertificateVerify(Signature::OtherKey),
            "the server's signature over the handshake is wrong",
        ),
        verified(
            "signature of another handshake",
            HandshakeMessage::CertificateVerify(Signature::OtherTranscript),
            "the server's signature over the handshake is wrong",
        ),
    ]
}

fn clocks() -> Vec<Case> {
    let unset = Reply { leap: 3, ..Reply::at(NOW) };
    vec![
        silent("clock unset").clock(Clock::Unset).refused("clock was not set"),
        silent("clock before the floor")
            .clock(Clock::Shows(1_000_000_000))
            .refused("clock shows 2001-09-09T01:46:40Z, before "),
        silent("unsynchronized SNTP server")
            .clock(Clock::Sntp(vec![unset]))
            .on(WITH_ETHERNET)
            .refused("sntp"),
    ]
}

/// A server with a correct handshake that never responds to a request.
fn silent(name: &'static str) -> Case {
    Case::script(name, script::silent())
}

/// A server that sends this handshake, and responds if the client accepts it.
fn accepting(name: &'static str, flight: Vec<Step>) -> Case {
    Case::hostile(name, [flight, response("{}")].concat())
}
