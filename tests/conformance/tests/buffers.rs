//! Encodes every value into buffers of every length from zero to one more than needed.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test fails by panicking")]

use core::num::NonZeroU64;
use tc3_core::{
    BufferTooSmall, Call, Credentials, Header, ParamValue, Query, Request, Signer, Timestamp, api, v1,
};

const FILL: u8 = 0xa5;

/// A macro, because the type of an encoded value cannot be named outside the crate.
macro_rules! check {
    ($name:expr, $encoded:expr) => {{
        let encoded = $encoded;
        let expected = encoded.to_string();
        assert_eq!(encoded.len(), expected.len(), "{}", $name);
        check($name, &expected, |out| encoded.encode(out));
        check($name, &expected, |out| encoded.encode_str(out).map(str::as_bytes));
    }};
}

fn check(name: &str, expected: &str, encode: impl Fn(&mut [u8]) -> Result<&[u8], BufferTooSmall>) {
    let needed = expected.len();
    assert!(needed > 0, "{name}");
    for given in 0..needed {
        let mut buffer = vec![FILL; given];
        assert_eq!(encode(&mut buffer), Err(BufferTooSmall { needed, given }), "{name}");
        assert!(buffer.iter().all(|byte| *byte == 0), "{name}: a buffer of {given} bytes is not wiped");
    }
    for surplus in [0, 1] {
        let mut buffer = vec![FILL; needed + surplus];
        assert_eq!(encode(&mut buffer).unwrap(), expected.as_bytes(), "{name}");
        assert!(buffer.iter().skip(needed).all(|byte| *byte == FILL), "{name} writes past its end");
    }
}

fn signer() -> Signer<'static> {
    let token = "sts-Zr8uVbCx5nQkPq2W/+=_-.";
    Signer::new(Credentials::temporary("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", token).unwrap())
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

const CALL: Call<'_> = api!("cvm", "2017-03-12")
    .action("DescribeInstances")
    .region("ap-guangzhou")
    .request_client("tests 1.0")
    .trace_id("d2c9")
    .headers(&[Header::SignAction, Header::Signed("X-Own", "A b"), Header::Unsigned("X-More", "1")]);

fn check_tc3(request: &Request<'_>) {
    let mut signer = signer();
    let explanation = signer.explain(request, now());
    check!("canonical request", explanation.canonical_request());
    check!("string to sign", explanation.string_to_sign());
    check!("target", request.target());
    let signed = signer.sign(request, now());
    check!("head", signed.head());
    check!("authorization", signed.authorization());
    for (name, value) in signed.headers() {
        check!(name, value);
    }
}

#[test]
fn every_value_of_a_post_needs_exactly_its_length() {
    check_tc3(&CALL.json("{}").unwrap());
}

#[test]
fn every_value_of_a_post_with_an_unsigned_body_needs_exactly_its_length() {
    check_tc3(&CALL.unsigned(tc3_core::ContentType::Octets, 1_000_000).unwrap());
}

#[test]
fn every_value_of_a_get_needs_exactly_its_length() {
    let zones = [ParamValue::Text("广州"), ParamValue::Int(i64::MIN), ParamValue::Bool(true)];
    let params = [("Zones", ParamValue::List(&zones)), ("Empty", ParamValue::Text(""))];
    check_tc3(&CALL.get(Query::params(&params).unwrap()).unwrap());
}

#[test]
fn every_value_of_a_skipped_signature_needs_exactly_its_length() {
    let request = CALL.json("{}").unwrap();
    let signed = request.skip(now());
    check!("head", signed.head());
    check!("authorization", signed.authorization());
}

#[test]
fn every_value_of_a_v1_request_needs_exactly_its_length() {
    let params = [
        ("Zones", ParamValue::List(&[ParamValue::Text("广州 "), ParamValue::Int(-1)])),
        ("a", ParamValue::Text("+/=")),
    ];
    let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
    for method in [v1::Method::Get, v1::Method::Post] {
        for algorithm in [v1::Algorithm::HmacSha1, v1::Algorithm::HmacSha1Unnamed, v1::Algorithm::HmacSha256]
        {
            let request = call.v1(method, algorithm, v1::Params::unsorted(&params).unwrap()).unwrap();
            let nonce = v1::Nonce::new(NonZeroU64::MAX);
            let signed = signer().sign_v1(&request, now(), nonce).unwrap();
            check!("v1 string to sign", signed.string_to_sign());
            check!("v1 signature", signed.signature());
            check!("v1 wire", signed.wire());
            check!("v1 head", signed.head());
            for (name, value) in signed.headers() {
                check!(name, value);
            }
        }
    }
}
