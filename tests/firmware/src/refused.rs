//! Servers that are not trusted, and clocks: each refused for its own reason before the first byte
//! of a request.

use peer::pki::{self, Identity};
use peer::server::{Config, script};

use crate::case::Case;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        chain("wrong host", pki::wrong_host, "the certificate names other hosts"),
        chain("foreign root", pki::foreign_root, "no path from the certificate to a trusted root"),
        chain("expired", pki::expired, "certificate expired at "),
        chain("not yet valid", pki::not_yet_valid, "certificate is valid from "),
        chain(
            "CA:FALSE acting as CA",
            pki::leaf_as_ca,
            "a certificate was issued by one that is no authority",
        ),
        chain("missing serverAuth", pki::without_server_auth, "a certificate is not for servers"),
        chain("path too long", pki::path_too_long, "more authorities in the path than one of them allows"),
        chain(
            "intermediate without keyCertSign",
            pki::ca_without_cert_sign,
            "an authority's key is not for signing certificates",
        ),
        chain(
            "leaf without digitalSignature",
            pki::without_digital_signature,
            "the server's key is not for signing handshakes",
        ),
        Case::script("TLS 1.2 only", script::silent())
            .adjust(Config::tls12)
            .refused("the server speaks no TLS 1.3"),
        Case::script("clock unset", script::silent()).now(None).refused("clock was not set"),
        Case::script("clock before the floor", script::silent())
            .now(Some(1_000_000_000))
            .refused("before the clock's floor"),
    ]
}

fn chain(name: &'static str, identity: fn(u64) -> Identity, reason: &'static str) -> Case {
    Case::script(name, script::silent()).identity(identity).refused(reason)
}
