//! Requests of other clients, written by hand to a socket.

use crate::server::{CVM, PATIENCE, TestServer, localhost, nonce, now, signer};
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};
use tc3_core::{Host, ParamValue, Query, Request, v1};
use tc3_std::gateway::{Answer, Config, Transport};

fn connect(server: &TestServer) -> TcpStream {
    let socket = TcpStream::connect(localhost(server.gateway.addr().port())).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Sends a request with `Connection: close`, and reads until the gateway closes.
pub(crate) fn exchange(server: &TestServer, request: &str) -> String {
    let mut socket = connect(server);
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

/// A GET with `Connection: close`.
pub(crate) fn get(target: &str, headers: &[&str]) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    format!("GET {target} HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\nConnection: close\r\n{headers}\r\n")
}

/// A signed head with `Connection: close`, without the empty line that ends it.
fn head(request: &Request<'_>) -> String {
    let head = signer().sign(request, now()).head().to_string();
    head.replacen("\r\n", "\r\nConnection: close\r\n", 1).trim_end().to_owned()
}

fn accepted(server: &TestServer, request: &str) {
    let answer = exchange(server, request);
    let record = server.records().pop();
    let accepted = answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\"Echo\"");
    assert!(accepted, "{request}\n--- was answered\n{answer}{record:?}");
}

/// A change of a signed head that other clients make, and the body that they send.
type Variation = (&'static str, fn(&str) -> String, &'static str);

fn rename(head: &str, change: fn(&str) -> String) -> String {
    let (line, headers) = head.split_once("\r\n").unwrap();
    let headers = headers.lines().map(|header| header.split_once(':').unwrap());
    let headers = headers.map(|(name, value)| format!("\r\n{}:{value}", change(name)));
    line.to_owned() + &headers.collect::<String>()
}

const POSTS: [Variation; 4] = [
    ("names in lower case", |head| rename(head, str::to_ascii_lowercase), "{}"),
    ("names in upper case", |head| rename(head, str::to_ascii_uppercase), "{}"),
    ("an empty query", |head| head.replacen("POST / ", "POST /? ", 1), "{}"),
    (
        "a body in chunks",
        |head| head.replace("Content-Length: 2", "Transfer-Encoding: chunked"),
        "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
    ),
];

const GETS: [Variation; 2] = [
    ("an empty query", |head| head.replacen("GET / ", "GET /? ", 1), ""),
    ("a length of 0", |head| head.to_owned() + "\r\nContent-Length: 0", ""),
];

#[test]
fn requests_are_accepted_as_other_clients_write_them() {
    let server = TestServer::plain();
    let (get, post) = (CVM.action("DescribeZones").get(Query::EMPTY), CVM.action("DescribeZones").json("{}"));
    for (signed, variations) in [(head(&post.unwrap()), &POSTS[..]), (head(&get.unwrap()), &GETS)] {
        for (name, change, body) in variations {
            let varied = change(&signed);
            assert_ne!(varied, signed, "{name} changes nothing");
            accepted(&server, &format!("{varied}\r\n\r\n{body}"));
        }
    }
}

#[test]
fn an_ip_address_is_accepted_as_host_with_its_port_signed_or_not() {
    let server = TestServer::plain();
    let addr = server.gateway.addr().to_string();
    for signed in ["127.0.0.1", "localhost", &addr] {
        let request = CVM.at(Host::Unchecked(signed)).action("DescribeZones").json("{}").unwrap();
        let sent = format!("Host: {}", if signed == addr { addr.clone() } else { format!("{signed}:8443") });
        let head = head(&request).replacen(&format!("Host: {signed}"), &sent, 1);
        accepted(&server, &format!("{head}\r\n\r\n{{}}"));
    }
}

#[test]
fn a_v1_get_without_content_type_and_with_form_encoding_is_accepted_repeatedly() {
    let server = TestServer::plain();
    let pairs = [("Name", ParamValue::Text("a b!()*"))];
    let params = v1::Params::unsorted(&pairs).unwrap();
    let request = CVM.action("DescribeZones").v1(v1::Method::Get, v1::Algorithm::HmacSha1, params).unwrap();
    let wire = signer().sign_v1(&request, now(), nonce()).unwrap().wire().to_string();
    assert!(wire.contains("Name=a%20b%21%28%29%2A"));
    let target = format!("/?{}", wire.replace("a%20b%21%28%29%2A", "a+b!()*"));
    // The gateway does not refuse a nonce that was used before.
    (0..2).for_each(|_| accepted(&server, &get(&target, &[])));
}

#[test]
fn a_client_that_expects_100_continue_gets_it_before_it_sends_the_body() {
    let server = TestServer::plain();
    let head = head(&CVM.action("DescribeZones").json("{}").unwrap());
    let mut socket = connect(&server);
    socket.write_all(format!("{head}\r\nExpect: 100-continue\r\n\r\n").as_bytes()).unwrap();
    let mut interim = [0; 25];
    socket.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(b"{}").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\"Echo\""), "{answer}");
}

#[test]
fn a_client_that_closed_its_sending_side_is_answered() {
    // Larger than the buffers of a socket: the gateway sends the rest when the client reads.
    let fields = || [("Large".to_owned(), "x".repeat(16 * 1024 * 1024).into())].into_iter().collect();
    let large = Config::new().transport(Transport::PlainHttp).answer(move |_| Answer::Fields(fields()));
    let server = TestServer::with(large);
    let head = signer().sign(&CVM.action("DescribeZones").json("{}").unwrap(), now()).head().to_string();
    let mut socket = connect(&server);
    socket.write_all(format!("{head}{{}}").as_bytes()).unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    thread::sleep(Duration::from_millis(100));
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("}}"), "the answer ends after {} bytes", answer.len());
}

#[test]
fn every_answer_has_date_content_type_and_content_length() {
    let answer = exchange(&TestServer::plain(), &get("/", &[]));
    for header in ["\r\nDate: ", "\r\nContent-Type: application/json\r\n", "\r\nContent-Length: "] {
        assert!(answer.contains(header), "{answer}");
    }
    assert!(answer.contains(r#""Error":{"Code":"AuthFailure.InvalidAuthorization""#), "{answer}");
    assert!(answer.contains(r#""RequestId":""#));
}

#[test]
fn a_request_target_that_names_a_server_is_refused() {
    let server = TestServer::plain();
    let head = head(&CVM.action("DescribeZones").json("{}").unwrap());
    for target in [".", "evil:1", "http://other", "http://other/", "http://cvm.tencentcloudapi.com/"] {
        let head = head.replacen("POST / ", &format!("POST {target} "), 1);
        let answer = exchange(&server, &format!("{head}\r\n\r\n{{}}"));
        assert!(answer.contains("the request target"), "{target} was answered {answer}");
    }
}

#[test]
fn a_method_other_than_get_and_post_is_refused() {
    let answer = exchange(&TestServer::plain(), &get("/", &[]).replacen("GET", "PUT", 1));
    assert!(answer.contains("UnsupportedProtocol"), "{answer}");
}

#[test]
fn a_body_over_the_limit_is_read_and_then_refused() {
    let server = TestServer::plain();
    let send = |head: &str, len: usize| {
        exchange(&server, &format!("{head}\r\nContent-Length: {len}\r\n\r\n{}", " ".repeat(len)))
    };
    let tc3 = head(&CVM.action("Upload").octets(b"").unwrap()).replace("\r\nContent-Length: 0", "");
    let answer = send(&tc3, 10 * 1024 * 1024 + 1);
    assert!(answer.contains("\"RequestSizeLimitExceeded\""), "{answer}");
    let form = "POST / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\nConnection: close\r\n\
                Content-Type: application/x-www-form-urlencoded";
    let answer = send(form, 1024 * 1024 + 1);
    assert!(answer.contains("\"AuthFailure.SignatureFailure\""), "{answer}");
    assert!(
        answer.contains("exceeding request size limit") && answer.contains("TC3-HMAC-SHA256"),
        "{answer}"
    );
}
