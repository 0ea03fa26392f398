//! The server that follows the protocol.

use crate::client::{NOW, REQUEST, Stream, call, connect};
use peer::{
    pki::{self, Identity},
    server::{Action, Config, Http, Server, script},
};
use rustls::{Error, ProtocolVersion};
use std::{
    io::{ErrorKind, Read, Write},
    sync::mpsc,
    time::{Duration, Instant},
};
use tc3_core::{Credentials, Signer, Timestamp, api};
use tc3_std::gateway::{self, Account};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

struct Fixture {
    identity: Identity,
    server: Server,
}

impl Fixture {
    fn new(script: Vec<Action>) -> Self {
        Self::with(|it| it, Http::each(script))
    }

    fn with(adjust: impl FnOnce(Config) -> Config, http: Http) -> Self {
        let identity = pki::ecdsa(NOW);
        let server = Server::start(adjust(Config::new(&identity)), http).unwrap();
        Self { identity, server }
    }

    fn connect(&self) -> Stream {
        connect(self.server.addr(), &self.identity).unwrap()
    }

    fn call(&self) -> (String, std::io::Result<()>) {
        let (response, end) = call(self.connect());
        (String::from_utf8(response).unwrap(), end)
    }
}

#[test]
fn a_request_is_logged_and_answered_as_scripted() {
    let long = script::body_of(100_000);
    assert_eq!(long.len(), 100_000);
    for (script, sent, ended) in [
        (script::response(BODY), BODY, Ok(())),
        (script::until_close(BODY), BODY, Ok(())),
        (script::truncated(BODY), BODY, Err(ErrorKind::UnexpectedEof)),
        (script::shorter_than_declared(BODY), BODY, Ok(())),
        (script::chunked(&long), &long, Ok(())),
    ] {
        let fixture = Fixture::new(script.clone());
        let (response, end) = fixture.call();
        assert_eq!(end.map_err(|it| it.kind()), ended, "{script:?}");
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let (body, chunks) = if head.contains("chunked") { joined(body) } else { (body.to_owned(), 0) };
        assert!(body == sent, "{} bytes sent, {} received: {body}", sent.len(), body.len());
        assert!(chunks == 0 || chunks > 20, "{chunks} chunks");
        let declared = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let surplus = usize::from(script == script::shorter_than_declared(BODY));
        let without = ended.is_err() || head.contains("chunked") || script == script::until_close(BODY);
        assert_eq!(declared, (!without).then(|| (sent.len() + surplus).to_string()).as_deref(), "{head}");
        let log = fixture.server.finish();
        assert_eq!((log.connections.len(), log.handshakes(), log.received()), (1, 1, REQUEST.to_vec()));
        assert_eq!(log.connections[0].error, None);
    }
}

/// The chunks' content, and how many there are.
fn joined(mut chunked: &str) -> (String, usize) {
    let (mut joined, mut chunks) = (String::new(), 0);
    while let Some((size, after)) = chunked.split_once("\r\n") {
        let (chunk, after) = after.split_at(usize::from_str_radix(size, 16).unwrap());
        joined.push_str(chunk);
        chunked = after.strip_prefix("\r\n").unwrap();
        chunks += 1;
    }
    assert_eq!(chunked, "", "after the last chunk");
    (joined, chunks)
}

#[test]
#[should_panic(expected = "40 bytes received on connection 0")]
fn the_assertion_fails_after_a_request() {
    let fixture = Fixture::new(script::response(BODY));
    fixture.call().1.unwrap();
    fixture.server.finish().assert_no_application_byte();
}

#[test]
#[should_panic(expected = "no client connected")]
fn the_assertion_fails_without_a_client() {
    Fixture::new(script::response(BODY)).server.finish().assert_no_application_byte();
}

#[test]
fn bytes_sent_just_before_the_server_stops_are_in_the_log() {
    for is_open in [false; 20].into_iter().chain([true]) {
        let fixture = Fixture::new(script::silent());
        let mut stream = Some(fixture.connect());
        for piece in [b"la", b"te"] {
            stream.as_mut().unwrap().write_all(piece).unwrap();
        }
        stream = stream.filter(|_| is_open);
        assert_eq!(fixture.server.finish().received(), b"late");
        drop(stream);
    }
}

#[test]
fn a_client_that_connects_just_before_the_server_stops_is_in_the_log() {
    let fixture = Fixture::new(script::silent());
    let _socket = std::net::TcpStream::connect(fixture.server.addr()).unwrap();
    let log = fixture.server.finish();
    assert_eq!((log.connections.len(), log.handshakes()), (1, 0));
}

#[test]
fn concatenated_scripts_serve_several_calls_on_one_connection() {
    let fixture =
        Fixture::new([script::response("1"), script::response("2"), script::response("3")].concat());
    let mut stream = fixture.connect();
    for n in ["1", "2", "3"] {
        stream.write_all(REQUEST).unwrap();
        let mut response = vec![0; 200];
        let len = stream.read(&mut response).unwrap();
        assert!(std::str::from_utf8(&response[..len]).unwrap().ends_with(n));
    }
    drop(stream);
    let log = fixture.server.finish();
    assert_eq!(log.received(), REQUEST.repeat(3));
    assert_eq!(log.connections.len(), 1);
}

#[test]
fn each_connection_gets_its_script_and_the_last_script_repeats() {
    let stale = script::failure("AuthFailure.SignatureExpire", NOW);
    let fixture = Fixture::with(|it| it, Http::Scripts(vec![stale, script::response(BODY)]));
    let (first, _) = fixture.call();
    assert!(first.contains("\r\nDate: Sat, 21 Nov 2026 16:39:42 GMT\r\n"), "{first}");
    assert!(first.contains(r#""Code":"AuthFailure.SignatureExpire""#));
    for _ in 0..2 {
        assert_eq!(fixture.call().0.lines().last(), Some(BODY));
    }
    assert_eq!(fixture.server.finish().handshakes(), 3);
}

#[test]
fn a_slow_response_takes_its_time_and_ends_when_the_server_stops() {
    let fixture = Fixture::new(script::dribbled(BODY, Duration::from_millis(1)));
    let start = Instant::now();
    let (response, _) = fixture.call();
    let bytes = u32::try_from(response.len()).unwrap();
    let (took, least) = (start.elapsed(), Duration::from_millis(1) * bytes);
    assert!(took >= least, "{took:?}, at least {least:?} are expected");
    assert_eq!(response.lines().last(), Some(BODY));

    let fixture = Fixture::new(script::dribbled(BODY, Duration::from_secs(3600)));
    let mut stream = fixture.connect();
    stream.write_all(REQUEST).unwrap();
    stream.read_exact(&mut [0]).unwrap();
    assert_eq!(fixture.server.finish().connections[0].error, None);
}

#[test]
fn a_stalling_server_stops_when_dropped() {
    let fixture = Fixture::new(script::silent());
    let mut stream = fixture.connect();
    stream.write_all(REQUEST).unwrap();
    drop(fixture.server);
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn the_tls_version_is_1_3_unless_1_2_is_set() {
    let fixture = Fixture::with(Config::tls12, Http::each(script::response(BODY)));
    assert_eq!(fixture.connect().conn.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    let fixture = Fixture::new(script::response(BODY));
    assert_eq!(fixture.connect().conn.protocol_version(), Some(ProtocolVersion::TLSv1_3));
}

#[test]
fn the_number_of_tickets_and_the_record_size_can_be_set() {
    for tickets in [0, 7] {
        let adjust = |it: Config| it.tickets(usize::try_from(tickets).unwrap()).max_record(64);
        let fixture = Fixture::with(adjust, Http::each(script::response(BODY)));
        let mut stream = fixture.connect();
        stream.write_all(REQUEST).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(stream.conn.tls13_tickets_received(), tickets);
    }
}

#[test]
fn an_alert_of_the_client_is_in_the_log() {
    let fixture = Fixture::new(script::response(BODY));
    let outcome = connect(fixture.server.addr(), &pki::ecdsa(NOW)).map(drop);
    assert!(matches!(outcome, Err(Error::InvalidCertificate(_))));
    let error = fixture.server.finish().connections[0].error.clone();
    assert!(error.as_deref().is_some_and(|it| it.contains("alert")), "{error:?}");
}

#[test]
fn the_gateway_verifies_forwarded_requests() {
    let (records, recorded) = mpsc::channel();
    let now = Timestamp::from_unix(NOW).unwrap();
    let config = gateway::Config::new()
        .account(Account::new("AKIDEXAMPLE", "key"))
        .clock(move || now)
        .record_to(records);
    let fixture = Fixture::with(|it| it, Http::Gateway(config));
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let mut stream = fixture.connect();
    let mut response = vec![0; 2000];
    for key in ["key", "another"] {
        let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", key).unwrap());
        write!(stream, "{}{{}}", signer.sign(&request, now).head()).unwrap();
        let len = stream.read(&mut response).unwrap();
        let response = String::from_utf8_lossy(&response[..len]);
        assert_eq!(response.contains("AuthFailure"), key != "key", "{response}");
    }
    drop(stream);
    let log = fixture.server.finish();
    assert_eq!(log.connections.len(), 1);
    assert_eq!(recorded.try_iter().map(|it| it.error.is_none()).collect::<Vec<_>>(), [true, false]);
}
