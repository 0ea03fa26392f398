//! No `Debug` output or error message shows a key or token.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use core::{fmt::Debug, num::NonZeroU64};
use support::{now, parse};
use tc3_core::{
    CachingSha256, Call, Credentials, DaySigner, Header, Identity, Multipart, ParamValue, Part,
    PayloadHasher, Query, Signer, SigningKey, Software, api, v1,
    verify::{self, Body, Message, Verifier},
};

const CALL: Call<'_> = api!("cvm", "2017-03-12").action("DescribeZones");

const KEY: &str = "MARKED-KEY-0123456789";
const TOKEN: &str = "MARKED-TOKEN-0123456789";

fn temporary() -> Credentials<'static> {
    Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap()
}

fn check_masked(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains("MARKED"), "{text}");
        // The imported key of the test below, as bytes and as hex.
        assert!(!text.contains("77, 77, 77") && !text.contains("4d4d4d"), "{text}");
    }
}

#[test]
#[should_panic(expected = "MARKED-KEY")]
fn a_visible_key_fails_the_check() {
    check_masked(&KEY);
}

#[test]
fn debug_of_no_type_shows_a_key_or_a_token() {
    let request = CALL.json("{}").unwrap();
    let mut signer = Signer::new(temporary());
    let (prepared, explanation) = (signer.prepare(&request), signer.explain(&request, now()));
    let signed = signer.sign(&request, now());
    let form = CALL.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let v1 = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let key = SigningKey::import(&[77; 32], "cvm", now()).unwrap();
    signed.headers().for_each(|header| check_masked(&header));

    let head = signed.head().to_string();
    let (method, target, headers) = parse(&head).unwrap();
    let message = Message { method, target, headers: &headers, body: Body::Whole(b"{}") };
    let claim = verify::tc3::Claim::read(&message).unwrap();
    Verifier::new().tc3(&claim, &temporary(), now()).unwrap();

    let (head, wire) = (v1.head().to_string(), v1.wire().to_string());
    let (method, target, headers) = parse(&head).unwrap();
    let form = Message { method, target, headers: &headers, body: Body::Whole(wire.as_bytes()) };
    let mut buffer = [Default::default(); 16];
    let v1_claim = verify::v1::Claim::read(&form, &mut buffer).unwrap();
    Verifier::new().v1(&v1_claim, &temporary(), now()).unwrap();

    check_masked(&(temporary(), temporary().identity(), Identity::temporary("AKIDEXAMPLE", TOKEN), &key));
    check_masked(&DaySigner::new(temporary().identity(), &key));
    check_masked(&(PayloadHasher::new(), Software::new(), CachingSha256::new(), Verifier::new()));
    check_masked(&(prepared, explanation, &signer));
    check_masked(&(signed, signed.head(), signed.headers(), signed.authorization()));
    check_masked(&(v1, v1.head(), v1.wire(), v1.string_to_sign(), v1.signature()));
    check_masked(&(message, message.body, claim));
    check_masked(&(form, form.body, v1_claim, v1_claim.parameter("Token")));
    check_masked(&buffer);
}

#[test]
fn debug_shows_what_is_not_secret() {
    let identity = r#"Identity { id: "AKIDEXAMPLE", token: Some("***") }"#;
    let credentials = format!(r#"Credentials {{ identity: {identity}, key: "***" }}"#);
    let key = SigningKey::import(&[77; 32], "cvm", now()).unwrap();
    let request = CALL.json("{}").unwrap();
    let mut signer = Signer::new(temporary());
    let signed = signer.sign(&request, now());
    let form = CALL.v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let v1 = signer.sign_v1(&form, now(), v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    let mut hasher = PayloadHasher::default();
    hasher.update(b"{}");
    let parts = [Part::text("a", "b")];
    let part = "Part { name: \"a\", filename: None, content_type: None, data: [98] }";
    let params = [("Name", ParamValue::Text("a b"))];
    let message = Message { method: "POST", target: "/", headers: &[], body: Body::Whole(b"{}") };
    let shown: [(&dyn Debug, &str); 14] = [
        (&now(), "Timestamp(1551113065)"),
        (&temporary(), &credentials),
        (&key, r#"SigningKey { key: "***", service: "cvm", day: 17952 }"#),
        (&DaySigner::new(temporary().identity(), &key), &format!("DaySigner {{ identity: {identity}, .. }}")),
        (&signer, &format!("Signer {{ credentials: {credentials}, .. }}")),
        (&signed, &format!("Signed {{ authorization: {}, .. }}", signed.authorization())),
        (&v1, &format!("Signed {{ signature: {}, .. }}", v1.signature())),
        (&hasher, "PayloadHasher { len: 2, .. }"),
        (&(Software::new(), CachingSha256::new()), "(Software, CachingSha256)"),
        (&Verifier::default().window(60), "Verifier { window: 60, .. }"),
        (&message, "Message { method: \"POST\", .. }"),
        (&message.body, "Body(2 bytes)"),
        (
            &Multipart::new("bound", &parts).unwrap(),
            &format!("Multipart {{ boundary: \"bound\", parts: [{part}] }}"),
        ),
        (&Query::params(&params).unwrap(), "Query(Name=a%20b)"),
    ];
    for (value, text) in shown {
        assert_eq!(format!("{value:?}"), text);
    }
    let form = CALL.multipart(Multipart::new("bound", &parts).unwrap()).unwrap();
    let contained: [(&dyn Debug, &str); 3] = [
        (&signer.explain(&request, now()), "scope: 2019-02-25/cvm/tc3_request,"),
        (&CALL.headers(&[Header::Signed("X-Trace", "a")]), r#"[Signed("X-Trace", "a")]"#),
        (&form, "media_type: multipart/form-data; boundary=bound, payload: 1 parts }"),
    ];
    for (value, text) in contained {
        let shown = format!("{value:?}");
        assert!(shown.contains(text), "{text:?} is not in {shown}");
    }
}

#[test]
fn an_error_shows_the_wrong_byte_but_not_the_rest_of_the_key() {
    for error in [
        Credentials::new("AKIDEXAMPLE", "MARKED-KEY\n").unwrap_err(),
        Credentials::new("AKIDEXAMPLE", " MARKED-KEY").unwrap_err(),
        Credentials::temporary("AKIDEXAMPLE", KEY, "MARKED TOKEN").unwrap_err(),
    ] {
        check_masked(&error);
        assert!(!error.to_string().contains("MARKED"));
    }
}
