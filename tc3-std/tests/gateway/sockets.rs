//! Requests of other clients, written by hand to a socket.

use crate::server::{CVM, PATIENCE, TestServer, now, signer};
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};
use tc3_core::{Host, Query, Request};
use tc3_std::gateway::{Answer, Config, Transport};

fn connect(server: &TestServer) -> TcpStream {
    let socket = TcpStream::connect(server.gateway.addr()).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Sends a request with `Connection: close`, and reads until the gateway closes.
fn exchange(server: &TestServer, request: &str) -> String {
    let mut socket = connect(server);
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

/// A GET with `Connection: close`.
fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\nConnection: close\r\n\r\n")
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

/// Changes the names of a head's headers.
fn rename(head: &str, change: fn(&str) -> String) -> String {
    let mut lines = head.split("\r\n").map(str::to_owned).collect::<Vec<_>>();
    for line in &mut lines[1..] {
        let (name, value) = line.split_once(':').unwrap();
        *line = format!("{}:{value}", change(name));
    }
    lines.join("\r\n")
}

#[test]
fn requests_are_accepted_as_other_clients_write_them() {
    let server = TestServer::plain();
    let call = CVM.action("DescribeZones");
    let (get, post) = (&*head(&call.get(Query::EMPTY).unwrap()), &*head(&call.json("{}").unwrap()));
    let chunked = post.replace("Content-Length: 2", "Transfer-Encoding: chunked");
    for (signed, sent, body) in [
        (post, rename(post, str::to_ascii_lowercase), "{}"),
        (post, rename(post, str::to_ascii_uppercase), "{}"),
        (post, post.replacen("POST / ", "POST /? ", 1), "{}"),
        (post, chunked, "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"),
        (get, get.replacen("GET / ", "GET /? ", 1), ""),
        (get, format!("{get}\r\nContent-Length: 0"), ""),
    ] {
        assert_ne!(sent, signed);
        accepted(&server, &format!("{sent}\r\n\r\n{body}"));
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
fn requests_that_no_client_of_the_service_sends_are_refused() {
    let server = TestServer::plain();
    let post = head(&CVM.action("DescribeZones").json("{}").unwrap());
    let target = |target: &str| {
        (post.replacen("POST / ", &format!("POST {target} "), 1) + "\r\n\r\n{}", "the request target")
    };
    for (request, says) in [
        (get("/"), r#""Error":{"Code":"AuthFailure.InvalidAuthorization""#),
        (get("/").replacen("GET", "PUT", 1), "UnsupportedProtocol"),
        target("."),
        target("evil:1"),
        target("http://other"),
        target("http://other/"),
        target("http://cvm.tencentcloudapi.com/"),
    ] {
        let answer = exchange(&server, &request);
        let headers = ["\r\nDate: ", "\r\nContent-Type: application/json\r\n", "\r\nContent-Length: "];
        for part in headers.into_iter().chain([says, r#""RequestId":""#]) {
            assert!(answer.contains(part), "{part} is not in the answer to {request}: {answer}");
        }
    }
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
    assert!(answer.contains("exceeding request size limit"), "{answer}");
}
