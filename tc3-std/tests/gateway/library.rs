//! Calls made by the library, to the gateway and over a stream in memory, and requests of other clients to it.

use crate::server::{
    CVM, ENCODED_TOKEN, ID, KEY, PATIENCE, TEMPORARY_ID, TOKEN, TestServer, echo, hex, now, signer,
    temporary_signer,
};
use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    pki_types::UnixTime,
};
use std::{
    error::Error,
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};
use tc3_core::{
    Call, ContentType, Field, HashedPayload, Header, Host, Invalid, ParamValue, PayloadHasher, Query,
    Request, Timestamp,
    v1::{Algorithm, Method, Params},
};
use tc3_embedded::{
    clock::RELEASED,
    http::{RequestError, ResponseError},
};
use tc3_std::{
    CallError, ClockError, Connection, EnvError, Message, Reply,
    credentials::SECRET_ID,
    gateway::{Account, Answer, Config, StartError, Transport},
    nonce,
    tls::{TlsError, Trust, TrustError},
};

fn call() -> Call<'static> {
    CVM.action("DescribeInstances").region("ap-guangzhou")
}

fn hash_of(body: &[u8]) -> String {
    hex(HashedPayload::of(body).digest())
}

#[test]
fn every_kind_of_body_is_accepted() {
    let server = TestServer::new();
    let (json, stream) = (r#"{"Name":"温度 é"}"#, vec![7; 1_000_000]);
    let mut hasher = PayloadHasher::new();
    stream.chunks(50_000).for_each(|piece| hasher.update(piece));
    let payload = hasher.finish();
    let headers =
        [Header::SignAction, Header::Unsigned("X-CLS-TopicId", "Ab"), Header::Signed("X-CLS-Hash", "Cd")];
    let largest = vec![b' '; 10 * 1024 * 1024];
    let longest = "a".repeat(32 * 1024 - "https://cvm.tencentcloudapi.com/?".len());
    for (request, streamed, field, value) in [
        (call().json(json), None, "BodySha256", &*hash_of(json.as_bytes())),
        (call().post(ContentType::JsonUtf8, b"{}"), None, "ContentType", "application/json; charset=utf-8"),
        (call().headers(&headers).octets(&[0, 1, 255]), None, "BodySize", "3"),
        (call().octets(&largest), None, "BodySize", "10485760"),
        (call().get(Query::encoded(&longest).unwrap()), None, "Query", &longest),
        (call().streamed(ContentType::Octets, &payload), Some(&*stream), "BodySha256", &hash_of(&stream)),
        (call().unsigned(ContentType::Octets, 3), Some(b"abc"), "BodySha256", &hash_of(b"abc")),
    ] {
        let request = request.unwrap();
        for mut signer in [signer(), temporary_signer()] {
            let message = Message::from(signer.sign(&request, now()));
            let message = if let Some(body) = streamed { message.with_body(body) } else { message };
            let reply = server.call(message).unwrap();
            let echoed = [field, "Region", "Service"].map(|field| echo(reply.body(), field));
            assert_eq!(echoed, [value, "ap-guangzhou", "cvm"], "{field} of {request:?}");
        }
    }
}

#[test]
fn v1_is_accepted_by_get_and_post_with_every_algorithm() {
    let server = TestServer::new();
    let (ids, largest) = ([ParamValue::Int(1); 12], "a".repeat(1024 * 1024 - 400));
    let short = [("Zone", ParamValue::Text("a b+&=é'(~)!*")), ("Ids", ParamValue::List(&ids))];
    let long = [("Data", ParamValue::Text(&largest))];
    for (method, algorithm, scheme, params) in [
        (Method::Get, Algorithm::HmacSha1, "HmacSHA1", &short[..]),
        (Method::Get, Algorithm::HmacSha1Unnamed, "HmacSHA1", &short),
        (Method::Get, Algorithm::HmacSha256, "HmacSHA256", &short),
        (Method::Post, Algorithm::HmacSha1, "HmacSHA1", &short),
        (Method::Post, Algorithm::HmacSha1Unnamed, "HmacSHA1", &short),
        (Method::Post, Algorithm::HmacSha256, "HmacSHA256", &long),
    ] {
        let request = call().v1(method, algorithm, Params::unsorted(params).unwrap()).unwrap();
        for (mut signer, id) in [(signer(), ID), (temporary_signer(), TEMPORARY_ID)] {
            let reply = server.call(signer.sign_v1(&request, now(), nonce().unwrap()).unwrap()).unwrap();
            let echoed = ["Signature", "Service", "SecretId"].map(|field| echo(reply.body(), field));
            assert_eq!(echoed, [scheme, "cvm", id], "{method:?} with {algorithm:?}");
        }
    }
}

#[test]
fn every_host_has_a_connection_over_tls_12_or_tls_13_that_is_reused() {
    for (transport, version, host) in [
        (Transport::Tls12, "TLS 1.2", "cvm.ap-guangzhou.tencentcloudapi.com"),
        (Transport::Tls13, "TLS 1.3", "gateway.example"),
        (Transport::Tls, "TLS 1.3", "127.0.0.1"),
    ] {
        let server = TestServer::with(Config::new().transport(transport));
        let mut connection = server.client().open(host).unwrap();
        assert_eq!(connection.stream().version(), version);
        let request = CVM.at(Host::Unchecked(host)).action("DescribeZones").json("{}").unwrap();
        for _ in 0..3 {
            let reply = connection.send(signer().sign(&request, now()).into()).unwrap();
            let has_id = reply.request_id().is_some();
            assert_eq!((reply.is_reusable(), has_id), (true, true), "reusable, with an id: {reply:?}");
            reply.into_success().unwrap();
        }
        let peers: Vec<_> = server.records().iter().map(|record| record.peer).collect();
        assert_eq!(peers, [peers[0]; 3]);
    }
}

#[test]
fn a_client_that_offers_http_2_and_whose_clock_is_a_day_slow_gets_http_1() {
    let server = TestServer::new();
    let name = "cvm.tencentcloudapi.com";
    let session = server.session(name);
    assert_eq!(session.alpn_protocol(), Some(&b"http/1.1"[..]));
    let slow = UnixTime::since_unix_epoch(Duration::from_secs(now().unix() - 86_400));
    let roots = RootCertStore::from(Trust::empty().and_file(server.ca.as_ref()).unwrap());
    let (chain, verifier) =
        (session.peer_certificates().unwrap(), WebPkiServerVerifier::builder(roots.into()));
    verifier
        .build()
        .unwrap()
        .verify_server_cert(&chain[0], &chain[1..], &name.try_into().unwrap(), &[], slow)
        .unwrap();
}

#[test]
fn a_body_shorter_than_its_signed_length_fails_the_call() {
    let request = CVM.action("Upload").unsigned(ContentType::Octets, 5).unwrap();
    let server = TestServer::new();
    let outcome = server.call(Message::from(signer().sign(&request, now())).with_body(&b"abc"[..]));
    assert!(matches!(outcome, Err(CallError::Request(_))), "{outcome:?}");
    assert_eq!(server.records(), []);
}

#[test]
fn debug_hides_the_token_of_a_message_and_of_an_accepted_form() {
    let config = Config::new().account(Account::new(ID, KEY));
    let config = config.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN));
    let accounts = format!("{config:?}");
    let server = TestServer::with(config.answer(|accepted| Answer::Failure {
        code: format!("{accepted:?}"),
        message: String::from_utf8_lossy(&accepted.body).into_owned(),
    }));
    let request = call().v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
    let signed = temporary_signer().sign_v1(&request, now(), nonce().unwrap()).unwrap();
    let Err(CallError::Service(failure)) = server.call(signed) else { panic!("accepted") };
    assert!(failure.message.contains(ENCODED_TOKEN), "{ENCODED_TOKEN} is not in {}", failure.message);
    let shown = format!("{:?} {} {accounts} {:?}", Message::from(signed), failure.code, server.gateway);
    for id in ["secret_id: \"AKIDTEMPORARY\"", "{ id: \"AKIDEXAMPLE\", .. }", "{ id: \"AKIDTEMPORARY\", .. }"]
    {
        assert!(shown.contains(id), "{id} is not in {shown}");
    }
    assert!(!shown.contains("MARKER") && !shown.contains("PRIVATE KEY"), "{shown}");
}

/// A stream in memory. It always sends the same answer, and accepts only a number of bytes of a request.
struct Pieces<'a> {
    answer: &'a [u8],
    accepts: usize,
    accepted: &'a mut Vec<u8>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(3);
        self.answer.read(&mut buffer[..len])
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(100).min(self.accepts);
        self.accepts -= count;
        self.accepted.extend_from_slice(&bytes[..count]);
        if count == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(count) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The outcome of a call, and whether the peer accepted all of it.
fn send(answer: &[u8], accepts: usize) -> (Result<Reply, CallError>, bool) {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let signed = signer().sign(&request, now());
    let mut accepted = Vec::new();
    let mut connection = Connection::new(Pieces { answer, accepts, accepted: &mut accepted });
    let outcome = connection.send(signed.into());
    (outcome, accepted == (signed.head().to_string() + "{}").as_bytes())
}

#[test]
fn an_answer_is_read_in_pieces_even_to_a_request_that_could_not_be_sent() {
    let bytes = b"HTTP/1.1 200 OK\r\nServer: \xe9\r\nDate: Tue, 26 Feb 2019 00:44:25 GMT\r\n\
        Content-Length: 15\r\n\r\n{\"Response\":{}}";
    for (accepts, is_sent) in [(usize::MAX, true), (50, false)] {
        let (reply, whole) = send(bytes, accepts);
        let reply = reply.unwrap();
        assert_eq!(whole, is_sent, "the request was sent");
        assert_eq!(reply.date().unwrap().to_string(), "2019-02-26T00:44:25Z");
        // Each header is looked at alone: another may not be UTF-8.
        assert_eq!((reply.header("SERVER"), reply.body()), (Some(&b"\xe9"[..]), &br#"{"Response":{}}"#[..]));
    }
    let (outcome, _) = send(b"", 50);
    let kind = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    assert!(matches!(&outcome, Err(CallError::Transport(error)) if kind(error)), "{outcome:?}");
}

fn broken() -> io::Error {
    io::Error::other("the cable is cut")
}

/// `{}` in a sentence is the cause. `exit_codes` shows the others.
#[test]
fn every_error_has_its_sentence_and_cause() {
    let unset = ClockError::BeforeFloor { now: Timestamp::from_unix(7).unwrap(), floor: RELEASED };
    let invalid = Invalid::Byte { field: Field::SecretKey, at: 3, byte: b'\n' };
    let short = RequestError::MissingBody { declared: 5, sent: 3 };
    let truncated = ResponseError::BodyTruncated { received: 6, expected: 17 };
    let (variable, listen) = (SECRET_ID, "127.0.0.1:8443".parse().unwrap());
    let pem = rustls::pki_types::pem::Error::NoItemsFound;
    let tls = || rustls::Error::EncryptError;
    let errors: Vec<(Box<dyn Error>, _)> = vec![
        (Box::new(CallError::Transport(broken())), "the connection broke: {}"),
        (Box::new(CallError::Body(broken())), "the body could not be read: {}"),
        (Box::new(CallError::Request(short)), "the body is not what was signed: {}"),
        (Box::new(CallError::Http(truncated)), "the answer is not HTTP: {}"),
        (Box::new(CallError::Tls(TlsError::InvalidHost)), "{}"),
        (Box::new(TlsError::InvalidHost), "the host is neither a name nor an address"),
        (Box::new(TlsError::Handshake(tls())), "the TLS handshake failed: {}"),
        (Box::new(TlsError::Broken(broken())), "the connection broke during the TLS handshake: {}"),
        (Box::new(TrustError::File(broken())), "could not read: {}"),
        (Box::new(TrustError::Pem(pem)), "malformed PEM: {}"),
        (Box::new(TrustError::Certificate { index: 1, source: tls() }), "certificate 1 is malformed: {}"),
        (Box::new(StartError::Bind { listen, source: broken() }), "could not listen on 127.0.0.1:8443: {}"),
        (Box::new(StartError::Thread(broken())), "could not start a thread: {}"),
        (Box::new(StartError::Clock(unset)), "{}"),
        (Box::new(StartError::Certificate(rcgen::Error::Time)), "could not make a certificate: {}"),
        (Box::new(StartError::Tls(tls())), "could not set up TLS: {}"),
        (Box::new(EnvError::Malformed { variable, invalid }), "TENCENTCLOUD_SECRET_ID is malformed: {}"),
        (Box::new(EnvError::NotUnicode { variable }), "TENCENTCLOUD_SECRET_ID is not UTF-8"),
    ];
    for (error, sentence) in errors {
        let cause = error.source().map(ToString::to_string);
        assert_eq!(cause.is_some(), sentence.contains("{}"), "{error:?} has the cause {cause:?}");
        assert_eq!(error.to_string(), sentence.replace("{}", &cause.unwrap_or_default()), "{error:?}");
    }
    // A timeout replaces the operating system's words for it.
    let slow = || io::Error::new(io::ErrorKind::TimedOut, "nothing came");
    assert_eq!(CallError::Transport(slow()).to_string(), "timed out");
    assert_eq!(TlsError::Broken(slow()).to_string(), "the TLS handshake timed out");
}

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
    let server = TestServer::plain();
    let (get, post) = (&*head(&CVM.action("DescribeZones").get(Query::EMPTY).unwrap()), &*head(&post()));
    let at = |signed: &str, sent: &str| {
        let request = CVM.at(Host::Unchecked(signed)).action("DescribeZones").json("{}").unwrap();
        head(&request).replacen(&format!("Host: {signed}"), &format!("Host: {sent}"), 1)
    };
    for (head, body) in [
        (post.replacen("POST / ", "POST /? ", 1), "{}"),
        (
            post.replacen("Content-Length: 2", "Transfer-Encoding: chunked", 1),
            "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        ),
        (get.replacen("GET / ", "GET /? ", 1), ""),
        (format!("{get}\r\nContent-Length: 0"), ""),
        (at(&server.address, &server.address), "{}"),
        (at("127.0.0.1", "127.0.0.1:8443"), "{}"),
        (at("localhost", "localhost:8443"), "{}"),
    ] {
        expect(open(&server, &format!("{head}\r\n\r\n{body}")), &ACCEPTED, &head);
    }
}

#[test]
fn a_client_that_closed_its_sending_side_is_answered() {
    // Larger than the buffers of a socket: the gateway sends the rest when the client reads.
    let fields = || [("Large".to_owned(), "x".repeat(16 * 1024 * 1024).into())].into_iter().collect();
    let large = Config::new().transport(Transport::PlainHttp).answer(move |_| Answer::Fields(fields()));
    let server = TestServer::with(large);
    let head = signer().sign(&post(), now()).head().to_string();
    let socket = open(&server, &format!("{head}{{}}"));
    socket.shutdown(Shutdown::Write).unwrap();
    thread::sleep(Duration::from_millis(100));
    expect(socket, &["}}"], &head);
}

#[test]
fn requests_that_no_client_of_the_service_sends_are_refused() {
    let server = TestServer::plain();
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
    for (request, says) in [
        (start("GET", ""), vec![r#""Error":{"Code":"AuthFailure.InvalidAuthorization""#]),
        (start("PUT", ""), vec!["UnsupportedProtocol"]),
        target("."),
        target("evil:1"),
        target("http://other"),
        target("http://other/"),
        target("http://cvm.tencentcloudapi.com/"),
        (too_large(&octets, 10 * 1024 * 1024 + 1), vec!["\"RequestSizeLimitExceeded\""]),
        (
            too_large(&form, 1024 * 1024 + 1),
            vec!["\"AuthFailure.SignatureFailure\"", "exceeding request size limit"],
        ),
    ] {
        let headers = ["\r\nDate: ", "\r\nContent-Type: application/json\r\n", "\r\nContent-Length: "];
        let parts = [&headers[..], &says, &[r#""RequestId":""#]].concat();
        expect(open(&server, &request), &parts, &request);
    }
}
