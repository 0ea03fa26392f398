//! What a request becomes: its target, its head and headers, and which headers a caller cannot add.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use core::num::NonZeroU64;
use support::{credentials, now};
use tc3_core::{
    Call, ContentType, Credentials, Fault, Header, Invalid, Language, List, ParamValue, Query, Signer, api,
    v1,
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");

/// Has a token that is percent-encoded in a query.
fn temporary() -> Credentials<'static> {
    Credentials::temporary("AKIDEXAMPLE", "key", "a+b").unwrap()
}

fn nonce() -> v1::Nonce {
    v1::Nonce::new(NonZeroU64::MIN)
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
            Signer::new(credentials()).sign(&string, now()).head().to_string(),
            Signer::new(credentials()).sign(&bytes, now()).head().to_string(),
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
fn a_v1_request_has_its_parameters_in_the_target_or_in_the_body() {
    let call = api!("cvm", "2017-03-12").path("/v2").action("DescribeZones").trace_id("0a1b");
    let headers = [Header::Unsigned("X-More", "1"), Header::Unsigned("X-Most", "2")];
    let call = call.headers(&headers);
    for (method, credentials) in [
        (v1::Method::Get, credentials()),
        (v1::Method::Get, temporary()),
        (v1::Method::Post, credentials()),
        (v1::Method::Post, temporary()),
    ] {
        let request = call.v1(method, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
        let mut signer = Signer::new(credentials);
        let signed = signer.sign_v1(&request, now(), nonce()).unwrap();
        let (wire, without) = (signed.wire().to_string(), signed.wire_without_token());
        assert!(wire.starts_with("Action=DescribeZones&Nonce=1&SecretId=AKID"), "{wire}");
        assert_eq!(without.to_string(), wire.replacen("&Token=a%2Bb", "", 1));
        let (target, length) = match method {
            v1::Method::Get => (format!("/v2?{wire}"), String::new()),
            v1::Method::Post => ("/v2".to_owned(), format!("Content-Length: {}\r\n", wire.len())),
        };
        assert_eq!(signed.target().to_string(), target);
        assert_eq!(
            signed.head().to_string(),
            format!(
                "{} {target} HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n{length}\
                 X-TC-TraceId: 0a1b\r\nX-More: 1\r\nX-Most: 2\r\n\r\n",
                method.as_str()
            )
        );
        assert!(core::ptr::eq(signed.request(), &request));
        let has_token = wire.contains("&Token=a%2Bb&");
        let sensitive = [
            signed.head().is_sensitive(),
            signed.wire().is_sensitive(),
            signed.string_to_sign().is_sensitive(),
            without.is_sensitive(),
            signed.target().is_sensitive(),
        ];
        let is_get = method == v1::Method::Get;
        assert_eq!(sensitive, [has_token, has_token, has_token, false, has_token && is_get], "{wire}");
    }
}

/// Add each new setter here: this alone shows that its header is reserved.
fn all_options() -> Call<'static> {
    CALL.language(Language::English).request_client("tests").trace_id("d2c9")
}

#[track_caller]
fn assert_reserved(name: &str) {
    let refused = Err(Invalid::Item { list: List::Headers, index: 0, fault: Fault::Reserved });
    for name in [name.to_owned(), name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
        for header in [Header::Unsigned(&name, "1"), Header::Signed(&name, "1")] {
            assert_eq!(CALL.headers(&[header]).json("{}").map(drop), refused, "{name}");
        }
    }
}

#[test]
fn every_header_that_tc3_writes_is_reserved() {
    let request = all_options().unsigned(ContentType::Octets, 1).unwrap();
    let signed = Signer::new(temporary()).sign(&request, now());
    let names: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    names.iter().for_each(|name| assert_reserved(name));
    assert_eq!(
        names.join(" "),
        "Host Content-Type Content-Length Authorization X-TC-Action X-TC-Version X-TC-Timestamp X-TC-Region \
         X-TC-Token X-TC-Language X-TC-RequestClient X-TC-TraceId X-TC-Content-SHA256"
    );
}

#[test]
fn every_header_that_v1_writes_is_reserved() {
    let request = all_options().v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(temporary());
    let signed = signer.sign_v1(&request, now(), nonce()).unwrap();
    let names: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    names.iter().for_each(|name| assert_reserved(name));
    assert_eq!(names, ["Host", "Content-Type", "Content-Length", "X-TC-TraceId"]);
}

#[test]
fn headers_that_change_the_framing_of_the_answer_are_reserved() {
    for name in ["Transfer-Encoding", "Accept-Encoding"] {
        assert_reserved(name);
    }
}
