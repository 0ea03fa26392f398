//! What goes over the wire to a log, of the types that say it by hand: no key, no token, no body.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::num::NonZeroU64;
use defmt::{Format, export};
use std::thread;
use tc3_core::{
    CachingSha256, Credentials, DaySigner, Header, Host, Multipart, ParamValue, Part, PayloadHasher, Query,
    Signer, SigningKey, Software, Timestamp, api, response, v1,
    verify::{self, Body, Message, Verifier},
};

/// The texts that a log knows by number: here they count from 0.
const TEXTS: [&[u8]; 4] = [&[0, 0], &[1, 0], &[2, 0], &[3, 0]];
const END: &[u8] = &[0, 0];

fn sent(value: &(impl Format + Sync)) -> Vec<u8> {
    // The numbers are the thread's.
    let logging = || {
        export::fmt(value);
        export::fetch_bytes()
    };
    thread::scope(|threads| threads.spawn(logging).join().unwrap())
}

#[track_caller]
fn check(value: &(impl Format + Sync), expected: &[&[u8]]) {
    let [first, second, ..] = TEXTS;
    assert_eq!(sent(value), [&[first, second], expected, &[END]].concat().concat());
}

#[track_caller]
fn check_shown(value: &(impl Format + Sync), shown: &str) {
    let sent = sent(value);
    let holds = |text: &str| sent.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds(shown) && !holds("MARKED"), "{}", sent.escape_ascii());
}

/// A text behind its length.
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
fn credentials_and_keys_are_named_and_not_told() {
    let id = string("AKIDEXAMPLE");
    check(&credentials().identity(), &[&id]);
    check(&credentials(), &[TEXTS[2], TEXTS[3], &id, END]);
    let key = SigningKey::import(&[77; 32], "cvm", now()).unwrap();
    check(&key, &[&string("cvm"), &17_952_u32.to_le_bytes()]);
}

#[test]
fn a_time_is_its_seconds() {
    check(&now(), &[&1_551_113_065_u64.to_le_bytes()]);
}

#[test]
fn hashes_show_how_much_went_in() {
    check(&Software::new(), &[]);
    check(&CachingSha256::new(), &[]);
    let mut hasher = PayloadHasher::new();
    hasher.update(b"MARKED");
    check(&hasher, &[&6_u64.to_le_bytes()]);
}

#[test]
fn parts_are_counted_and_parameters_are_shown() {
    let parts = [Part::text("Name", "MARKED"), Part::file("Data", "a.bin", b"MARKED")];
    let form = Multipart::new("58731222010402", &parts).unwrap();
    check(&form, &[&string("58731222010402"), TEXTS[2], &2_u32.to_le_bytes()]);
    let params = [("Limit", ParamValue::Int(-1))];
    check(&Query::params(&params).unwrap(), &[TEXTS[2], b"Limit=-1\xff"]);
}

#[test]
fn a_node_is_its_value() {
    check(&ParamValue::Null, &[]);
    check(&ParamValue::Text("a"), &[&string("a")]);
    check(&ParamValue::Int(-2), &[&(-2_i64).to_le_bytes()]);
    check(&ParamValue::Bool(true), &[&[1]]);
    check_shown(&ParamValue::List(&[ParamValue::Text("one")]), "one");
    check_shown(&ParamValue::Object(&[("Name", ParamValue::Text("two"))]), "Name");
    check_shown(&ParamValue::Object(&[("Name", ParamValue::Text("two"))]), "two");
}

#[test]
fn a_request_shows_what_it_calls_and_how_much_of_a_body_there_is() {
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
fn a_signer_shows_whose_it_is() {
    let key = SigningKey::import(&[77; 32], "cvm", now()).unwrap();
    check_shown(&Signer::new(credentials()), "AKIDEXAMPLE");
    check_shown(&DaySigner::new(credentials().identity(), &key), "AKIDEXAMPLE");
}

#[test]
fn what_is_signed_shows_its_signature_unless_a_token_goes_with_it() {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let request = call.json("{}").unwrap();
    let mut signer = Signer::new(credentials());
    let signed = signer.sign(&request, now());
    check_shown(&signed.head(), "***");
    check_shown(&Signer::new(credentials()).explain(&request, now()), "2019-02-25/cvm");
    check_shown(&signed, &signed.authorization().to_string());
    check_shown(&signed.authorization(), "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request");
    let form = call.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let signed = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    check_shown(&signed.wire(), "***");
    check_shown(&signed, &signed.signature().to_string());
}

#[test]
fn a_text_of_the_answer_stays_as_it_was_sent() {
    let answer = response::parse(br#"{"Response":{"RequestId":"r\u002d1"}}"#).unwrap();
    check(&answer.request_id().unwrap(), &[&string(r"r\u002d1")]);
}

#[test]
fn a_tc3_message_shows_its_method_and_a_claim_who_calls_what() {
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
fn a_v1_claim_shows_who_calls_what_and_a_value_its_length() {
    let call = api!("cvm", "2017-03-12").action("DescribeZones");
    let form = call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(credentials());
    let signed = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let target = format!("/?{}", signed.wire());
    let headers: [(&str, &[u8]); 1] = [("Host", b"cvm.tencentcloudapi.com")];
    let message = Message { method: "GET", target: &target, headers: &headers, body: Body::Whole(b"") };
    let mut room = [verify::v1::Parameter::default(); 16];
    let claim = verify::v1::Claim::read(&message, &mut room).unwrap();
    check(&claim, &[TEXTS[2], b"AKIDEXAMPLE\xff", TEXTS[3], b"DescribeZones\xff"]);
    check(&claim.secret_id(), &[TEXTS[2], &11_u32.to_le_bytes()]);
    check(&claim.parameter("Token").unwrap(), &[TEXTS[2], &23_u32.to_le_bytes()]);
    check(&room[0], &[TEXTS[2], b"Action\xff"]);
}
