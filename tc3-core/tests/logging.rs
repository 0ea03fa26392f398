//! The defmt output of the types that implement `Format` by hand: no key, no token, no body.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::num::NonZeroU64;
use defmt::{Format, export};
use std::thread;
use tc3_core::{
    CachingSha256, Credentials, DaySigner, Header, Host, Multipart, ParamValue, Part, PayloadHasher, Query,
    Signer, SigningKey, Software, Timestamp, api, response, v1,
    verify::{self, Body, Message, Verifier},
};

/// defmt sends the index of a format string instead of the string. Here the indexes count from 0.
const FORMATS: [&[u8]; 4] = [&[0, 0], &[1, 0], &[2, 0], &[3, 0]];
const END: &[u8] = &[0, 0];

fn sent(value: &(impl Format + Sync)) -> Vec<u8> {
    // In a new thread, in which the indexes begin at 0.
    let logging = || {
        export::fmt(value);
        export::fetch_bytes()
    };
    thread::scope(|threads| threads.spawn(logging).join().unwrap())
}

#[track_caller]
fn check(value: &(impl Format + Sync), expected: &[&[u8]]) {
    let [first, second, ..] = FORMATS;
    assert_eq!(sent(value), [&[first, second], expected, &[END]].concat().concat());
}

#[track_caller]
fn check_shown(value: &(impl Format + Sync), shown: &str) {
    let sent = sent(value);
    let contains = |text: &[u8]| sent.windows(text.len()).any(|bytes| bytes == text);
    assert!(contains(shown.as_bytes()), "{shown} is not in {}", sent.escape_ascii());
    // The derived key of these tests has 32 bytes of 77.
    for secret in [b"MARKED".as_slice(), &[77; 3], b"4d4d4d"] {
        assert!(!contains(secret), "{} is in {}", secret.escape_ascii(), sent.escape_ascii());
    }
}

/// A string as defmt sends it, after its length.
fn string(text: &str) -> Vec<u8> {
    [&u32::try_from(text.len()).unwrap().to_le_bytes(), text.as_bytes()].concat()
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

fn credentials() -> Credentials<'static> {
    Credentials::temporary("AKIDEXAMPLE", "MARKED-KEY-0123456789", "MARKED-TOKEN-0123456789").unwrap()
}

#[test]
#[should_panic(expected = "MARKED is in")]
fn a_key_that_is_logged_fails_these_tests() {
    check_shown(&"MARKED-KEY", "KEY");
}

#[test]
fn credentials_log_their_id_and_keys_their_scope() {
    let id = string("AKIDEXAMPLE");
    check(&credentials().identity(), &[&id]);
    check(&credentials(), &[FORMATS[2], FORMATS[3], &id, END]);
    let key = SigningKey::import(&[77; 32], "cvm", now()).unwrap();
    check(&key, &[&string("cvm"), &17_952_u32.to_le_bytes()]);
}

#[test]
fn a_timestamp_logs_its_seconds() {
    check(&now(), &[&1_551_113_065_u64.to_le_bytes()]);
}

#[test]
fn a_payload_hasher_logs_the_length_hashed_so_far() {
    check(&Software::new(), &[]);
    check(&CachingSha256::new(), &[]);
    let mut hasher = PayloadHasher::new();
    hasher.update(b"MARKED");
    check(&hasher, &[&6_u64.to_le_bytes()]);
}

#[test]
fn a_form_logs_the_number_of_its_parts_and_a_query_its_parameters() {
    let parts = [Part::text("Name", "MARKED"), Part::file("Data", "a.bin", b"MARKED")];
    let form = Multipart::new("58731222010402", &parts).unwrap();
    check(&form, &[&string("58731222010402"), FORMATS[2], &2_u32.to_le_bytes()]);
    let params = [("Limit", ParamValue::Int(-1))];
    check(&Query::params(&params).unwrap(), &[FORMATS[2], b"Limit=-1\xff"]);
}

#[test]
fn a_parameter_value_logs_itself() {
    check(&ParamValue::Null, &[]);
    check(&ParamValue::Text("a"), &[&string("a")]);
    check(&ParamValue::Int(-2), &[&(-2_i64).to_le_bytes()]);
    check(&ParamValue::Bool(true), &[&[1]]);
    check_shown(&ParamValue::List(&[ParamValue::Text("one")]), "one");
    check_shown(&ParamValue::Object(&[("Name", ParamValue::Text("two"))]), "Name");
    check_shown(&ParamValue::Object(&[("Name", ParamValue::Text("two"))]), "two");
}

#[test]
fn a_request_logs_its_call_and_the_length_of_its_body() {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    check_shown(&call.headers(&[Header::Signed("X-Trace", "a")]), "X-Trace");
    let parts = [Part::text("a", "MARKED"), Part::text("b", "MARKED")];
    check_shown(&call.multipart(Multipart::new("bound", &parts).unwrap()).unwrap(), "2 parts");
    let request = call.json(r#"{"Name":"MARKED"}"#).unwrap();
    check_shown(&request, "17 bytes");
    check_shown(&request, "application/json");
    check_shown(&Signer::new(credentials()).prepare(&request), "17 bytes");
    check_shown(&api!("cvm", "2017-03-12").at(Host::Unchecked("proxy:8443")), "proxy:8443");
}

#[test]
fn a_signer_logs_its_secret_id() {
    let key = SigningKey::import(&[77; 32], "cvm", now()).unwrap();
    check_shown(&Signer::new(credentials()), "AKIDEXAMPLE");
    check_shown(&DaySigner::new(credentials().identity(), &key), "AKIDEXAMPLE");
}

#[test]
fn a_signed_request_logs_its_signature_and_masks_a_token() {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let request = call.json("{}").unwrap();
    let mut signer = Signer::new(credentials());
    let signed = signer.sign(&request, now());
    check_shown(&signed.head(), "***");
    for (name, value) in signed.headers() {
        let shown = if name == "X-TC-Token" { "***".to_owned() } else { value.to_string() };
        check_shown(&value, &shown);
    }
    check_shown(&Signer::new(credentials()).explain(&request, now()), "2019-02-25/cvm");
    check_shown(&signed, &signed.authorization().to_string());
    check_shown(&signed.authorization(), "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request");
    let form = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let signed = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    check_shown(&signed.wire(), "***");
    check_shown(&signed.string_to_sign(), "***");
    check_shown(&signed.head(), "***");
    check_shown(&signed, &signed.signature().to_string());
}

#[test]
fn a_string_of_the_answer_is_logged_as_received() {
    let answer = response::parse(br#"{"Response":{"RequestId":"r\u002d1"}}"#).unwrap();
    check(&answer.request_id().unwrap(), &[&string(r"r\u002d1")]);
}

#[test]
fn a_tc3_message_logs_its_method_and_a_claim_its_id_and_action() {
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("MARKED").unwrap();
    let signed = Signer::new(credentials()).sign(&request, now());
    let headers: Vec<_> = signed.headers().map(|(name, value)| (name, value.to_string())).collect();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let message = Message { method: "POST", target: "/", headers: &headers, body: Body::Whole(b"MARKED") };
    check(&message.body, &[&6_u64.to_le_bytes()]);
    check(&message, &[&string("POST")]);
    let claim = verify::tc3::Claim::read(&message).unwrap();
    check(&claim, &[&string("AKIDEXAMPLE"), &string("DescribeZones")]);
    check(&Verifier::new().window(60), &[&60_u32.to_le_bytes()]);
}

#[test]
fn a_v1_claim_logs_its_id_and_action_and_a_value_its_length() {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let form = call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(credentials());
    let signed = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let target = format!("/?{}", signed.wire());
    let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
    let message = Message { method: "GET", target: &target, headers: &headers, body: Body::Whole(b"") };
    let mut buffer = [verify::v1::Parameter::default(); 16];
    let claim = verify::v1::Claim::read(&message, &mut buffer).unwrap();
    check(&claim, &[FORMATS[2], b"AKIDEXAMPLE\xff", FORMATS[3], b"DescribeZones\xff"]);
    check(&claim.secret_id(), &[FORMATS[2], &11_u32.to_le_bytes()]);
    check(&claim.parameter("Token").unwrap(), &[FORMATS[2], &23_u32.to_le_bytes()]);
    check(&buffer[0], &[FORMATS[2], b"Action\xff"]);
}
