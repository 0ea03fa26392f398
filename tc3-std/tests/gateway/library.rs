//! Calls made by the library.

use crate::server::{
    CVM, ENCODED_TOKEN, TEMPORARY_ID, TestServer, echo, failure, nonce, now, signer, temporary_signer,
};
use tc3_core::{
    Call, ContentType, HashedPayload, Header, Multipart, ParamValue, Part, PayloadHasher, Query, Request,
    v1::{Algorithm, Method, Params},
};
use tc3_std::{
    Message,
    gateway::{Answer, Config},
};

const JSON: &str = r#"{"Name":"温度 é"}"#;

fn call() -> Call<'static> {
    CVM.action("DescribeInstances").region("ap-guangzhou")
}

/// Sends a request with each of the two keys, and returns the answer of the gateway.
fn accepted(request: &Request<'_>) -> Vec<u8> {
    let server = TestServer::new();
    server.call(temporary_signer().sign(request, now())).unwrap();
    server.call(signer().sign(request, now())).unwrap().body().to_vec()
}

fn hash_of(body: &[u8]) -> String {
    HashedPayload::of(body).digest().map(|byte| format!("{byte:02x}")).concat()
}

#[test]
fn json_is_accepted_with_and_without_charset() {
    for kind in [ContentType::Json, ContentType::JsonUtf8] {
        let body = accepted(&call().post(kind, JSON.as_bytes()).unwrap());
        assert_eq!(echo(&body, "BodySha256"), hash_of(JSON.as_bytes()));
        assert_eq!(echo(&body, "Signature"), "TC3-HMAC-SHA256");
        assert_eq!(echo(&body, "Service"), "cvm");
        assert_eq!(echo(&body, "Region"), "ap-guangzhou");
    }
}

#[test]
fn a_get_arrives_with_the_query_that_was_signed() {
    let params = [("Limit", ParamValue::Int(1)), ("Name", ParamValue::Text("a b+&é'(~)"))];
    let body = accepted(&call().get(Query::params(&params).unwrap()).unwrap());
    assert_eq!(echo(&body, "Query"), "Limit=1&Name=a%20b%2B%26%C3%A9%27%28~%29");
    accepted(&call().get(Query::EMPTY).unwrap());
}

#[test]
fn a_multipart_form_is_accepted() {
    let parts = [Part::text("Name", "é"), Part::file("Data", "x.bin", &[0, 255, b'\r', b'\n'])];
    let body = accepted(&call().multipart(Multipart::new("boundary1", &parts).unwrap()).unwrap());
    assert_eq!(echo(&body, "ContentType"), "multipart/form-data; boundary=boundary1");
}

#[test]
fn octets_and_custom_headers_are_accepted() {
    let headers =
        [Header::SignAction, Header::Unsigned("X-CLS-TopicId", "Ab"), Header::Signed("X-CLS-Hash", "Cd")];
    let body = accepted(&call().headers(&headers).octets(&[0, 1, 255]).unwrap());
    assert_eq!(echo(&body, "BodySize"), "3");
}

#[test]
fn a_streamed_body_is_accepted() {
    let piece = [7; 50_000];
    let mut hasher = PayloadHasher::new();
    (0..20).for_each(|_| hasher.update(&piece));
    let payload = hasher.finish();
    let request = call().streamed(ContentType::Octets, &payload).unwrap();
    let message = Message::from(signer().sign(&request, now())).with_body(&[7; 1_000_000][..]);
    let reply = TestServer::new().call(message).unwrap();
    assert_eq!(echo(reply.body(), "BodySize"), "1000000");
}

#[test]
fn an_unsigned_body_is_accepted() {
    let request = call().unsigned(ContentType::Octets, 3).unwrap();
    let message = Message::from(signer().sign(&request, now())).with_body(&b"abc"[..]);
    let reply = TestServer::new().call(message).unwrap();
    assert_eq!(echo(reply.body(), "Signature"), "TC3-HMAC-SHA256 UNSIGNED-PAYLOAD");
    assert_eq!(echo(reply.body(), "BodySha256"), hash_of(b"abc"));
}

#[test]
fn v1_is_accepted_by_get_and_post_with_every_algorithm() {
    let server = TestServer::new();
    for method in [Method::Get, Method::Post] {
        for algorithm in [Algorithm::HmacSha1, Algorithm::HmacSha1Unnamed, Algorithm::HmacSha256] {
            let mut pairs = [
                ("Zone", ParamValue::Text("a b+&=é'(~)!*")),
                ("Ids", ParamValue::List(&[ParamValue::Int(1); 12])),
            ];
            let request = call().v1(method, algorithm, Params::sorted(&mut pairs).unwrap()).unwrap();
            let reply = server.call(signer().sign_v1(&request, now(), nonce()).unwrap()).unwrap();
            let name = if algorithm == Algorithm::HmacSha256 { "HmacSHA256" } else { "HmacSHA1" };
            assert_eq!(echo(reply.body(), "Signature"), name);
            assert_eq!(echo(reply.body(), "Service"), "cvm");
            let reply = server.call(temporary_signer().sign_v1(&request, now(), nonce()).unwrap()).unwrap();
            assert_eq!(echo(reply.body(), "SecretId"), TEMPORARY_ID);
        }
    }
}

#[test]
fn the_largest_requests_are_accepted() {
    let body = vec![b' '; 10 * 1024 * 1024];
    accepted(&call().octets(&body).unwrap());
    let query = "a".repeat(32 * 1024 - "https://cvm.tencentcloudapi.com/?".len());
    accepted(&call().get(Query::encoded(&query).unwrap()).unwrap());
    let value = "a".repeat(1024 * 1024 - 400);
    let pairs = [("Data", ParamValue::Text(&value))];
    let params = Params::unsorted(&pairs).unwrap();
    let request = call().v1(Method::Post, Algorithm::HmacSha256, params).unwrap();
    TestServer::new().call(signer().sign_v1(&request, now(), nonce()).unwrap()).unwrap();
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
    assert!(records.len() == 3 && records.iter().all(|record| record.peer == records[0].peer));
}

#[test]
fn debug_of_an_accepted_request_hides_the_token_in_its_form() {
    let server = TestServer::with(Config::new().answer(|accepted| Answer::Failure {
        code: format!("{accepted:?}"),
        message: String::from_utf8_lossy(&accepted.body).into_owned(),
    }));
    let request = call().v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
    let failure = failure(server.call(temporary_signer().sign_v1(&request, now(), nonce()).unwrap()));
    assert!(failure.message.contains(ENCODED_TOKEN));
    let shown = failure.code;
    assert!(shown.contains(TEMPORARY_ID) && !shown.contains("MARKER"), "{shown}");
}

#[test]
fn debug_of_a_message_hides_its_token() {
    let request = call().json("{}").unwrap();
    let message = Message::from(temporary_signer().sign(&request, now()));
    assert!(!format!("{message:?}").contains(crate::server::TOKEN));
}
