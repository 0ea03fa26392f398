//! Every rejection of the verifier, caused by a real message.

use super::{CALL, PLAIN, assert_none, format_error, now};
use core::num::NonZeroU64;
use tc3_core::{
    Credentials, ParamValue, Signer, v1,
    verify::{self, Body, Item, Message, Rejection, Verifier},
};

fn credentials() -> Credentials<'static> {
    Credentials::new("AKIDEXAMPLE", "key").unwrap()
}

/// Parses and verifies a message, as v1 with a buffer for `capacity` parameters.
fn read_and_verify(message: &Message<'_>, is_tc3: bool, capacity: usize) -> Result<(), Rejection> {
    let mut verifier = Verifier::new();
    if is_tc3 {
        return verifier.tc3(&verify::tc3::Claim::read(message)?, &credentials(), now());
    }
    let mut buffer = [verify::v1::Parameter::default(); 24];
    let claim = verify::v1::Claim::read(message, &mut buffer[..capacity])?;
    verifier.v1(&claim, &credentials(), now())
}

/// Splits the head, which allocates, then verifies the message and formats its rejection.
#[track_caller]
fn check(head: &str, body: &[u8], is_tc3: bool, capacity: usize, expected: Result<(), Rejection>) {
    let (line, fields) = head.split_once("\r\n").unwrap();
    let [method, target, _] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
    let fields = fields.trim_end().split("\r\n").map(|field| field.split_once(':').unwrap());
    let headers: Vec<_> = fields.map(|(name, value)| (name, value.as_bytes())).collect();
    let message = Message { method, target, headers: &headers, body: Body::Whole(body) };
    assert_none("verification", || {
        let result = read_and_verify(&message, is_tc3, capacity);
        assert_eq!(result, expected);
        if let Err(rejection) = result {
            format_error(&rejection);
            assert!(!rejection.code().is_empty());
        }
    });
}

#[test]
fn every_tc3_rejection_is_detected_and_formatted_without_allocating() {
    use Rejection::{Malformed, Missing};

    let request = CALL.json("{}").unwrap();
    let head = Signer::new(credentials()).sign(&request, now()).head().to_string();
    check(&head, b"{}", true, 0, Ok(()));
    for (from, to, expected) in [
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
        (
            "X-TC-Timestamp: 1551113065",
            "X-TC-Timestamp: 1551112000",
            Rejection::Expired { seconds: 1065, window: 300 },
        ),
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
    ] {
        assert!(head.contains(from), "{from}");
        check(&head.replacen(from, to, 1), b"{}", true, 0, Err(expected));
    }
    let (bytes, limit) = (10 * 1024 * 1024 + 1, 10 * 1024 * 1024);
    let large = " ".repeat(limit + 1);
    check(&head, large.as_bytes(), true, 0, Err(Rejection::TooLarge { bytes, limit: 10 * 1024 * 1024 }));

    // Only an action that is not signed can be missing or duplicated.
    let request = PLAIN.json("{}").unwrap();
    let head = Signer::new(credentials()).sign(&request, now()).head().to_string();
    for (to, expected) in
        [("X-Gone", Missing(Item::Action)), ("X-TC-Action: a\r\nX-TC-Action", Malformed(Item::Action))]
    {
        check(&head.replacen("X-TC-Action", to, 1), b"{}", true, 0, Err(expected));
    }
}

#[test]
fn every_v1_rejection_is_detected_and_formatted_without_allocating() {
    use Rejection::{Malformed, Missing};

    let params = [("Name", ParamValue::Text("广州")), ("Ids", ParamValue::List(&[ParamValue::Int(1); 12]))];
    let params = v1::Params::unsorted(&params).unwrap();
    let request = PLAIN.v1(v1::Method::Post, v1::Algorithm::HmacSha256, params).unwrap();
    let nonce = v1::Nonce::new(NonZeroU64::new(11886).unwrap());
    let signed = Signer::new(credentials()).sign_v1(&request, now(), nonce).unwrap();
    let (head, form) = (signed.head().to_string(), signed.wire().to_string());
    check(&head, form.as_bytes(), false, 24, Ok(()));
    for (from, to, expected) in [
        ("Action=", "Gone=", Missing(Item::Action)),
        ("Nonce=", "Gone=", Missing(Item::Nonce)),
        ("Nonce=11886", "Nonce=0", Malformed(Item::Nonce)),
        ("SecretId=", "Gone=", Missing(Item::SecretId)),
        ("SecretId=AKIDEXAMPLE", "SecretId=AKIDOTHER", Rejection::SecretId),
        ("&Signature=", "&Gone=", Missing(Item::Signature)),
        ("&Signature=", "&Signature=a", Malformed(Item::Signature)),
        ("Timestamp=", "Gone=", Missing(Item::Timestamp)),
        ("Timestamp=", "Timestamp=0", Malformed(Item::Timestamp)),
        ("Timestamp=1551113065", "Timestamp=1551112000", Rejection::Expired { seconds: 1065, window: 300 }),
        ("Version=", "Token=t&Version=", Rejection::Token),
        ("Action=", "=", Rejection::Parameter { index: 0 }),
        ("Action=DescribeInstances", "Nonce=1", Rejection::Parameter { index: 13 }),
        ("Nonce=11886", "Nonce=11887", Rejection::Signature),
    ] {
        assert!(form.contains(from), "{from}");
        check(&head, form.replacen(from, to, 1).as_bytes(), false, 24, Err(expected));
    }
    check(&head, form.as_bytes(), false, 3, Err(Rejection::TooManyParameters { capacity: 3 }));
    for (from, to, expected) in [
        ("Content-Type: ", "X-Gone: ", Missing(Item::ContentType)),
        ("x-www-form-urlencoded", "json", Malformed(Item::ContentType)),
        ("Host: ", "X-Gone: ", Missing(Item::Host)),
        ("Host: ", "Host: x\r\nHost: ", Malformed(Item::Host)),
        ("POST / ", "PUT / ", Rejection::Method),
        ("POST / ", "POST /?a ", Rejection::Query),
        ("POST / ", "POST * ", Malformed(Item::Target)),
    ] {
        assert!(head.contains(from), "{from}");
        check(&head.replacen(from, to, 1), form.as_bytes(), false, 24, Err(expected));
    }
    let (bytes, limit) = (1024 * 1024 + 1, 1024 * 1024);
    let large = " ".repeat(1024 * 1024 + 1);
    check(&head, large.as_bytes(), false, 24, Err(Rejection::TooLargeForV1 { bytes, limit }));
}
