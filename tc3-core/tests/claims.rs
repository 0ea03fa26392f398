//! Claims: their fields, tokens and limits.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use core::num::NonZeroU64;
use tc3_core::{
    Call, ContentType, Credentials, HashedPayload, Header, Host, ParamValue, Request, Signer, Timestamp, api,
    v1,
    verify::{self, Body, Item, Message, Rejection, Verifier},
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones").region("ap-guangzhou");
const TOKEN: &str = "token/of+23=characters.";

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

fn with_token(token: &str) -> Credentials<'_> {
    Credentials::temporary("AKIDEXAMPLE", "key", token).unwrap()
}

type Headers = Vec<(String, String)>;

fn tc3_headers(credentials: Credentials<'_>, request: &Request<'_>) -> Headers {
    let mut signer = Signer::new(credentials);
    let signed = signer.sign(request, now());
    signed.headers().map(|(name, value)| (name.to_owned(), value.to_string())).collect()
}

/// Reads the claim of a message with these headers and passes it to `then`.
fn claimed<T>(
    headers: &Headers,
    body: Body<'_>,
    then: impl FnOnce(&verify::tc3::Claim<'_>) -> T,
) -> Result<T, Rejection> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    verify::tc3::Claim::read(&message).map(|claim| then(&claim))
}

fn verified(headers: &Headers, body: Body<'_>, credentials: &Credentials<'_>) -> Result<(), Rejection> {
    claimed(headers, body, |claim| Verifier::new().tc3(claim, credentials, now()))?
}

#[test]
fn a_tc3_claim_returns_the_fields_of_the_request() {
    let request = CALL.json("{}").unwrap();
    let body = Body::Whole(b"{}");
    claimed(&tc3_headers(with_token(TOKEN), &request), body, |claim| {
        assert_eq!(claim.secret_id(), "AKIDEXAMPLE");
        assert_eq!(
            (claim.service(), claim.action(), claim.version()),
            ("cvm", "DescribeZones", "2017-03-12")
        );
        assert_eq!((claim.region(), claim.token()), (Some("ap-guangzhou"), Some(TOKEN)));
        assert!(!claim.is_unsigned());
        assert_eq!(
            format!("{claim:?}"),
            "Claim { secret_id: \"AKIDEXAMPLE\", action: \"DescribeZones\", .. }"
        );
    })
    .unwrap();
    let request = CALL.unsigned(ContentType::Json, 2).unwrap();
    let credentials = Credentials::new("AKIDEXAMPLE", "key").unwrap();
    claimed(&tc3_headers(credentials, &request), body, |claim| {
        assert!(claim.is_unsigned());
        assert_eq!(claim.token(), None);
    })
    .unwrap();
}

/// Other tokens: with another first byte, with another last byte, shorter, and longer.
const OTHERS: [&str; 4] = [
    "Token/of+23=characters.",
    "token/of+23=characters;",
    "token/of+23=characters",
    "token/of+23=characters..",
];

#[test]
fn a_tc3_request_with_another_token_is_rejected() {
    let request = CALL.json("{}").unwrap();
    let headers = tc3_headers(with_token(TOKEN), &request);
    let body = Body::Whole(b"{}");
    assert_eq!(verified(&headers, body, &with_token(TOKEN)), Ok(()));
    for other in OTHERS {
        assert_eq!(verified(&headers, body, &with_token(other)), Err(Rejection::Token), "{other}");
    }
    let permanent = Credentials::new("AKIDEXAMPLE", "key").unwrap();
    assert_eq!(verified(&headers, body, &permanent), Err(Rejection::Token));
}

#[test]
fn a_body_that_was_hashed_while_it_was_received_verifies() {
    let request = CALL.json("{}").unwrap();
    let headers = tc3_headers(with_token(TOKEN), &request);
    let verified = |body| verified(&headers, Body::Hashed(HashedPayload::of(body)), &with_token(TOKEN));
    assert_eq!(verified(b"{}"), Ok(()));
    assert_eq!(verified(b"[]"), Err(Rejection::Signature));
    let large = vec![b' '; 10 * 1024 * 1024 + 1];
    assert_eq!(verified(&large[1..]), Err(Rejection::Signature));
    assert_eq!(verified(&large), Err(Rejection::TooLarge { bytes: 10_485_761, limit: 10_485_760 }));
}

#[test]
fn at_most_64_headers_can_be_signed() {
    let names: Vec<_> = (10..73).map(|number| format!("X-{number}")).collect();
    let extra: Vec<_> = names.iter().map(|name| Header::Signed(name, "a")).collect();
    let signed = |extra| {
        let request = CALL.headers(extra).json("{}").unwrap();
        verified(&tc3_headers(with_token(TOKEN), &request), Body::Whole(b"{}"), &with_token(TOKEN))
    };
    assert_eq!(signed(&extra[1..]), Ok(()));
    assert_eq!(signed(&extra), Err(Rejection::Malformed(Item::SignedHeaders)));
}

#[test]
fn a_credential_with_wrong_parts_or_a_signature_of_wrong_length_is_rejected() {
    let request = CALL.json("{}").unwrap();
    let headers = tc3_headers(with_token(TOKEN), &request);
    let (_, authorization) = headers.iter().find(|(name, _)| name == "Authorization").unwrap();
    let (front, _) = authorization.split_at(authorization.len() - 2);
    for (changed, item) in [
        (front.to_owned(), Item::Signature),
        (authorization.replace("AKIDEXAMPLE", ""), Item::Credential),
        (authorization.replace("AKIDEXAMPLE", "AKID/EXAMPLE"), Item::Credential),
        (format!("{authorization}, More=1"), Item::Authorization),
    ] {
        let mut headers = headers.clone();
        headers.iter_mut().filter(|(name, _)| name == "Authorization").for_each(|it| it.1 = changed.clone());
        let refused = verified(&headers, Body::Whole(b"{}"), &with_token(TOKEN));
        assert_eq!(refused, Err(Rejection::Malformed(item)), "{changed}");
    }
}

#[test]
fn only_a_numeric_port_is_removed_from_the_host() {
    let request = CALL.json("{}").unwrap();
    let headers = tc3_headers(with_token(TOKEN), &request);
    let at_host = |host: &str| {
        let mut headers = headers.clone();
        headers.iter_mut().filter(|(name, _)| name == "Host").for_each(|it| it.1 = host.to_owned());
        verified(&headers, Body::Whole(b"{}"), &with_token(TOKEN))
    };
    assert_eq!(at_host("cvm.tencentcloudapi.com:443"), Ok(()));
    for host in ["cvm.tencentcloudapi.com:", "cvm.tencentcloudapi.com:a", "cvm.tencentcloudapi.com443"] {
        assert!(at_host(host).is_err(), "{host}");
    }
}

/// The target of a GET, signed with a token.
fn v1_target(algorithm: v1::Algorithm, params: v1::Params<'_>) -> String {
    let request = CALL.v1(v1::Method::Get, algorithm, params).unwrap();
    let mut signer = Signer::new(with_token(TOKEN));
    let signed = signer.sign_v1(&request, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    format!("/?{}", signed.wire())
}

fn v1_claimed<T>(target: &str, then: impl FnOnce(&verify::v1::Claim<'_, '_>) -> T) -> Result<T, Rejection> {
    let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
    let message = Message { method: "GET", target, headers: &headers, body: Body::Whole(b"") };
    let mut buffer = [verify::v1::Parameter::default(); 16];
    verify::v1::Claim::read(&message, &mut buffer).map(|claim| then(&claim))
}

fn v1_verified(target: &str, token: &str) -> Result<(), Rejection> {
    v1_claimed(target, |claim| Verifier::new().v1(claim, &with_token(token), now()))?
}

#[test]
fn a_v1_request_with_another_token_is_rejected() {
    let target = v1_target(v1::Algorithm::HmacSha256, v1::Params::EMPTY);
    assert_eq!(v1_verified(&target, TOKEN), Ok(()));
    for other in OTHERS {
        assert_eq!(v1_verified(&target, other), Err(Rejection::Token), "{other}");
    }
    // The verifier accepts this name too, but the signer has signed the other one.
    assert_eq!(v1_verified(&target.replace("&Token=", "&token="), TOKEN), Err(Rejection::Signature));
}

#[cfg(feature = "hmacsha1")]
#[test]
fn a_v1_request_is_verified_with_hmacsha1_unless_it_names_hmacsha256() {
    for method in [v1::Algorithm::HmacSha1, v1::Algorithm::HmacSha1Unnamed] {
        let target = v1_target(method, v1::Params::EMPTY);
        assert_eq!(v1_verified(&target, TOKEN), Ok(()), "{method:?}");
    }
}

#[test]
fn a_v1_claim_shows_decoded_values_but_no_token() {
    let params = [("Name", ParamValue::Text("a b\n~"))];
    let target = v1_target(v1::Algorithm::HmacSha256, v1::Params::unsorted(&params).unwrap());
    v1_claimed(&target, |claim| {
        assert_eq!(
            (claim.secret_id().to_string(), claim.action().to_string()),
            ("AKIDEXAMPLE".into(), "DescribeZones".into())
        );
        let name = claim.parameter("Name").unwrap();
        assert_eq!(name.to_string(), "a b%0A~");
        assert_eq!(name.bytes().collect::<Vec<_>>(), b"a b\n~");
        assert!(name.is("a b\n~") && !name.is("a b\n"));
        assert_eq!(format!("{:?}", claim.parameter("Token").unwrap()), "Value(29 bytes)");
        assert!(claim.parameter("Nam").is_none());
        assert_eq!(format!("{claim:?}"), "Claim { secret_id: AKIDEXAMPLE, action: DescribeZones, .. }");
    })
    .unwrap();
    assert_eq!(format!("{:?}", verify::v1::Parameter::default()), "Parameter()");
}

#[test]
fn a_v1_parameter_without_a_name_or_with_an_incomplete_escape_is_rejected() {
    for (parameter, index) in [("=a", 0), ("&", 0), ("%4=a", 0), ("%zz=a", 0), ("a=%", 0), ("a=b&%", 1)] {
        let refused = v1_claimed(&format!("/?{parameter}"), |_| {});
        assert_eq!(refused, Err(Rejection::Parameter { index }), "{parameter}");
    }
    let target = v1_target(v1::Algorithm::HmacSha256, v1::Params::EMPTY);
    let nonce = |nonce: &str| v1_claimed(&target.replace("Nonce=1&", nonce), |_| {});
    assert_eq!(nonce("Nonce=&"), Err(Rejection::Malformed(Item::Nonce)));
    assert_eq!(nonce("Nonce=1a&"), Err(Rejection::Malformed(Item::Nonce)));
}

#[test]
fn a_get_of_32_kib_is_accepted_and_one_byte_more_is_rejected() {
    let longest = 32 * 1024 - "https://cvm.tencentcloudapi.com/?".len();
    let refused = |len| v1_claimed(&format!("/?{}", "a".repeat(len)), |_| {});
    assert_eq!(refused(longest), Err(Rejection::Missing(Item::Nonce)));
    assert_eq!(refused(longest + 1), Err(Rejection::TooLargeForV1 { bytes: 32_769, limit: 32_768 }));
}

#[test]
fn the_service_of_a_request_to_an_ip_address_is_that_of_its_credential() {
    let at_address = api!("cvm", "2017-03-12").at(Host::Unchecked("127.0.0.1:8080")).action("DescribeZones");
    let request = at_address.json("{}").unwrap();
    let headers = tc3_headers(with_token(TOKEN), &request);
    assert_eq!(verified(&headers, Body::Whole(b"{}"), &with_token(TOKEN)), Ok(()));
}
