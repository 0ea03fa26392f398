//! The bytes of a request signed with signature v1.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::num::NonZeroU64;
use tc3_core::{Credentials, Header, Signer, Timestamp, api, v1};

/// Head, parameters, length of the body, and which encodings are sensitive.
fn signed(method: v1::Method, credentials: Credentials<'_>) -> (String, String, u64, [bool; 3]) {
    let call = api!("cvm", "2017-03-12").action("DescribeZones").trace_id("0a1b");
    let call = call.headers(&[Header::Unsigned("X-Free", "c")]);
    let request = call.v1(method, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(credentials);
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let signed = signer.sign_v1(&request, now, v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let sensitive =
        [signed.head().is_sensitive(), signed.wire().is_sensitive(), signed.string_to_sign().is_sensitive()];
    (signed.head().to_string(), signed.wire().to_string(), signed.body_len(), sensitive)
}

fn permanent() -> Credentials<'static> {
    Credentials::new("AKIDEXAMPLE", "key").unwrap()
}

#[test]
fn a_get_has_its_parameters_in_the_request_line_and_no_content_length() {
    let (head, form, len, _) = signed(v1::Method::Get, permanent());
    let expected = format!(
        "GET /?{form} HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nX-TC-TraceId: 0a1b\r\nX-Free: c\r\n\r\n"
    );
    assert_eq!((head, len), (expected, 0));
    assert!(form.starts_with("Action=DescribeZones&Nonce=1&SecretId=AKIDEXAMPLE&"), "{form}");
}

#[test]
fn a_post_has_its_parameters_in_the_body_and_a_content_length() {
    let (head, form, len, _) = signed(v1::Method::Post, permanent());
    let expected = format!(
        "POST / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len}\r\n\
         X-TC-TraceId: 0a1b\r\nX-Free: c\r\n\r\n"
    );
    assert_eq!((head, len), (expected, u64::try_from(form.len()).unwrap()));
}

#[test]
fn an_encoding_with_a_token_is_sensitive() {
    let temporary = Credentials::temporary("AKIDEXAMPLE", "key", "token").unwrap();
    for method in [v1::Method::Get, v1::Method::Post] {
        assert_eq!(signed(method, permanent()).3, [false; 3]);
        assert_eq!(signed(method, temporary).3, [true; 3]);
    }
}

#[test]
fn target_and_parameters_without_the_token_are_parts_of_what_is_sent() {
    let call = api!("cvm", "2017-03-12").path("/v2").action("DescribeZones");
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let temporary = Credentials::temporary("AKIDEXAMPLE", "key", "a+b").unwrap();
    for (method, has_query) in [(v1::Method::Get, true), (v1::Method::Post, false)] {
        let request = call.v1(method, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
        let nonce = v1::Nonce::new(NonZeroU64::MIN);
        let signed = Signer::new(temporary).sign_v1(&request, now, nonce).unwrap();
        let (wire, target) = (signed.wire().to_string(), signed.target());
        assert_eq!(target.to_string(), if has_query { format!("/v2?{wire}") } else { "/v2".to_owned() });
        assert_eq!(target.is_sensitive(), has_query);
        let line = format!("{} {target} HTTP/1.1\r\n", signed.request().method().as_str());
        assert!(signed.head().to_string().starts_with(&line), "{line}");
        let without = signed.wire_without_token();
        assert_eq!(without.to_string(), wire.replacen("&Token=a%2Bb", "", 1));
        assert!(!without.is_sensitive() && wire.contains("&Token=a%2Bb&"));
    }
}
