//! No `Debug` output or error message shows a key or token.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use core::{fmt::Debug, num::NonZeroU64};
use tc3_core::{
    CachingSha256, Credentials, DaySigner, Header, Host, Identity, Multipart, ParamValue, Part,
    PayloadHasher, Query, Signer, SigningKey, Software, Timestamp, api, v1,
    verify::{self, Body, Message, Verifier},
};

const KEY: &str = "MARKED-KEY-0123456789";
const TOKEN: &str = "MARKED-TOKEN-0123456789";

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
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let credentials = Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap();
    let api = api!("cvm", "2017-03-12");
    let request = api.action("DescribeZones").json("{}").unwrap();
    let mut signer = Signer::new(credentials);
    let signed = signer.sign(&request, now);
    let key = SigningKey::import(&[77; 32], "cvm", now).unwrap();
    check_masked(&credentials);
    check_masked(&Identity::temporary("AKIDEXAMPLE", TOKEN).unwrap());
    check_masked(&credentials.identity());
    check_masked(&key);
    check_masked(&DaySigner::new(credentials.identity(), &key));
    check_masked(&PayloadHasher::new());
    check_masked(&signer.prepare(&request));
    check_masked(&signer.explain(&request, now));
    check_masked(&signer);
    check_masked(&signed);
    check_masked(&signed.head());
    check_masked(&signed.headers());
    signed.headers().for_each(|header| check_masked(&header));

    let form = api.action("DescribeZones");
    let form = form.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let v1 = signer.sign_v1(&form, now, v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    check_masked(&v1);
    check_masked(&v1.head());
    check_masked(&v1.wire());
    check_masked(&v1.string_to_sign());
    check_masked(&v1.signature());

    let values: Vec<_> = signed.headers().map(|(name, value)| (name, value.to_string())).collect();
    let headers: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let message = Message { method: "POST", target: "/", headers: &headers, body: Body::Whole(b"{}") };
    let claim = verify::tc3::Claim::read(&message).unwrap();
    Verifier::new().tc3(&claim, &credentials, now).unwrap();
    check_masked(&message);
    check_masked(&message.body);
    check_masked(&claim);
    check_masked(&Verifier::new());
    check_masked(&Software::new());
    check_masked(&CachingSha256::new());

    let wire = v1.wire().to_string();
    let (head, mut buffer) =
        (v1.headers().map(|(name, value)| (name, value.to_string())), [Default::default(); 16]);
    let values: Vec<_> = head.collect();
    let headers: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let message =
        Message { method: "POST", target: "/", headers: &headers, body: Body::Whole(wire.as_bytes()) };
    let claim = verify::v1::Claim::read(&message, &mut buffer).unwrap();
    Verifier::new().v1(&claim, &credentials, now).unwrap();
    check_masked(&message);
    check_masked(&message.body);
    check_masked(&claim);
    check_masked(&claim.parameter("Token").unwrap());
    check_masked(&buffer);
}

#[test]
fn debug_shows_the_id_of_credentials_and_the_scope_of_keys() {
    let temporary = Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap();
    let identity = r#"Identity { id: "AKIDEXAMPLE", token: Some("***") }"#;
    assert_eq!(format!("{:?}", temporary.identity()), identity);
    assert_eq!(format!("{temporary:?}"), format!(r#"Credentials {{ identity: {identity}, key: "***" }}"#));
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let key = SigningKey::import(&[77; 32], "cvm", now).unwrap();
    assert_eq!(format!("{key:?}"), r#"SigningKey { key: "***", service: "cvm", day: 17952 }"#);
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let mut signer = Signer::new(temporary);
    let explain = format!("{:?}", signer.explain(&request, now));
    assert!(explain.contains("scope: 2019-02-25/cvm/tc3_request,"), "{explain}");
    assert_eq!(format!("{signer:?}"), format!("Signer {{ credentials: {temporary:?}, .. }}"));
    let day_signer = DaySigner::new(temporary.identity(), &key);
    assert_eq!(format!("{day_signer:?}"), format!("DaySigner {{ identity: {identity}, .. }}"));
    let signed = signer.sign(&request, now);
    assert_eq!(format!("{signed:?}"), format!("Signed {{ authorization: {}, .. }}", signed.authorization()));
}

#[test]
fn debug_shows_the_length_of_a_body_and_the_parts_of_a_form() {
    assert_eq!(format!("{:?}", Body::Whole(b"{}")), "Body(2 bytes)");
    assert_eq!(format!("{:?} {:?}", Software::new(), CachingSha256::new()), "Software CachingSha256");
    let parts = [Part::text("a", "1")];
    let form = Multipart::new("bound", &parts).unwrap();
    assert_eq!(format!("{form:?}"), format!("Multipart {{ boundary: \"bound\", parts: {parts:?} }}"));
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

#[test]
fn an_encoding_with_a_token_is_marked_as_sensitive() {
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let temporary = Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap();
    let signed = Signer::new(temporary).sign(&request, now);
    assert!(signed.head().is_sensitive());
    let sensitive = signed.headers().filter(|(_, value)| value.is_sensitive());
    assert_eq!(sensitive.map(|(name, _)| name).collect::<Vec<_>>(), ["X-TC-Token"]);
    assert!(!signed.authorization().is_sensitive());
    let permanent = Credentials::new("AKIDEXAMPLE", KEY).unwrap();
    assert!(!Signer::new(permanent).sign(&request, now).head().is_sensitive());
}

#[test]
fn debug_shows_values_without_secrets() {
    let mut hasher = PayloadHasher::default();
    hasher.update(b"{}");
    let message = Message { method: "POST", target: "/", headers: &[], body: Body::Whole(b"{}") };
    let parts = [Part::text("a", "b")];
    let form = Multipart::new("58731222010402", &parts).unwrap();
    let params = [("Name", ParamValue::Text("a b"))];
    let query = Query::params(&params).unwrap();
    let now = Timestamp::from_unix(1_551_113_065).unwrap();
    let shown: [(&dyn Debug, &str); 7] = [
        (&now, "Timestamp(1551113065)"),
        (&hasher, "PayloadHasher { len: 2, .. }"),
        (&Verifier::default().window(60), "Verifier { window: 60, .. }"),
        (&message, "Message { method: \"POST\", .. }"),
        (&message.body, "Body(2 bytes)"),
        (
            &form,
            "Multipart { boundary: \"58731222010402\", parts: [Part { name: \"a\", filename: None, \
             content_type: None, data: [98] }] }",
        ),
        (&query, "Query(Name=a%20b)"),
    ];
    for (value, text) in shown {
        assert_eq!(format!("{value:?}"), text);
    }
    let api = api!("cvm", "2017-03-12");
    for (host, text) in [
        (Host::Internal, "HostParts { form: Family, family: \".internal.tencentcloudapi.com\", text: \"\" }"),
        (Host::Regional("ap-tokyo"), "HostParts { form: Family, family: \".\", text: \"ap-tokyo\" }"),
        (Host::Unchecked("proxy:8443"), "HostParts { form: Unchecked, family: \"\", text: \"proxy:8443\" }"),
    ] {
        let api = api.at(host);
        assert!(format!("{api:?}").contains(&format!("host: {text},")), "{api:?}");
    }
    let call = api.action("DescribeZones");
    let signed = call.headers(&[Header::Signed("X-Trace", "a")]);
    assert!(format!("{signed:?}").contains("[Signed(\"X-Trace\", \"a\")]"), "{signed:?}");
    let form = format!("{:?}", call.multipart(form).unwrap());
    assert!(
        form.ends_with("media_type: multipart/form-data; boundary=58731222010402, payload: 1 parts }"),
        "{form}"
    );
    let request = call.v1(v1::Method::Get, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", KEY).unwrap());
    let signed = signer.sign_v1(&request, now, v1::Nonce::new(NonZeroU64::MIN)).unwrap();
    assert_eq!(format!("{signed:?}"), format!("Signed {{ signature: {}, .. }}", signed.signature()));
}
