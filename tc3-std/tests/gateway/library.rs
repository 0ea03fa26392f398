//! Calls made by the library.

use crate::server::{
    CVM, ENCODED_TOKEN, ID, KEY, TEMPORARY_ID, TOKEN, TestServer, echo, failure, now, signer,
    temporary_signer,
};
use tc3_core::{
    Call, ContentType, Credentials, HashedPayload, Header, Multipart, ParamValue, Part, PayloadHasher, Query,
    Request, Signer,
    v1::{Algorithm, Method, Params},
};
use tc3_std::{
    CallError, Message,
    gateway::{Answer, Config},
    nonce,
};

const JSON: &str = r#"{"Name":"温度 é"}"#;

fn call() -> Call<'static> {
    CVM.action("DescribeInstances").region("ap-guangzhou")
}

/// Sends a request with each of the two keys, and compares fields of the gateway's answer.
fn accepted(request: &Request<'_>, fields: &[(&str, &str)]) {
    let server = TestServer::new();
    server.call(temporary_signer().sign(request, now())).unwrap();
    let reply = server.call(signer().sign(request, now())).unwrap();
    for (field, value) in fields {
        assert_eq!(echo(reply.body(), field), *value, "{field} of {request:?}");
    }
}

fn hash_of(body: &[u8]) -> String {
    HashedPayload::of(body).digest().map(|byte| format!("{byte:02x}")).concat()
}

#[test]
fn every_kind_of_body_is_accepted() {
    let hash = hash_of(JSON.as_bytes());
    let fields = [("BodySha256", &*hash), ("Signature", "TC3-HMAC-SHA256"), ("Service", "cvm")];
    for kind in [ContentType::Json, ContentType::JsonUtf8] {
        accepted(&call().post(kind, JSON.as_bytes()).unwrap(), &fields);
    }
    let params = [("Limit", ParamValue::Int(1)), ("Name", ParamValue::Text("a b+&é'(~)"))];
    let query = ("Query", "Limit=1&Name=a%20b%2B%26%C3%A9%27%28~%29");
    accepted(&call().get(Query::params(&params).unwrap()).unwrap(), &[query, ("Region", "ap-guangzhou")]);
    accepted(&call().get(Query::EMPTY).unwrap(), &[("Method", "GET")]);
    let parts = [Part::text("Name", "é"), Part::file("Data", "x.bin", &[0, 255, b'\r', b'\n'])];
    let form = call().multipart(Multipart::new("boundary1", &parts).unwrap()).unwrap();
    accepted(&form, &[("ContentType", "multipart/form-data; boundary=boundary1")]);
    let headers =
        [Header::SignAction, Header::Unsigned("X-CLS-TopicId", "Ab"), Header::Signed("X-CLS-Hash", "Cd")];
    accepted(&call().headers(&headers).octets(&[0, 1, 255]).unwrap(), &[("BodySize", "3")]);
}

#[test]
fn a_streamed_body_and_an_unsigned_one_are_accepted() {
    let piece = [7; 50_000];
    let mut hasher = PayloadHasher::new();
    (0..20).for_each(|_| hasher.update(&piece));
    let payload = hasher.finish();
    let streamed = call().streamed(ContentType::Octets, &payload).unwrap();
    let unsigned = call().unsigned(ContentType::Octets, 3).unwrap();
    for (request, body, scheme) in [
        (streamed, &[7; 1_000_000][..], "TC3-HMAC-SHA256"),
        (unsigned, b"abc", "TC3-HMAC-SHA256 UNSIGNED-PAYLOAD"),
    ] {
        let message = Message::from(signer().sign(&request, now())).with_body(body);
        let reply = TestServer::new().call(message).unwrap();
        let echoed = ["Signature", "BodySha256"].map(|field| echo(reply.body(), field));
        assert_eq!(echoed, [scheme.to_owned(), hash_of(body)]);
    }
}

#[test]
fn v1_is_accepted_by_get_and_post_with_every_algorithm() {
    let server = TestServer::new();
    for method in [Method::Get, Method::Post] {
        for algorithm in [Algorithm::HmacSha1, Algorithm::HmacSha1Unnamed, Algorithm::HmacSha256] {
            let ids = [ParamValue::Int(1); 12];
            let mut pairs = [("Zone", ParamValue::Text("a b+&=é'(~)!*")), ("Ids", ParamValue::List(&ids))];
            let request = call().v1(method, algorithm, Params::sorted(&mut pairs).unwrap()).unwrap();
            let scheme = if algorithm == Algorithm::HmacSha256 { "HmacSHA256" } else { "HmacSHA1" };
            for (mut signer, id) in [(signer(), ID), (temporary_signer(), TEMPORARY_ID)] {
                let reply = server.call(signer.sign_v1(&request, now(), nonce().unwrap()).unwrap()).unwrap();
                let echoed = ["Signature", "Service", "SecretId"].map(|field| echo(reply.body(), field));
                assert_eq!(echoed, [scheme, "cvm", id], "{request:?}");
            }
        }
    }
}

#[test]
fn the_largest_requests_are_accepted() {
    let body = vec![b' '; 10 * 1024 * 1024];
    accepted(&call().octets(&body).unwrap(), &[("BodySize", "10485760")]);
    let query = "a".repeat(32 * 1024 - "https://cvm.tencentcloudapi.com/?".len());
    accepted(&call().get(Query::encoded(&query).unwrap()).unwrap(), &[("Query", &query)]);
    let value = "a".repeat(1024 * 1024 - 400);
    let pairs = [("Data", ParamValue::Text(&value))];
    let params = Params::unsorted(&pairs).unwrap();
    let request = call().v1(Method::Post, Algorithm::HmacSha256, params).unwrap();
    TestServer::new().call(signer().sign_v1(&request, now(), nonce().unwrap()).unwrap()).unwrap();
}

#[test]
fn a_connection_is_reused_for_the_next_request() {
    let server = TestServer::new();
    let mut connection = server.client().open("cvm.tencentcloudapi.com").unwrap();
    let request = call().json("{}").unwrap();
    for _ in 0..3 {
        let reply = connection.send(signer().sign(&request, now()).into()).unwrap();
        assert!(reply.is_reusable());
        assert!(reply.into_success().unwrap().request_id().is_some());
    }
    let records = server.records();
    let peers: Vec<_> = records.iter().map(|record| record.peer).collect();
    assert_eq!(peers, [peers[0]; 3]);
}

#[test]
fn each_kind_of_wrong_credentials_is_refused_with_its_own_code() {
    let server = TestServer::new();
    let tc3 = call().json("{}").unwrap();
    let v1 = call().v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
    for (credentials, code) in [
        (Credentials::new(ID, "wrong"), "AuthFailure.SignatureFailure"),
        (Credentials::new("AKIDNOBODY", KEY), "AuthFailure.SecretIdNotFound"),
        (Credentials::new(TEMPORARY_ID, KEY), "AuthFailure.TokenFailure"),
        (Credentials::temporary(TEMPORARY_ID, KEY, "wrong"), "AuthFailure.TokenFailure"),
        (Credentials::temporary(ID, KEY, TOKEN), "AuthFailure.TokenFailure"),
    ] {
        let mut signer = Signer::new(credentials.unwrap());
        let by_tc3 = failure(server.call(signer.sign(&tc3, now()))).code;
        let by_v1 = failure(server.call(signer.sign_v1(&v1, now(), nonce().unwrap()).unwrap())).code;
        assert_eq!((&*by_tc3, &*by_v1), (code, code), "{credentials:?}");
    }
}

#[test]
fn a_body_shorter_than_its_signed_length_fails_the_call() {
    let request = CVM.action("Upload").unsigned(ContentType::Octets, 5).unwrap();
    let server = TestServer::new();
    let message = Message::from(signer().sign(&request, now())).with_body(&b"abc"[..]);
    let outcome = server.call(message);
    assert!(matches!(outcome, Err(CallError::Request(_))), "{outcome:?}");
    assert_eq!(server.records(), []);
}

#[test]
fn debug_hides_the_token_of_a_message_and_of_an_accepted_form() {
    let server = TestServer::with(Config::new().answer(|accepted| Answer::Failure {
        code: format!("{accepted:?}"),
        message: String::from_utf8_lossy(&accepted.body).into_owned(),
    }));
    let request = call().v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
    let signed = temporary_signer().sign_v1(&request, now(), nonce().unwrap()).unwrap();
    let failure = failure(server.call(signed));
    assert!(failure.message.contains(ENCODED_TOKEN), "{ENCODED_TOKEN} is not in {}", failure.message);
    let shown = format!("{:?} {}", Message::from(signed), failure.code);
    assert!(shown.contains(TEMPORARY_ID) && !shown.contains("MARKER"), "{shown}");
}
