//! Different ways to build and read the same request.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::num::NonZeroU64;
use tc3_core::{
    Call, ContentType, Credentials, Fault, Header, Invalid, List, ParamValue, Query, Signer, Timestamp, api,
    v1,
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

fn signer() -> Signer<'static> {
    Signer::new(Credentials::new("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE").unwrap())
}

#[test]
fn a_string_body_is_signed_like_its_bytes() {
    for content_type in [
        ContentType::Json,
        ContentType::JsonUtf8,
        ContentType::Octets,
        ContentType::OctetsUtf8,
        ContentType::Multipart { boundary: "bound" },
    ] {
        let string = CALL.text(content_type, "{\"Name\":\"广州\"}").unwrap();
        let bytes = CALL.post(content_type, "{\"Name\":\"广州\"}".as_bytes()).unwrap();
        assert_eq!(
            signer().sign(&string, now()).head().to_string(),
            signer().sign(&bytes, now()).head().to_string(),
            "{content_type:?}"
        );
    }
    let upper_case = ContentType::Multipart { boundary: "Bound" };
    assert_eq!(CALL.text(upper_case, "").map(drop), CALL.post(upper_case, b"").map(drop));
    assert!(CALL.text(upper_case, "").is_err());
}

#[test]
fn a_target_has_a_question_mark_only_before_a_query() {
    let target = |query| CALL.get(query).unwrap().target().to_string();
    assert_eq!(target(Query::EMPTY), "/");
    assert_eq!(target(Query::params(&[]).unwrap()), "/");
    assert_eq!(target(Query::params(&[("Limit", ParamValue::Int(1))]).unwrap()), "/?Limit=1");
}

#[test]
fn a_signed_request_returns_its_timestamp_and_request() {
    let request = CALL.json("{}").unwrap();
    let signed = signer().sign(&request, now());
    assert_eq!(signed.timestamp().unix(), 1_551_113_065);
    assert_eq!(signed.request().body_len(), 2);
}

#[test]
fn v1_sends_the_headers_that_it_does_not_sign() {
    let headers = [Header::Unsigned("X-More", "1"), Header::Unsigned("X-Most", "2")];
    let call = CALL.headers(&headers);
    let request = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let signed = signer().sign_v1(&request, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let sent: Vec<_> = signed.headers().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(
        sent,
        [
            "Host: cvm.tencentcloudapi.com",
            "Content-Type: application/x-www-form-urlencoded",
            &format!("Content-Length: {}", signed.body_len()),
            "X-More: 1",
            "X-Most: 2",
        ]
    );
    assert!(core::ptr::eq(signed.request(), &request));
    let signing = [Header::Unsigned("X-More", "1"), Header::SignAction];
    let refused =
        CALL.headers(&signing).v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).map(drop);
    assert_eq!(refused, Err(Invalid::Item { list: List::Headers, index: 1, fault: Fault::Unsignable }));
}
