//! No frame contains a key or a token, and each shows its value.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::num::NonZeroU64;

use defmt::Format;
use frames::frame;
use tc3_core::response::{self, Answer};
use tc3_core::{
    CachingSha256, ContentType, Credentials, DaySigner, HashedPayload, Header, Identity, Multipart,
    ParamValue, Part, PayloadHasher, Query, Signer, SigningKey, Software, Timestamp, api, v1,
    verify::{self, Body, Message, Verifier},
};

const KEY: &str = "MARKED-KEY-0123456789";
const TOKEN: &str = "MARKED-TOKEN-0123456789";

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

/// The length of a frame that holds only a name: three indices of format strings.
const NAME: usize = 6;

fn has(frame: &[u8], bytes: &[u8]) -> bool {
    frame.windows(bytes.len()).any(|window| window == bytes)
}

fn masked(value: &impl Format) {
    let frame = frame(value);
    assert!(!has(&frame, b"MARKED"), "{}", String::from_utf8_lossy(&frame));
    // The derived key of the tests below, as bytes and in hex.
    assert!(!has(&frame, &[77; 3]) && !has(&frame, b"4d4d4d"), "{frame:?}");
}

fn shows(value: &impl Format, bytes: &[u8]) {
    let frame = frame(value);
    assert!(has(&frame, bytes), "{frame:?}");
}

#[test]
#[should_panic(expected = "MARKED-KEY")]
fn a_key_in_a_frame_fails() {
    masked(&KEY);
}

#[test]
fn no_frame_contains_a_key_or_a_token() {
    let credentials = Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap();
    let api = api!("cvm", "2017-03-12");
    let request = api.action("DescribeZones").json("{}").unwrap();
    let mut signer = Signer::new(credentials);
    let signed = signer.sign(&request, now());
    let key = SigningKey::import(&[77; 32], "cvm", now()).unwrap();
    masked(&credentials);
    masked(&Identity::temporary("AKIDEXAMPLE", TOKEN).unwrap());
    masked(&key);
    masked(&DaySigner::new(credentials.identity(), &key));
    masked(&signer.prepare(&request));
    masked(&signer.explain(&request, now()));
    masked(&signer);
    masked(&signed);
    masked(&signed.head());
    signed.headers().for_each(|(_, value)| masked(&value));

    let form = api.action("DescribeZones");
    let form = form.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let v1 = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    masked(&v1);
    masked(&v1.head());
    masked(&v1.wire());
    masked(&v1.string_to_sign());

    let values: Vec<_> = signed.headers().map(|(name, value)| (name, value.to_string())).collect();
    let headers: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let message = Message { method: "POST", target: "/", headers: &headers, body: Body::Whole(b"{}") };
    masked(&message);
    masked(&verify::tc3::Claim::read(&message).unwrap());

    let wire = v1.wire().to_string();
    let values: Vec<_> = v1.headers().map(|(name, value)| (name, value.to_string())).collect();
    let headers: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let message =
        Message { method: "POST", target: "/", headers: &headers, body: Body::Whole(wire.as_bytes()) };
    let mut parameters = [Default::default(); 16];
    let claim = verify::v1::Claim::read(&message, &mut parameters).unwrap();
    masked(&claim);
    masked(&claim.parameter("Token").unwrap());
    masked(&parameters);
}

#[test]
fn signers_show_the_secret_id_and_the_scope() {
    let credentials = Credentials::new("AKIDEXAMPLE", KEY).unwrap();
    shows(&credentials, b"\x0b\0\0\0AKIDEXAMPLE");
    shows(&Signer::new(credentials), b"\x0b\0\0\0AKIDEXAMPLE");
    let key = SigningKey::import(&[77; 32], "cvm", now()).unwrap();
    shows(&DaySigner::new(credentials.identity(), &key), b"\x0b\0\0\0AKIDEXAMPLE");
    // 2019-02-25 is day 17,952 since 1970-01-01.
    shows(&key, b"\x03\0\0\0cvm\x20\x46\0\0");
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let signed = frame(&Signer::new(credentials).sign(&request, now()));
    assert!(has(&signed, b"TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, "));
}

#[test]
fn an_engine_shows_its_name_and_a_hasher_its_length() {
    assert_eq!(frame(&Software::new()).len(), NAME);
    assert_eq!(frame(&CachingSha256::new()).len(), NAME);
    let mut hasher = PayloadHasher::new();
    hasher.update(b"{}");
    shows(&hasher, &2u64.to_le_bytes());
    let payload = HashedPayload::of(b"{}");
    assert!(has(&frame(&payload), payload.digest()));
}

#[test]
fn a_request_shows_its_service_action_headers_and_query() {
    let headers = [Header::SignAction, Header::Unsigned("X-More", "1")];
    let call = api!("cvm", "2017-03-12").action("DescribeZones").headers(&headers);
    let shown = frame(&call.octets(&[1, 2, 3]).unwrap());
    for text in ["cvm", "DescribeZones", "X-More"] {
        assert!(has(&shown, text.as_bytes()), "{text}");
    }
    assert!(has(&frame(&call.unsigned(ContentType::Octets, 9).unwrap()), b"DescribeZones"));
    let query = [("Name", ParamValue::Text("a b"))];
    let query = Query::params(&query).unwrap();
    assert!(has(&frame(&query), b"Name=a%20b"));
    assert!(has(&frame(&call.get(query).unwrap()), b"DescribeZones"));
}

#[test]
fn a_multipart_form_shows_its_boundary_and_number_of_parts() {
    let parts = [Part::text("a", "1"), Part::text("b", KEY)];
    let form = Multipart::new("bound", &parts).unwrap();
    shows(&form, b"\x05\0\0\0bound");
    shows(&form, &2u32.to_le_bytes());
    masked(&form);
}

#[test]
fn each_kind_of_parameter_shows_its_value() {
    assert_eq!(frame(&ParamValue::Null).len(), NAME);
    shows(&ParamValue::Text("zone"), b"\x04\0\0\0zone");
    shows(&ParamValue::Int(-2), &(-2i64).to_le_bytes());
    shows(&ParamValue::Bool(true), &[1]);
    let list = [ParamValue::Bool(true), ParamValue::Bool(false)];
    assert!(frame(&ParamValue::List(&list)).len() > frame(&ParamValue::List(&list[..1])).len());
    let object = [("Name", ParamValue::Int(7))];
    shows(&ParamValue::Object(&object), &7i64.to_le_bytes());
    assert!(has(&frame(&ParamValue::Object(&object)), b"Name"));
}

#[test]
fn a_verifier_shows_its_window_and_a_body_its_length() {
    shows(&Verifier::new().window(10), &10u32.to_le_bytes());
    shows(&Body::Whole(b"{}"), &2u64.to_le_bytes());
    let message = Message { method: "POST", target: "/", headers: &[], body: Body::Whole(b"") };
    shows(&message, b"\x04\0\0\0POST");
}

#[test]
fn an_answer_shows_its_code_and_message_without_unescaping() {
    let body =
        br#"{"Response":{"Error":{"Code":"InternalError","Message":"Try \u0061gain."},"RequestId":"r-1"}}"#;
    let Answer::Failure(failure) = response::parse(body).unwrap() else { unreachable!() };
    shows(&failure.code, b"\x0d\0\0\0InternalError");
    assert!(has(&frame(&failure), br"Try \u0061gain."));
}
