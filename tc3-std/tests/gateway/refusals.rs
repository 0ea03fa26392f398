//! What the gateway refuses, and with which code.

use crate::server::{CVM, ID, KEY, TEMPORARY_ID, TOKEN, TestServer, failure, nonce, now, off_by, signer};
use tc3_core::{Api, ContentType, Credentials, Host, Signer, response::Advice, v1};
use tc3_std::{
    CallError, Message,
    gateway::{Config, Gateway, StartError},
};

fn code_with(credentials: Credentials<'_>) -> String {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let tc3 = failure(TestServer::new().call(Signer::new(credentials).sign(&request, now()))).code;
    let request = CVM.action("DescribeZones");
    let request = request.v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::EMPTY).unwrap();
    let signed = Signer::new(credentials).sign_v1(&request, now(), nonce()).unwrap();
    assert_eq!(failure(TestServer::new().call(signed)).code, tc3);
    tc3
}

#[test]
fn each_kind_of_wrong_credentials_is_refused_with_its_own_code() {
    let code = |id, key| code_with(Credentials::new(id, key).unwrap());
    assert_eq!(code(ID, "wrong"), "AuthFailure.SignatureFailure");
    assert_eq!(code("AKIDNOBODY", KEY), "AuthFailure.SecretIdNotFound");
    assert_eq!(code(TEMPORARY_ID, KEY), "AuthFailure.TokenFailure");
    let code = |id, token| code_with(Credentials::temporary(id, KEY, token).unwrap());
    assert_eq!(code(TEMPORARY_ID, "wrong"), "AuthFailure.TokenFailure");
    assert_eq!(code(ID, TOKEN), "AuthFailure.TokenFailure");
}

#[test]
fn a_clock_may_be_300_seconds_off_and_no_more() {
    let server = TestServer::new();
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    for seconds in [-290, 290] {
        server.call(signer().sign(&request, off_by(seconds))).unwrap();
    }
    for seconds in [-310, 310] {
        let failure = failure(server.call(signer().sign(&request, off_by(seconds))));
        assert_eq!(
            (failure.code.as_str(), failure.advice),
            ("AuthFailure.SignatureExpire", Advice::FixClock)
        );
        assert!(failure.reply.date().unwrap().abs_diff(now()) < 5);
    }
}

#[test]
fn a_body_that_differs_from_the_signed_one_is_refused() {
    let request = CVM.action("DescribeZones").post(ContentType::Json, b"{}").unwrap();
    let message = Message::from(signer().sign(&request, now())).with_body(&b"[]"[..]);
    assert_eq!(failure(TestServer::new().call(message)).code, "AuthFailure.SignatureFailure");
}

#[test]
fn a_request_without_a_signature_is_refused_and_one_for_another_service_is_not() {
    let other = Api::new("cbs", "2017-03-12").unwrap().at(Host::Unchecked("cvm.example.com"));
    let request = other.action("DescribeDisks").json("{}").unwrap();
    // The host does not belong to Tencent, so the service is that of the credential scope.
    TestServer::new().call(signer().sign(&request, now())).unwrap();
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    assert_eq!(failure(TestServer::new().call(request.skip(now()))).code, "AuthFailure.InvalidAuthorization");
}

#[test]
fn a_body_shorter_than_its_signed_length_fails_the_call() {
    let request = CVM.action("Upload").unsigned(ContentType::Octets, 5).unwrap();
    let server = TestServer::new();
    let message = Message::from(signer().sign(&request, now())).with_body(&b"abc"[..]);
    assert!(matches!(server.call(message), Err(CallError::Request(_))));
    assert!(server.records().is_empty());
}

#[test]
fn a_gateway_listens_on_loopback_only() {
    let listen = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(Gateway::start(Config::new().listen(listen)), Err(StartError::NotLoopback { .. })));
}
