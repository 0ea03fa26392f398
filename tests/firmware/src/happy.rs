//! Calls that succeed.

use peer::pki;
use peer::server::script;
use peer::sntp::Reply;
use tc3_core::PayloadHasher;

use crate::case::{Case, Clock, DONE, Expected};
use crate::image::Image;
use crate::server::NOW;
use crate::table::Metric;

const POST: &str = "POST TC3-HMAC-SHA256 DescribeInstances";
const GET: &str = "GET TC3-HMAC-SHA256 DescribeInstances";
const V1: &str = "POST HmacSHA256 DescribeInstances";

/// Beyond the five minutes that the service allows a clock to be wrong.
const TOO_LATE: u64 = 3600;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        done("TC3 POST", "post", &[POST]).measures(Metric::EcdsaHandshake),
        done("TC3 GET", "get", &[GET]),
        done("v1 HmacSHA256", "v1", &[V1]),
        done("three calls, one connection", "keepalive", &[POST; 3]).expect([Expected::Connections(1)]),
        done("chain of the public shape", "post", &[POST])
            .identity(pki::public_shaped)
            .measures(Metric::RsaHandshake),
        done("the same, cross-certified", "post", &[POST]).identity(pki::cross_certified),
        done("retry after SignatureExpire", "retry", &["AuthFailure.SignatureExpire", POST])
            .clock(Clock::Shows(NOW - TOO_LATE)),
        pieces(),
        done("time by SNTP", "post", &[POST])
            .clock(Clock::Sntp(vec![Reply::at(NOW)]))
            .on(&[Image::CortexMEthernet])
            .expect([Expected::Questions(1)]),
    ]
}

fn done(name: &'static str, calls: &str, verdicts: &'static [&'static str]) -> Case {
    Case::gateway(name).word(format!("case={calls}")).expect([
        Expected::Status(DONE),
        Expected::Verdicts(verdicts),
        Expected::Requests(verdicts.len()),
        Expected::Line("result: ok status=200 ".to_owned()),
    ])
}

/// 100 KB through a buffer of 1 KB: they have to be in pieces.
fn pieces() -> Case {
    let body = script::body_of(100_000);
    let mut hasher = PayloadHasher::default();
    hasher.update(body.as_bytes());
    let digest = hasher.finish().digest().map(|byte| format!("{byte:02x}")).concat();
    Case::script("100 KB of chunks in pieces", script::chunked(&body)).word("case=pieces").expect([
        Expected::Status(DONE),
        Expected::Requests(1),
        Expected::Line(format!("length={} sha256={digest}", body.len())),
    ])
}
