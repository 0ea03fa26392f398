//! Requests as other clients write them, over raw sockets.

use crate::server::{CVM, LONG_TERM_KEY, PATIENCE, Serve, TestServer, now, signer};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};
use tc3_core::{Host, Query, Request};
use tc3_std::gateway::{Answer, Config, Transport};

/// Sends the first bytes of a request by hand, as another client.
fn open(server: &TestServer, first: &str) -> TcpStream {
    let mut socket = TcpStream::connect(&server.address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(first.as_bytes()).unwrap();
    socket
}

/// Reads until the gateway closes, and fails unless the answer has all parts.
fn expect(mut socket: TcpStream, parts: &[&str], request: &str) {
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let missing: Vec<_> = parts.iter().copied().filter(|part| !answer.contains(part)).collect();
    assert_eq!(missing, [""; 0], "not in the answer to {request:.1000}: {answer:.1000}");
}

const ACCEPTED: [&str; 2] = ["HTTP/1.1 200 OK\r\n", "\"Echo\""];

/// A signed head with `Connection: close`, without the empty line that ends it.
fn head(request: &Request<'_>) -> String {
    let head = signer().sign(request, now()).head().to_string();
    head.replacen("\r\n", "\r\nConnection: close\r\n", 1).trim_end().to_owned()
}

fn post() -> Request<'static> {
    CVM.action("DescribeZones").json("{}").unwrap()
}

#[test]
fn requests_are_accepted_as_other_clients_write_them() {
    let server = TestServer::with(Config::new().transport(Transport::PlainHttp));
    let (get, post) = (&*head(&CVM.action("DescribeZones").get(Query::EMPTY).unwrap()), &*head(&post()));
    let at = |signed: &str, sent: &str| {
        let request = CVM.at(Host::Unchecked(signed)).action("DescribeZones").json("{}").unwrap();
        head(&request).replacen(&format!("Host: {signed}"), &format!("Host: {sent}"), 1)
    };
    let chunked = post.replacen("Content-Length: 2", "Transfer-Encoding: chunked", 1);
    for (head, body) in [
        (post.replacen("POST / ", "POST /? ", 1), "{}"),
        (chunked, "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"),
        (get.replacen("GET / ", "GET /? ", 1), ""),
        (format!("{get}\r\nContent-Length: 0"), ""),
        (at(&server.address, &server.address), "{}"),
        (at("localhost", "localhost:8443"), "{}"),
    ] {
        expect(open(&server, &format!("{head}\r\n\r\n{body}")), &ACCEPTED, &head);
    }
}

/// Larger than the buffers of a socket: the gateway sends the rest when the client reads.
fn large() -> Answer {
    Answer::Fields([("Large".to_owned(), "x".repeat(16 * 1024 * 1024).into())].into_iter().collect())
}

#[test]
fn a_client_that_closed_its_sending_side_is_answered() {
    let server = TestServer::with(Config::new().transport(Transport::PlainHttp).answer(|_| large()));
    let head = signer().sign(&post(), now()).head().to_string();
    let socket = open(&server, &format!("{head}{{}}"));
    socket.shutdown(Shutdown::Write).unwrap();
    thread::sleep(Duration::from_millis(100));
    expect(socket, &["}}"], &head);
}

#[test]
fn a_gateway_without_file_descriptors_accepts_connections_as_soon_as_others_close() {
    let serve = Serve::start(&["--plain-http", "--listen", "127.0.0.1:0"], &LONG_TERM_KEY);
    let connect = |patience| -> io::Result<TcpStream> {
        let mut socket = TcpStream::connect(&serve.address)?;
        socket.set_read_timeout(Some(patience))?;
        socket.write_all(b"GET / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\n\r\n")?;
        socket.read_exact(&mut [0]).map(|()| socket)
    };
    let open: Vec<_> = (0..48).map_while(|_| connect(Duration::from_millis(500)).ok()).collect();
    assert!((1..48).contains(&open.len()), "{} connections were accepted", open.len());
    drop(open);
    connect(Duration::from_secs(20)).expect("no answer although file descriptors are free");
}

#[test]
fn a_connection_is_closed_when_its_client_does_nothing_more() {
    assert!(format!("{:?}", Config::new()).contains("idle_limit: 30s"), "{:?}", Config::new());
    let limit = Duration::from_millis(300);
    let sent = signer().sign(&post(), now()).head().to_string();
    let plain = [sent.as_str(), &sent[..20], "", &format!("{sent}{{}}")];
    for (transport, firsts) in [(Transport::Tls, &["", "\x16\x03\x01"][..]), (Transport::PlainHttp, &plain)] {
        let server = TestServer::with(Config::new().transport(transport).idle_limit(limit));
        for first in firsts {
            let (mut socket, began) = (open(&server, first), Instant::now());
            let closed = socket.read_to_end(&mut Vec::new()).map_err(|error| error.kind());
            assert!(matches!(closed, Ok(_) | Err(ErrorKind::ConnectionReset)), "{first:?}: {closed:?}");
            assert!(began.elapsed() >= limit, "closed too early after {first:?}");
        }
    }
    let large = Config::new().transport(Transport::PlainHttp).idle_limit(limit).answer(|_| large());
    let server = TestServer::with(large);
    // A byte from time to time does not keep a connection open.
    let mut slow = open(&server, &sent[..20]);
    let bytes =
        (0..600).take_while(|_| slow.write_all(b"a").is_ok()).map(|_| thread::sleep(limit / 6)).count();
    assert!((1..600).contains(&bytes), "still open after {bytes} bytes");
    // The client reads its answer too late. The waits grow for a machine that is slow.
    let is_cut = |wait: u32| {
        let mut socket = open(&server, &format!("{sent}{{}}"));
        thread::sleep(limit * wait);
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).map_or(true, |_| !answer.ends_with(b"}}"))
    };
    assert!([2, 4, 8, 16, 32].into_iter().any(is_cut), "an answer that nobody reads is kept");
}

#[test]
fn requests_that_no_client_of_the_service_sends_are_refused() {
    let server = TestServer::with(Config::new().transport(Transport::PlainHttp));
    let start = |method: &str, more: &str| {
        format!("{method} / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\nConnection: close\r\n{more}\r\n")
    };
    let target = |target: &str| {
        let head = head(&post()).replacen("POST / ", &format!("POST {target} "), 1);
        (head + "\r\n\r\n{}", vec!["the request target"])
    };
    let too_large =
        |head: &str, len: usize| format!("{head}Content-Length: {len}\r\n\r\n{}", " ".repeat(len));
    let octets =
        head(&CVM.action("Upload").octets(b"").unwrap()).replace("\r\nContent-Length: 0", "") + "\r\n";
    let form = start("POST", "Content-Type: application/x-www-form-urlencoded");
    let unvalidated = vec!["\"AuthFailure.SignatureFailure\"", "exceeding request size limit"];
    for (request, says) in [
        (start("PUT", ""), vec!["UnsupportedProtocol"]),
        // Not of v1, whose parameters are in the query.
        (start("GET", "X-TC-Action: A\r\n").replacen('/', "/?B=1", 1), vec!["InvalidAuthorization"]),
        target("."),
        target("evil:1"),
        target("http://other"),
        target("http://other/"),
        target("http://cvm.tencentcloudapi.com/"),
        (too_large(&octets, 10 * 1024 * 1024 + 1), vec!["\"RequestSizeLimitExceeded\""]),
        (too_large(&form, 1024 * 1024 + 1), unvalidated),
    ] {
        let headers = ["\r\nDate: ", "\r\nContent-Type: application/json\r\n", "\r\nContent-Length: "];
        let parts = [&headers[..], &says, &[r#""RequestId":""#]].concat();
        expect(open(&server, &request), &parts, &request);
    }
}
