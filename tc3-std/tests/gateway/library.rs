//! Calls made by the library, to the gateway and over a stream in memory.

use crate::server::{
    CVM, ENCODED_TOKEN, ID, KEY, TEMPORARY_ID, TOKEN, TestServer, hex, now, signer, temporary_signer,
};
use rustls::client::{WebPkiServerVerifier, danger::ServerCertVerifier};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{ALL_VERSIONS, RootCertStore, version::TLS12, version::TLS13};
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{collections::BTreeSet, error::Error, fs::File, net::TcpStream};
use tc3_core::v1::{Algorithm, Method, Params};
use tc3_core::{
    Call, ContentType, Credentials, Field, HashedPayload, Header, Host, Invalid, ParamValue, PayloadHasher,
    Query, Signer, Timestamp,
};
use tc3_embedded::clock::RELEASED;
use tc3_embedded::http::{RequestError, ResponseError};
use tc3_std::gateway::{Account, Answer, Config, StartError, Transport};
use tc3_std::tls::{Tls, TlsError, Trust, TrustError};
use tc3_std::{CallError, Connection, Message, Reply, SystemClock, Timeouts, dial, nonce};
use tc3_std::{ClockError, EnvError, credentials::SECRET_ID};

fn call() -> Call<'static> {
    CVM.action("DescribeInstances").region("ap-guangzhou")
}

const TC3: &str = "TC3-HMAC-SHA256";

/// Sends a request twice over one connection, and compares all that the gateway hands out with what went over the wire.
/// Expects the scheme of its signature, or the code of its refusal.
fn check<'a>(server: &TestServer, make: impl Fn() -> Message<'a>, expected: Result<&str, &str>) {
    let (sent, host, mut body) = (make(), make().host().to_owned(), Vec::new());
    let head = String::from_utf8_lossy(sent.head()).into_owned();
    sent.into_body().read_to_end(&mut body).unwrap();
    let words: Vec<_> = head.splitn(3, ' ').collect();
    let (method, query) = (words[0], words[1].split_once('?').map(|(_, query)| query));
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let authorization = header("Authorization");
    let value = |name: &str| match authorization {
        Some(_) => header(&format!("X-TC-{name}")),
        None => {
            let params = query.unwrap_or(str::from_utf8(&body).unwrap());
            params.split('&').find_map(|param| param.strip_prefix(name)?.strip_prefix('='))
        }
    };
    let credential = || authorization?.split("Credential=").nth(1)?.split('/').next();
    let has_service = authorization.is_some() || host.contains(".tencentcloudapi.");
    let action = value("Action");
    let socket = dial(&server.address, Timeouts::default()).unwrap();
    let peer = socket.local_addr().unwrap();
    assert!(socket.nodelay().unwrap(), "without TCP_NODELAY a body waits until its head is confirmed");
    let tls = Tls::new(Trust::empty().and_file(server.ca.as_ref()).unwrap()).unwrap();
    let mut connection = Connection::new(tls.connect(&host, socket).unwrap());
    for turn in ["first", "second"] {
        let name = format!("{turn} {expected:?} of {head:.1000}");
        let began = seconds();
        let reply = connection.send(make()).unwrap();
        let times = [began, reply.date().unwrap().unix(), SystemClock.now().unwrap().unix(), seconds()];
        assert!(times.is_sorted(), "before, header Date, system clock, after: {times:?}, {name}");
        let answer = response(reply.body());
        let (id, message) = (&answer["RequestId"], &answer["Error"]["Message"]);
        let answered = match expected {
            Ok(scheme) => json!({ "RequestId": id, "Action": action, "Echo": {
                "Method": method, "Signature": scheme,
                "SecretId": value("SecretId").or_else(credential),
                "Service": has_service.then_some("cvm"),
                "Action": action, "Version": value("Version"), "Region": value("Region"),
                "ContentType": header("Content-Type"),
                // That of v1 can contain a token.
                "Query": query.filter(|_| authorization.is_some()),
                "BodySha256": hex(HashedPayload::of(&body).digest()), "BodySize": body.len(),
            }}),
            Err(code) => json!({ "RequestId": id, "Error": { "Code": code, "Message": message } }),
        };
        assert_eq!(answer, answered, "answer to the {name}");
        let (records, id, len) = (server.records(), id.as_str().unwrap(), body.len());
        let error = expected.err().map(|code| (code, message.as_str().unwrap()));
        let record = format!(
            "Record {{ peer: {peer}, method: {method:?}, host: {host:?}, action: {action:?}, body_len: {len}, \
             error: {error:?}, status: 200, request_id: {id:?}, diagnosis: {:?} }}",
            records[0].diagnosis
        );
        assert_eq!(format!("{records:?}"), format!("[{record}]"), "record of the {name}");
        let is_diagnosed = expected == Err("AuthFailure.SignatureFailure");
        assert_eq!(records[0].diagnosis.is_some(), is_diagnosed, "diagnosis of the {name}");
        let line = line(method, &host, action.unwrap_or("-"), len, reply.body());
        assert_eq!(records[0].to_string(), format!("{peer} {line}"), "line of the {name}");
    }
}

/// The line of a log after the client's address, with outcome and id as in the answer.
pub(crate) fn line(method: &str, host: &str, action: &str, len: usize, answer: &[u8]) -> String {
    let answer = response(answer);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let error = answer.get("Error");
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let outcome = error.map(|error| format!("{} ({})", text(&error["Code"]), first(text(&error["Message"]))));
    let outcome = outcome.unwrap_or("accepted".to_owned());
    format!("{method} {host} {action} {len} bytes: {outcome} [{}]", text(&answer["RequestId"]))
}

fn response(answer: &[u8]) -> Value {
    serde_json::from_slice::<Value>(answer).unwrap()["Response"].take()
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
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
    for (request, streamed, scheme) in [
        (CVM.action("DescribeZones").json(json), None, TC3),
        (CVM.at(Host::Unchecked("localhost")).action("DescribeZones").json("{}"), None, TC3),
        (call().post(ContentType::JsonUtf8, b"{}"), None, TC3),
        (call().headers(&headers).octets(&[0, 1, 255]), None, TC3),
        (call().octets(&largest), None, TC3),
        (call().get(Query::encoded(&longest).unwrap()), None, TC3),
        (call().streamed(ContentType::Octets, &payload), Some(&*stream), TC3),
        (call().unsigned(ContentType::Octets, 3), Some(b"abc"), "TC3-HMAC-SHA256 UNSIGNED-PAYLOAD"),
    ] {
        let request = request.unwrap();
        for mut signer in [signer(), temporary_signer()] {
            let signed = signer.sign(&request, now());
            let make = || match streamed {
                Some(body) => Message::from(signed).with_body(body),
                None => signed.into(),
            };
            check(&server, make, Ok(scheme));
        }
    }
}

#[test]
fn v1_is_accepted_by_get_and_post_with_every_algorithm() {
    let server = TestServer::new();
    let (ids, largest) = ([ParamValue::Int(1); 12], "a".repeat(1024 * 1024 - 400));
    let short = [("Zone", ParamValue::Text("a b+&=é'(~)!*")), ("Ids", ParamValue::List(&ids))];
    let long = [("Data", ParamValue::Text(&largest))];
    let local = CVM.at(Host::Unchecked("gateway.example")).action("DescribeZones");
    let regional = CVM.at(Host::Regional("ap-guangzhou")).action("DescribeZones");
    for (call, method, algorithm, scheme, params) in [
        (call(), Method::Get, Algorithm::HmacSha1, "HmacSHA1", &short[..]),
        (call(), Method::Get, Algorithm::HmacSha1Unnamed, "HmacSHA1", &short),
        (local, Method::Get, Algorithm::HmacSha256, "HmacSHA256", &short),
        (regional, Method::Post, Algorithm::HmacSha1, "HmacSHA1", &short),
        (call(), Method::Post, Algorithm::HmacSha1Unnamed, "HmacSHA1", &short),
        (call(), Method::Post, Algorithm::HmacSha256, "HmacSHA256", &long),
    ] {
        let request = call.v1(method, algorithm, Params::unsorted(params).unwrap()).unwrap();
        for mut signer in [signer(), temporary_signer()] {
            let signed = signer.sign_v1(&request, now(), nonce().unwrap()).unwrap();
            check(&server, || signed.into(), Ok(scheme));
        }
    }
}

#[test]
fn a_refused_request_is_recorded_as_it_is_answered() {
    let (server, post) = (TestServer::new(), call().json("{}").unwrap());
    let v1 = [Method::Get, Method::Post]
        .map(|method| call().v1(method, Algorithm::HmacSha256, Params::EMPTY).unwrap());
    for (credentials, seconds, code) in [
        (Credentials::new(ID, "another-key"), 0, "AuthFailure.SignatureFailure"),
        (Credentials::new("AKIDNOBODY", KEY), 0, "AuthFailure.SecretIdNotFound"),
        (Credentials::new(TEMPORARY_ID, KEY), 0, "AuthFailure.TokenFailure"),
        (Credentials::temporary(TEMPORARY_ID, KEY, "another-token"), 0, "AuthFailure.TokenFailure"),
        (Credentials::new(ID, KEY), -320, "AuthFailure.SignatureExpire"),
        (Credentials::new(ID, KEY), 320, "AuthFailure.SignatureExpire"),
    ] {
        let mut signer = Signer::new(credentials.unwrap());
        let at = Timestamp::from_unix(now().unix().checked_add_signed(seconds).unwrap()).unwrap();
        let signed = signer.sign(&post, at);
        check(&server, || signed.into(), Err(code));
        for request in &v1 {
            let signed = signer.sign_v1(request, at, nonce().unwrap()).unwrap();
            check(&server, || signed.into(), Err(code));
        }
    }
    let bare = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    check(&server, || Message::dangerous_raw(bare, b""), Err("AuthFailure.InvalidAuthorization"));
}

#[test]
fn each_transport_has_http_1_over_its_tls_versions_and_certificates_for_a_year() {
    let mut authorities = BTreeSet::new();
    for (transport, versions, shown) in [
        (Transport::Tls12, &[&TLS12][..], "TLS 1.2"),
        (Transport::Tls13, &[&TLS13], "TLS 1.3"),
        (Transport::Tls, &[&TLS12, &TLS13], "TLS 1.3"),
    ] {
        let server = TestServer::with(Config::new().transport(transport));
        for host in ["cvm.ap-guangzhou.tencentcloudapi.com", "gateway.example", "[::1]"] {
            let open = server.client().open(host).unwrap();
            let [connected, expected] = [open.stream().peer().unwrap(), server.gateway.addr()];
            assert_eq!((open.stream().version(), connected), (shown, expected), "{host}, {transport:?}");
        }
        assert!(authorities.insert(server.gateway.ca_pem().map(str::to_owned)), "{authorities:?}");
        let mut from_der = RootCertStore::empty();
        from_der.add(server.gateway.ca_der().unwrap().to_vec().into()).unwrap();
        assert_eq!(from_der.roots, server.roots().roots, "the authority as DER and as PEM");
        for version in [&TLS12, &TLS13] {
            let host = "cvm.tencentcloudapi.com";
            let ended = server.session(host, &[version]);
            assert_eq!(ended.is_ok(), versions.contains(&version), "{transport:?}, {version:?}: {ended:?}");
            let Ok(session) = ended else { continue };
            assert_eq!(session.alpn_protocol(), Some(&b"http/1.1"[..]));
            let (chain, name) = (session.peer_certificates().unwrap(), ServerName::try_from(host).unwrap());
            // Apple's clients require the purpose serverAuth, rustls only no other one.
            let (shown, purpose) = (hex(&chain[0]), "06082b06010505070301");
            assert!(shown.contains(purpose), "{purpose} is not in {shown}");
            let verifier = WebPkiServerVerifier::builder(server.roots()).build().unwrap();
            // A client whose clock is behind gets the answer that says so.
            for (days, is_valid) in [(-31, false), (-29, true), (364, true), (366, false)] {
                let seconds = now().unix().checked_add_signed(days * 86_400).unwrap();
                let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
                let verdict = verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], at);
                assert_eq!(verdict.is_ok(), is_valid, "in {days} days: {verdict:?}");
            }
        }
    }
}

#[test]
fn a_gateway_that_runs_long_serves_new_hosts_and_old_connections_until_it_is_dropped() {
    static TIME: AtomicU64 = AtomicU64::new(0);
    // Nothing else listens on this address.
    let config = Config::new().listen("127.0.0.9:0".parse().unwrap());
    let config = config.clock(|| Timestamp::from_unix(TIME.load(Ordering::Relaxed)).unwrap());
    let server = TestServer::with(config);
    let client = server.client();
    let mut first = client.open("cvm.tencentcloudapi.com").unwrap();
    // It keeps the certificates of 256 hosts, and then begins anew.
    let certificate = |number| {
        let session = server.session(&format!("host-{number}.example"), ALL_VERSIONS).unwrap();
        hex(&session.peer_certificates().unwrap()[0])
    };
    let kept = certificate(0);
    assert_eq!(certificate(0), kept, "the certificate of a second connection");
    (1..260).for_each(|number| drop(client.open(&format!("host-{number}.example")).unwrap()));
    assert_ne!(certificate(0), kept, "the certificate after those of 260 hosts");
    let request = call().v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
    for years in [0, 10] {
        let at = Timestamp::from_unix(now().unix() + years * 31_556_952).unwrap();
        TIME.store(at.unix(), Ordering::Relaxed);
        let signed = signer().sign_v1(&request, at, nonce().unwrap()).unwrap();
        let reply = first.send(signed).unwrap().into_success().unwrap();
        assert_eq!(reply.date(), Some(at), "header Date after {years} years");
    }
    drop(server.gateway);
    let stopped = first.send(signer().sign_v1(&request, now(), nonce().unwrap()).unwrap());
    assert!(stopped.is_err(), "after the gateway: {stopped:?}");
    let after = TcpStream::connect(&server.address).map_err(|error| error.kind());
    assert!(matches!(after, Err(io::ErrorKind::ConnectionRefused)), "after the gateway: {after:?}");
}

#[test]
fn a_body_of_another_length_than_was_signed_fails_the_call() {
    let request = CVM.action("Upload").unsigned(ContentType::Octets, 5).unwrap();
    let server = TestServer::new();
    for body in ["", "abc", "abcdef"] {
        let message = Message::from(signer().sign(&request, now())).with_body(body.as_bytes());
        let outcome = server.client().call(message);
        assert!(matches!(outcome, Err(CallError::Request(_))), "{body:?}: {outcome:?}");
        assert_eq!(server.records(), [], "{body:?}");
    }
    // The second part is a directory.
    let message = Message::from(signer().sign(&request, now()));
    let outcome = server.client().call(message.with_body(b"abc".chain(File::open("/").unwrap())));
    assert!(matches!(outcome, Err(CallError::Body(_))), "{outcome:?}");
}

#[test]
fn the_gateway_gives_its_hook_the_whole_body_of_the_largest_requests() {
    let server = TestServer::with(Config::new().answer(|accepted| Answer::Failure {
        code: hex(HashedPayload::of(&accepted.body).digest()),
        message: format!("{} of {} bytes", accepted.body.len(), accepted.payload.len()),
    }));
    let (largest, value) = (vec![b'x'; 10 * 1024 * 1024], "a".repeat(1024 * 1024 - 400));
    let octets = call().octets(&largest).unwrap();
    let params = [("Data", ParamValue::Text(&value))];
    let form = call().v1(Method::Post, Algorithm::HmacSha256, Params::unsorted(&params).unwrap()).unwrap();
    let mut signer = signer();
    let form = signer.sign_v1(&form, now(), nonce().unwrap()).unwrap();
    let wire = form.wire().to_string();
    for (body, sent) in
        [(&*largest, Message::from(signer.sign(&octets, now()))), (wire.as_bytes(), form.into())]
    {
        let Err(CallError::Service(failure)) = server.client().call(sent) else { panic!("accepted") };
        let seen = (failure.code.as_str(), failure.message.as_str());
        let digest = hex(HashedPayload::of(body).digest());
        assert_eq!(seen, (&*digest, &*format!("{0} of {0} bytes", body.len())), "body given to the hook");
    }
}

#[test]
fn debug_hides_the_token_of_a_message_and_of_an_accepted_form() {
    let config = Config::new().account(Account::new(ID, KEY));
    let config = config.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN));
    let accounts = format!("{config:?}");
    let server = TestServer::with(Config::new().answer(|accepted| Answer::Failure {
        code: format!("{accepted:?}"),
        message: String::from_utf8_lossy(&accepted.body).into_owned(),
    }));
    let request = call().v1(Method::Post, Algorithm::HmacSha256, Params::EMPTY).unwrap();
    let signed = temporary_signer().sign_v1(&request, now(), nonce().unwrap()).unwrap();
    let Err(CallError::Service(failure)) = server.client().call(signed) else { panic!("accepted") };
    assert_eq!(failure.message, signed.wire().to_string(), "body given to the hook");
    assert!(failure.message.contains(ENCODED_TOKEN), "{ENCODED_TOKEN} is not in {}", failure.message);
    let shown = format!("{:?} {} {accounts} {:?}", Message::from(signed), failure.code, server.gateway);
    for id in ["secret_id: \"AKIDTEMPORARY\"", "{ id: \"AKIDEXAMPLE\", .. }", "{ id: \"AKIDTEMPORARY\", .. }"]
    {
        assert!(shown.contains(id), "{id} is not in {shown}");
    }
    assert!(!shown.contains("MARKER") && !shown.contains("PRIVATE KEY"), "{shown}");
}

/// A stream in memory. It always sends the same answer, and takes only a number of bytes of a request, which arrive
/// when flushed. A signal interrupts every other read and write.
struct Pieces<'a> {
    answer: &'a [u8],
    /// The most that one read returns.
    most: usize,
    takes: usize,
    written: Vec<u8>,
    arrived: Vec<u8>,
    calls: usize,
}

impl Pieces<'_> {
    fn interrupt(&mut self) -> io::Result<()> {
        self.calls += 1;
        if self.calls % 2 == 1 { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupt()?;
        let len = buffer.len().min(self.most);
        self.answer.read(&mut buffer[..len])
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.interrupt()?;
        let count = bytes.len().min(100).min(self.takes);
        self.takes -= count;
        self.written.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.arrived.append(&mut self.written);
        Ok(())
    }
}

const RAW: &str = "POST / HTTP/1.1\r\nHost: cvm.tencentcloudapi.com\r\nContent-Length: 120\r\n\r\n";

/// The outcome of a call whose answer comes in pieces of this length, and what arrived of the request.
fn send(answer: &[u8], most: usize, takes: usize) -> (Result<Reply, CallError>, String) {
    let stream = Pieces { answer, most, takes, written: Vec::new(), arrived: Vec::new(), calls: 0 };
    let mut connection = Connection::new(stream);
    let body =
        Pieces { answer: &[b'a'; 120], most, takes, written: Vec::new(), arrived: Vec::new(), calls: 0 };
    let outcome = connection.send(Message::dangerous_raw(RAW, &[b'a'; 120]).with_body(body));
    (outcome, String::from_utf8_lossy(&connection.stream().arrived).into_owned())
}

#[test]
fn an_answer_is_read_in_pieces_even_to_a_request_that_could_not_be_sent() {
    let head = b"HTTP/1.1 200 OK\r\nServer: \xe9\r\nDate: Tue, 26 Feb 2019 00:44:25 GMT\r\n\
        Content-Length: 15\r\n\r\n";
    let answer = [&head[..], br#"{"Response":{}}"#].concat();
    for (takes, request) in [(usize::MAX, RAW.to_owned() + &"a".repeat(120)), (50, String::new())] {
        let (reply, arrived) = send(&answer, 3, takes);
        let reply = reply.unwrap();
        assert_eq!(arrived, request);
        assert_eq!(reply.date().unwrap().to_string(), "2019-02-26T00:44:25Z");
        assert_eq!(reply.head().escape_ascii().to_string(), head.escape_ascii().to_string());
        // Each header is looked at alone: another may not be UTF-8.
        assert_eq!((reply.header("SERVER"), reply.body()), (Some(&b"\xe9"[..]), &br#"{"Response":{}}"#[..]));
    }
    let (outcome, _) = send(b"", 3, 50);
    let kind = |error: &io::Error| error.kind() == io::ErrorKind::WriteZero;
    assert!(matches!(&outcome, Err(CallError::Transport(error)) if kind(error)), "{outcome:?}");
}

#[test]
fn an_answer_within_the_limits_leaves_a_connection_that_can_be_used_again_or_not() {
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\n{more}\r\n");
    let complete = |more: &str| head(&format!("Content-Length: 2\r\n{more}")) + "{}";
    let long = |len: usize| complete(&format!("X: {}\r\n", "x".repeat(len - complete("X: \r\n").len() + 2)));
    for (answer, expected) in [
        (complete(""), Ok(true)),
        (complete("") + "H", Ok(false)),
        (complete("Connection: close\r\n"), Ok(false)),
        (head("") + "{}", Ok(false)),
        (long(16 * 1024), Ok(true)),
        (long(16 * 1024 + 1), Err("Http(HeadTooLong { limit: 16384 })")),
        (
            head("Content-Length: 52428801\r\n"),
            Err("Incomplete(Http(BodyTooLong { size: 52428801, limit: 52428800 }), \
                 Reply { status: 200, body_len: 0, request_id: None, .. })"),
        ),
    ] {
        let outcome = send(answer.as_bytes(), usize::MAX, usize::MAX).0.map(|reply| reply.is_reusable());
        let outcome = outcome.map_err(|error| format!("{error:?}"));
        assert_eq!(outcome, expected.map_err(str::to_owned), "reusable after {answer:.100}");
    }
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
    let (broken, tls) = (|| io::Error::other("the cable is cut"), || rustls::Error::EncryptError);
    let errors: Vec<(Box<dyn Error>, _)> = vec![
        (Box::new(CallError::Transport(broken())), "the connection broke: {}"),
        (Box::new(CallError::Body(broken())), "the body could not be read: {}"),
        (Box::new(CallError::Request(short)), "the body is not what was signed: {}"),
        (Box::new(CallError::Http(truncated)), "the {}"),
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
        (Box::new(StartError::Account { id: "A".to_owned(), invalid }), "the account \"A\" is malformed: {}"),
        (Box::new(StartError::DuplicateId { id: "A".to_owned() }), "two accounts have the SecretId A"),
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
