//! Every rejection of the verifier, caused by a real message, without allocating.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use core::num::NonZeroU64;
use reference::{format_error, without_allocating};
use tc3_core::{
    Call, Credentials, Header, ParamValue, Signer, Timestamp, api, v1,
    verify::{
        self, Body, Item, Message,
        Rejection::{self, Malformed, Missing},
        Verifier,
    },
};

const PLAIN: Call<'_> = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");

fn credentials() -> Credentials<'static> {
    Credentials::new("AKIDEXAMPLE", "key").unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

/// How to verify a message.
#[derive(Clone, Copy, Debug)]
enum As {
    Tc3,
    /// With a buffer for as many parameters.
    V1(usize),
}

fn read_and_verify(message: &Message<'_>, signature: As) -> Result<(), Rejection> {
    let mut verifier = Verifier::new();
    let As::V1(capacity) = signature else {
        return verifier.tc3(&verify::tc3::Claim::read(message)?, &credentials(), now());
    };
    let mut buffer = [verify::v1::Parameter::default(); 24];
    let claim = verify::v1::Claim::read(message, &mut buffer[..capacity])?;
    verifier.v1(&claim, &credentials(), now())
}

/// Splits the head, which allocates, then verifies the message and formats its rejection.
#[track_caller]
fn check(head: &str, body: &[u8], signature: As, expected: Result<(), Rejection>) {
    let (line, fields) = head.split_once("\r\n").unwrap();
    let [method, target, _] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
    let fields = fields.trim_end().split("\r\n").map(|field| field.split_once(':').unwrap());
    let headers: Vec<_> = fields.map(|(name, value)| (name, value.as_bytes())).collect();
    let message = Message { method, target, headers: &headers, body: Body::Whole(body) };
    let result = without_allocating("verification", || read_and_verify(&message, signature));
    assert_eq!(result, expected, "{head}");
    if let Err(rejection) = result {
        format_error(&rejection);
        assert_ne!(rejection.code(), "", "{rejection}");
    }
}

/// Part of a message, what replaces it, and the rejection.
type Changes<'a> = &'a [(&'a str, &'a str, Rejection)];

fn check_changes(message: &str, changes: Changes<'_>, check: impl Fn(&str, Result<(), Rejection>)) {
    check(message, Ok(()));
    for (from, to, expected) in changes {
        assert!(message.contains(from), "{from} is not in {message}");
        check(&message.replacen(from, to, 1), Err(*expected));
    }
}

#[test]
fn every_tc3_rejection_is_detected_without_allocating() {
    let headers = [Header::SignAction, Header::Signed("X-Own", "A b"), Header::Unsigned("X-More", "1")];
    let head =
        |call: Call<'_>| Signer::new(credentials()).sign(&call.json("{}").unwrap(), now()).head().to_string();
    let signed = head(PLAIN.request_client("tests").headers(&headers));
    let expired = Rejection::Expired { seconds: 1065, window: 300 };
    let changes: Changes<'_> = &[
        ("POST / ", "PUT / ", Rejection::Method),
        ("POST / ", "POST * ", Malformed(Item::Target)),
        ("POST / ", "POST /?a=1 ", Rejection::Query),
        ("Authorization: ", "X-Gone: ", Missing(Item::Authorization)),
        ("Authorization: ", "Authorization: TC3-HMAC-SHA1 ", Malformed(Item::Algorithm)),
        ("Authorization: ", "Authorization: SKIP\r\nX-Gone: ", Rejection::Unsigned),
        ("Credential=", "credential=", Malformed(Item::Credential)),
        ("SignedHeaders=", "signedHeaders=", Malformed(Item::SignedHeaders)),
        ("Signature=", "Signature=0", Malformed(Item::Signature)),
        ("Signature=", "Signature=0, Signature=", Malformed(Item::Authorization)),
        ("content-type;host", "content-type;host;x-gone", Missing(Item::SignedHeader)),
        ("content-type;host", "host", Rejection::Uncovered),
        ("\r\nX-TC-Version", "\r\nHost: x\r\nX-TC-Version", Malformed(Item::SignedHeader)),
        ("Host: cvm.tencentcloudapi.com", "Host:", Missing(Item::Host)),
        ("X-TC-Timestamp: ", "X-TC-Timestamp: 0", Malformed(Item::Timestamp)),
        ("X-TC-Timestamp: ", "X-Gone: ", Missing(Item::Timestamp)),
        ("X-TC-Timestamp: 1551113065", "X-TC-Timestamp: 1551112000", expired),
        ("X-TC-Version: ", "X-Gone: ", Missing(Item::Version)),
        ("X-TC-Version: ", "X-TC-Version: x\r\nX-TC-Version: ", Malformed(Item::Version)),
        ("X-TC-Region: ", "X-TC-Region: x\r\nX-TC-Region: ", Malformed(Item::Region)),
        ("X-TC-Region: ", "X-TC-Token: t\r\nX-TC-Token: t\r\nX-TC-Region: ", Malformed(Item::Token)),
        ("X-TC-Region: ", "X-TC-Token: t\r\nX-TC-Region: ", Rejection::Token),
        ("X-TC-Region: ", "X-TC-Content-SHA256: a\r\nX-TC-Region: ", Malformed(Item::ContentSha256)),
        ("/2019-02-25/", "/2019-02-26/", Rejection::Date),
        ("/cvm/", "/cbs/", Rejection::Service),
        ("AKIDEXAMPLE", "AKIDOTHER", Rejection::SecretId),
        ("X-Own: A b", "X-Own: A c", Rejection::Signature),
    ];
    check_changes(&signed, changes, |head, expected| check(head, b"{}", As::Tc3, expected));
    // Only an action that is not signed can be missing or duplicated.
    let changes: Changes<'_> = &[
        ("X-TC-Action", "X-Gone", Missing(Item::Action)),
        ("X-TC-Action", "X-TC-Action: a\r\nX-TC-Action", Malformed(Item::Action)),
    ];
    check_changes(&head(PLAIN), changes, |head, expected| check(head, b"{}", As::Tc3, expected));
    let (bytes, limit) = (10 * 1024 * 1024 + 1, 10 * 1024 * 1024);
    check(&signed, &vec![b' '; 10 * 1024 * 1024 + 1], As::Tc3, Err(Rejection::TooLarge { bytes, limit }));
}

#[test]
fn every_v1_rejection_is_detected_without_allocating() {
    let params = [("Name", ParamValue::Text("广州")), ("Ids", ParamValue::List(&[ParamValue::Int(1); 12]))];
    let params = v1::Params::unsorted(&params).unwrap();
    let request = PLAIN.v1(v1::Method::Post, v1::Algorithm::HmacSha256, params).unwrap();
    let nonce = v1::Nonce::new(NonZeroU64::new(11886).unwrap());
    let signed = Signer::new(credentials()).sign_v1(&request, now(), nonce).unwrap();
    let (head, form) = (signed.head().to_string(), signed.wire().to_string());
    let expired = Rejection::Expired { seconds: 1065, window: 300 };
    let changes: Changes<'_> = &[
        ("Action=", "Gone=", Missing(Item::Action)),
        ("Nonce=", "Gone=", Missing(Item::Nonce)),
        ("Nonce=11886", "Nonce=0", Malformed(Item::Nonce)),
        ("SecretId=", "Gone=", Missing(Item::SecretId)),
        ("SecretId=AKIDEXAMPLE", "SecretId=AKIDOTHER", Rejection::SecretId),
        ("&Signature=", "&Gone=", Missing(Item::Signature)),
        ("&Signature=", "&Signature=a", Malformed(Item::Signature)),
        ("Timestamp=", "Gone=", Missing(Item::Timestamp)),
        ("Timestamp=", "Timestamp=0", Malformed(Item::Timestamp)),
        ("Timestamp=1551113065", "Timestamp=1551112000", expired),
        ("Version=", "Token=t&Version=", Rejection::Token),
        ("Action=", "=", Rejection::Parameter { index: 0 }),
        ("Action=DescribeInstances", "Nonce=1", Rejection::Parameter { index: 13 }),
        ("Nonce=11886", "Nonce=11887", Rejection::Signature),
    ];
    check_changes(&form, changes, |form, expected| check(&head, form.as_bytes(), As::V1(24), expected));
    let changes: Changes<'_> = &[
        ("Content-Type: ", "X-Gone: ", Missing(Item::ContentType)),
        ("x-www-form-urlencoded", "json", Malformed(Item::ContentType)),
        ("Host: ", "X-Gone: ", Missing(Item::Host)),
        ("Host: ", "Host: x\r\nHost: ", Malformed(Item::Host)),
        ("POST / ", "PUT / ", Rejection::Method),
        ("POST / ", "POST /?a ", Rejection::Query),
        ("POST / ", "POST * ", Malformed(Item::Target)),
    ];
    check_changes(&head, changes, |head, expected| check(head, form.as_bytes(), As::V1(24), expected));
    check(&head, form.as_bytes(), As::V1(3), Err(Rejection::TooManyParameters { capacity: 3 }));
    let (bytes, limit) = (1024 * 1024 + 1, 1024 * 1024);
    check(&head, &vec![b' '; 1024 * 1024 + 1], As::V1(24), Err(Rejection::TooLargeForV1 { bytes, limit }));
}
