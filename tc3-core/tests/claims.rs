//! What the claims of received requests return, and which cannot be read.
#![allow(clippy::restriction, reason = "a test may panic")]

mod support;

use support::{ID, KEY, credentials, now, parse};
use tc3_core::verify::Rejection::{self, Missing};
use tc3_core::verify::{self, Body, Item, Message};
use tc3_core::{Call, ContentType, Credentials, Request, Signer, api};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");

#[test]
fn a_tc3_claim_returns_the_fields_of_the_request() {
    let read = |head: &str, expected: (Option<&str>, bool)| {
        let (method, target, headers) = parse(head).unwrap();
        let message = Message { method, target, headers: &headers, body: Body::Whole(b"{}") };
        let claim = verify::tc3::Claim::read(&message).unwrap();
        let named = [claim.secret_id(), claim.service(), claim.action(), claim.version()];
        assert_eq!(named, [ID, "cvm", "DescribeZones", "2017-03-12"]);
        assert_eq!(claim.region(), Some("ap-guangzhou"));
        assert_eq!((claim.host(), claim.timestamp()), ("cvm.tencentcloudapi.com", now()));
        assert_eq!(claim.signed_headers().collect::<Vec<_>>(), ["content-type", "host"]);
        let signature: String = claim.signature().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(head.contains(&format!("Signature={signature}\r\n")), "{head}");
        assert_eq!((claim.token(), claim.is_unsigned()), expected);
    };
    let head =
        |credentials, request: &Request<'_>| Signer::new(credentials).sign(request, now()).head().to_string();
    let temporary = Credentials::temporary(ID, KEY, "token").unwrap();
    read(&head(temporary, &CALL.json("{}").unwrap()), (Some("token"), false));
    read(&head(credentials(), &CALL.unsigned(ContentType::Json, 2).unwrap()), (None, true));
    let message = Message { method: "POST", target: "/", headers: &[], body: Body::Whole(b"{}") };
    assert_eq!(verify::tc3::Claim::read(&message).unwrap_err(), Missing(Item::Authorization));
}

/// Reads the claim of a GET with at most eight parameters.
fn v1_read(target: &str) -> Result<(), Rejection> {
    let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
    let message = Message { method: "GET", target, headers: &headers, body: Body::Whole(b"") };
    verify::v1::Claim::read(&message, &mut [verify::v1::Parameter::default(); 8]).map(drop)
}

#[test]
fn too_many_too_long_and_malformed_parameters_are_refused() {
    for (query, index) in [("=a", 0), ("&", 0), ("%4=a", 0), ("%zz=a", 0), ("a=%", 0), ("a=b&%", 1)] {
        assert_eq!(v1_read(&format!("/?{query}")), Err(Rejection::Parameter { index }), "{query}");
    }
    assert_eq!(v1_read("/?a&b&c&d&e&f&g&h"), Err(Missing(Item::Nonce)));
    assert_eq!(v1_read("/?a&b&c&d&e&f&g&h&i"), Err(Rejection::TooManyParameters { capacity: 8 }));
    let longest = 32 * 1024 - "https://cvm.tencentcloudapi.com/?".len();
    let long = |len| v1_read(&format!("/?{}", "a".repeat(len)));
    assert_eq!(long(longest), Err(Missing(Item::Nonce)));
    assert_eq!(long(longest + 1), Err(Rejection::TooLargeForV1 { bytes: 32_769, limit: 32_768 }));
}

#[test]
fn a_v1_claim_shows_decoded_values_except_for_unprintable_bytes() {
    let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
    let target = "/?Action=%44escribe%E5%B9%BF%0a+Zones&Name=a%20b%0A%7e&Nonce=7&SecretId=AKIDEXAMPLE\
                  &Timestamp=1551113065&Signature=AA%3D%3D";
    let message = Message { method: "GET", target, headers: &headers, body: Body::Whole(b"") };
    let mut buffer = [verify::v1::Parameter::default(); 8];
    let claim = verify::v1::Claim::read(&message, &mut buffer).unwrap();
    assert_eq!(claim.secret_id().to_string(), "AKIDEXAMPLE");
    assert_eq!(claim.action().to_string(), "Describe%E5%B9%BF%0A Zones");
    assert_eq!((claim.host(), claim.timestamp()), ("cvm.tencentcloudapi.com", now()));
    assert_eq!(claim.signature(), [0]);
    // `Debug` shows only the length, because a value may be a token.
    assert_eq!(format!("{:?}", claim.action()), "Value(28 bytes)");
    let name = claim.parameter("Name").unwrap();
    assert_eq!((name.to_string(), name.bytes().collect()), ("a b%0A~".to_owned(), b"a b\n~".to_vec()));
    assert_eq!([name.is("a b\n~"), name.is("a b\n"), claim.parameter("Nam").is_none()], [true, false, true]);
}
