//! No `Debug` output, defmt output or error message shows a key or token; what is not secret is shown.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use core::{fmt::Debug, num::NonZeroU64};
use support::{now, parse};
use tc3_core::verify::{self, Body, Message, Verifier};
use tc3_core::{
    CachingSha256, Call, Credentials, DaySigner, Header, Host, Identity, KeyCache, Multipart, ParamValue,
    Part, PayloadHasher, Query, Signer, SigningKey, Software, api, response, v1,
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones");

const KEY: &str = "MARKED-KEY-0123456789";
const TOKEN: &str = "MARKED-TOKEN-0123456789";

/// Parts of the key, of the token and of bodies, and of the imported key, as text, as bytes and as hex.
const SECRETS: [&[u8]; 4] = [b"MARKED", &[77; 3], b"77, 77, 77", b"4d4d4d"];

const ID: &[u8] = b"AKIDEXAMPLE";

fn temporary() -> Credentials<'static> {
    Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap()
}

fn imported() -> SigningKey {
    SigningKey::import(&[77; 32], "cvm", now()).unwrap()
}

trait Shown: Debug {
    /// The defmt output, if the feature is on.
    fn logged(&self) -> Option<Vec<u8>>;
}

#[cfg(feature = "defmt")]
impl<T: Debug + defmt::Format + Sync> Shown for T {
    fn logged(&self) -> Option<Vec<u8>> {
        let logging = || {
            defmt::export::fmt(self);
            defmt::export::fetch_bytes()
        };
        // defmt sends the indexes of format strings; in a new thread they count from 0.
        std::thread::scope(|threads| Some(threads.spawn(logging).join().unwrap()))
    }
}

#[cfg(not(feature = "defmt"))]
impl<T: Debug> Shown for T {
    fn logged(&self) -> Option<Vec<u8>> {
        None
    }
}

/// Checks that `Debug` shows this text and defmt these bytes, and that neither shows a secret.
#[track_caller]
fn check(value: &dyn Shown, debug: &str, logged: &[u8]) {
    let [line, lines] = [format!("{value:?}"), format!("{value:#?}")].map(String::into_bytes);
    let outputs = [(line, debug.as_bytes()), (lines, b"")];
    for (output, shown) in outputs.into_iter().chain(value.logged().map(|output| (output, logged))) {
        let contains = |part: &[u8]| part.is_empty() || output.windows(part.len()).any(|bytes| bytes == part);
        assert!(contains(shown), "{} is not in {}", shown.escape_ascii(), output.escape_ascii());
        for secret in SECRETS {
            assert!(!contains(secret), "{} is in {}", secret.escape_ascii(), output.escape_ascii());
        }
    }
}

#[test]
#[should_panic(expected = "MARKED-KEY")]
fn a_visible_key_fails_the_check() {
    check(&KEY, "", b"");
}

#[test]
fn credentials_keys_and_signers_show_their_id_or_scope_and_no_secret() {
    let identity = r#"Identity { id: "AKIDEXAMPLE", token: Some("***") }"#;
    let credentials = format!(r#"Credentials {{ identity: {identity}, key: "***" }}"#);
    check(&temporary(), &credentials, ID);
    check(&temporary().identity(), identity, ID);
    check(&Identity::temporary("AKIDEXAMPLE", TOKEN), identity, ID);
    let scope = [b"cvm".as_slice(), &17_952_u32.to_le_bytes()].concat();
    check(&imported(), r#"SigningKey { key: "***", service: "cvm", day: 17952 }"#, &scope);
    let device = DaySigner::new(temporary().identity(), &imported());
    check(&device, &format!("DaySigner {{ identity: {identity}, .. }}"), ID);
    let mut cache = KeyCache::new();
    cache.sign(temporary(), &CALL.json("{}").unwrap(), now());
    // The index of a format string is all that is logged.
    check(&cache, "KeyCache { .. }", &[0, 0, 1, 0, 0, 0]);
    check(&Signer::new(temporary()), &format!("Signer {{ credentials: {credentials}, .. }}"), ID);
}

#[test]
fn a_parameter_value_shows_itself() {
    let object = [("Name", ParamValue::Text("two"))];
    for (value, debug, logged) in [
        (ParamValue::Null, "Null", &[1, 0][..]),
        (ParamValue::Text("a"), "Text(\"a\")", b"\x01\0\0\0a"),
        (ParamValue::Int(-2), "Int(-2)", &(-2_i64).to_le_bytes()),
        (ParamValue::Bool(true), "Bool(true)", &[1, 0, 1, 0, 0]),
        (ParamValue::List(&[ParamValue::Text("one")]), "Text(\"one\")", b"one"),
        (ParamValue::Object(&object), "Text(\"two\")", b"Name"),
        (ParamValue::Object(&object), "Text(\"two\")", b"two"),
    ] {
        check(&value, debug, logged);
    }
}

#[test]
fn a_request_shows_its_call_and_the_length_of_its_body() {
    check(&now(), "Timestamp(1551113065)", &1_551_113_065_u64.to_le_bytes());
    // The index of a format string is all that an engine sends.
    check(&Software::new(), "Software", &[0, 0, 1, 0, 0, 0]);
    check(&CachingSha256::new(), "CachingSha256", &[0, 0, 1, 0, 0, 0]);
    let mut hasher = PayloadHasher::new();
    hasher.update(b"MARKED");
    check(&hasher, "PayloadHasher { len: 6, .. }", &6_u64.to_le_bytes());
    check(&CALL.headers(&[Header::Signed("X-Trace", "a")]), r#"[Signed("X-Trace", "a")]"#, b"X-Trace");
    check(&api!("cvm", "2017-03-12").at(Host::Unchecked("proxy:8443")), "proxy:8443", b"proxy:8443");
    let params = [("Name", ParamValue::Text("a b"))];
    check(&Query::params(&params).unwrap(), "Query(Name=a%20b)", b"Name=a%20b");

    let parts = [Part::text("a", "MARKED"), Part::text("b", "MARKED")];
    let form = Multipart::new("bound", &parts).unwrap();
    let [data, more] = ["data: [77, 65, 82, 75, 69, 68]", "filename: None, content_type: None"];
    let shown = ["a", "b"].map(|name| format!("Part {{ name: \"{name}\", {more}, {data} }}")).join(", ");
    let shown = format!("Multipart {{ boundary: \"bound\", parts: [{shown}] }}");
    check(&form, &shown, b"bound\x02\0\x02\0\0\0");
    let payload = "media_type: multipart/form-data; boundary=bound, payload: 2 parts }";
    check(&CALL.multipart(form).unwrap(), payload, b"2 parts");
    let request = CALL.json(r#"{"Name":"MARKED"}"#).unwrap();
    check(&request, "payload: 17 bytes", b"17 bytes");
    check(&request, "media_type: application/json", b"application/json");
    check(&request.host(), "cvm.tencentcloudapi.com", b"cvm.tencentcloudapi.com");
    check(&request.url(), "https://cvm.tencentcloudapi.com/", b"https://cvm.tencentcloudapi.com/");
    check(&Signer::new(temporary()).prepare(&request), "payload: 17 bytes", b"17 bytes");
}

#[test]
fn a_tc3_request_and_its_claim_show_the_signature_and_mask_the_token() {
    let request = CALL.json("MARKED").unwrap();
    let mut signer = Signer::new(temporary());
    check(&signer.explain(&request, now()), "scope: 2019-02-25/cvm/tc3_request,", b"2019-02-25/cvm");
    let signed = signer.sign(&request, now());
    check(&signer, "AKIDEXAMPLE", ID);
    let authorization = signed.authorization().to_string();
    check(&signed, &format!("Signed {{ authorization: {authorization}, .. }}"), authorization.as_bytes());
    check(&signed.authorization(), &authorization, b"TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/");
    check(&signed.head(), "***", b"***");
    for (name, value) in signed.headers() {
        let shown = if name == "X-TC-Token" { "***".to_owned() } else { value.to_string() };
        check(&value, &shown, shown.as_bytes());
    }

    let head = signed.head().to_string();
    let (method, target, headers) = parse(&head).unwrap();
    let message = Message { method, target, headers: &headers, body: Body::Whole(b"MARKED") };
    check(&message, "Message { method: \"POST\", .. }", b"POST");
    check(&message.body, "Body(6 bytes)", &6_u64.to_le_bytes());
    let claim = verify::tc3::Claim::read(&message).unwrap();
    check(&claim, "AKIDEXAMPLE", ID);
    check(&claim, "DescribeZones", b"DescribeZones");
    let mut verifier = Verifier::default().window(60);
    verifier.tc3(&claim, &temporary(), now()).unwrap();
    check(&verifier, "Verifier { window: 60, .. }", &60_u32.to_le_bytes());
}

#[test]
fn a_v1_request_and_its_claim_show_the_signature_and_mask_the_token() {
    let form = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(temporary());
    let signed = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let signature = signed.signature().to_string();
    check(&signed, &format!("Signed {{ signature: {signature}, .. }}"), signature.as_bytes());
    check(&signed.signature(), &signature, signature.as_bytes());
    check(&signed.wire(), "***", b"***");
    check(&signed.string_to_sign(), "***", b"***");
    check(&signed.head(), "***", b"***");

    let (head, wire) = (signed.head().to_string(), signed.wire().to_string());
    let (method, target, headers) = parse(&head).unwrap();
    let message = Message { method, target, headers: &headers, body: Body::Whole(wire.as_bytes()) };
    check(&message, "Message { method: \"POST\", .. }", b"POST");
    let mut buffer = [verify::v1::Parameter::default(); 16];
    let claim = verify::v1::Claim::read(&message, &mut buffer).unwrap();
    Verifier::new().v1(&claim, &temporary(), now()).unwrap();
    check(&claim, "AKIDEXAMPLE", b"AKIDEXAMPLE\xff");
    check(&claim, "DescribeZones", b"DescribeZones\xff");
    check(&claim.secret_id(), "Value(11 bytes)", &11_u32.to_le_bytes());
    check(&claim.parameter("Token"), "Value(23 bytes)", &23_u32.to_le_bytes());
    check(&buffer[0], "Action", b"Action\xff");
    check(&buffer, "", b"");
}

#[test]
fn a_string_of_an_answer_is_shown_unescaped_and_logged_as_received() {
    let answer = response::parse(br#"{"Response":{"RequestId":"r\u002d1"}}"#).unwrap();
    check(&answer.request_id().unwrap(), "r-1", br"r\u002d1");
}

#[test]
fn an_error_shows_the_wrong_byte_but_not_the_rest_of_the_key() {
    for error in [
        Credentials::new("AKIDEXAMPLE", "MARKED-KEY\n").unwrap_err(),
        Credentials::new("AKIDEXAMPLE", " MARKED-KEY").unwrap_err(),
        Credentials::temporary("AKIDEXAMPLE", KEY, "MARKED TOKEN").unwrap_err(),
    ] {
        check(&error, "", b"");
        assert!(!error.to_string().contains("MARKED"), "{error}");
    }
}
