//! Calls that succeed.

use peer::pki;
use peer::server::script;
use peer::sntp::Reply;
use tc3_core::PayloadHasher;

use crate::case::{Case, Clock};
use crate::figures::{ECDSA_HANDSHAKE, RSA_HANDSHAKE};
use crate::image::WITH_ETHERNET;
use crate::server::{NOW, Plan};

const POST: &str = "POST TC3-HMAC-SHA256 DescribeInstances";
const GET: &str = "GET TC3-HMAC-SHA256 DescribeInstances";
const V1: &str = "POST HmacSHA256 DescribeInstances";

/// Seconds that a clock is behind, more than the five minutes that the service allows.
const BEHIND: u64 = 3600;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        done("TC3 POST", "post", &[POST]).measures(ECDSA_HANDSHAKE),
        done("TC3 GET", "get", &[GET]),
        done("v1 HmacSHA256", "v1", &[V1]),
        done("three calls, one connection", "keepalive", &[POST; 3])
            .sees("connections: 1, with a completed handshake: 1"),
        done("chain shaped like the public one", "post", &[POST])
            .identity(pki::public_shaped)
            .measures(RSA_HANDSHAKE),
        done("cross-certified chain", "post", &[POST]).identity(pki::cross_certified),
        done("retry after SignatureExpire", "retry", &["AuthFailure.SignatureExpire", POST])
            .clock(Clock::Shows(NOW - BEHIND)),
        pieces(),
        done("time by SNTP", "post", &[POST])
            .clock(Clock::Sntp(vec![Reply::at(NOW)]))
            .on(WITH_ETHERNET)
            .sees("SNTP requests: 1"),
    ]
}

fn done(name: &'static str, case: &str, verdicts: &[&str]) -> Case {
    Case::new(name, Plan::Gateway)
        .word(format!("case={case}"))
        .sees(format!("verdicts: {}", verdicts.join(", ")))
        .sees(format!("requests: {}", verdicts.len()))
        .prints("result: ok status=200 ".to_owned())
}

/// A response of 100 KB, which does not fit the firmware's buffer of 1 KB.
fn pieces() -> Case {
    let body = script::body_of(100_000);
    let mut hasher = PayloadHasher::default();
    hasher.update(body.as_bytes());
    let digest = hasher.finish().digest().map(|byte| format!("{byte:02x}")).concat();
    Case::script("100 KB chunked response in pieces", script::chunked(&body))
        .word("case=pieces")
        .sees("requests: 1")
        .prints(format!("length={} sha256={digest}", body.len()))
}
