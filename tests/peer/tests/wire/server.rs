//! The honest server.

use crate::client::{NOW, REQUEST, Stream, call, connect};
use peer::{
    pki::{self, Identity},
    server::{Act, Config, Http, Server, script},
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

struct Bench {
    identity: Identity,
    server: Server,
}

impl Bench {
    fn new(script: Vec<Act>) -> Self {
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
        let (answer, end) = call(self.connect());
        (String::from_utf8(answer).unwrap(), end)
    }
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn a_request_is_written_down_and_answered() {
    let bench = Bench::new(script::answer(BODY));
    let (answer, end) = bench.call();
    assert!(end.is_ok());
    assert_eq!(body(&answer), BODY);
    let record = bench.server.finish();
    assert_eq!((record.connections.len(), record.secured()), (1, 1));
    assert_eq!(record.received(), REQUEST);
    assert_eq!(record.connections[0].trouble, None);
}

#[test]
#[should_panic(expected = "40 bytes arrived on connection 0")]
fn a_request_is_an_application_byte() {
    let bench = Bench::new(script::answer(BODY));
    bench.call().1.unwrap();
    bench.server.finish().assert_no_application_byte();
}

#[test]
#[should_panic(expected = "no client came")]
fn without_a_client_nothing_is_proved() {
    Bench::new(script::answer(BODY)).server.finish().assert_no_application_byte();
}

#[test]
fn what_was_sent_just_before_the_end_is_in_the_record() {
    for lives in [false; 20].into_iter().chain([true]) {
        let bench = Bench::new(script::silent());
        let mut stream = Some(bench.connect());
        for piece in [b"la", b"te"] {
            stream.as_mut().unwrap().write_all(piece).unwrap();
        }
        stream = stream.filter(|_| lives);
        assert_eq!(bench.server.finish().received(), b"late");
        drop(stream);
    }
}

#[test]
fn a_client_that_comes_just_before_the_end_is_in_the_record() {
    let bench = Bench::new(script::silent());
    let _socket = std::net::TcpStream::connect(bench.server.addr()).unwrap();
    let record = bench.server.finish();
    assert_eq!((record.connections.len(), record.secured()), (1, 0));
}

#[test]
fn scripts_joined_are_calls_on_one_connection() {
    let bench = Bench::new([script::answer("1"), script::answer("2"), script::answer("3")].concat());
    let mut stream = bench.connect();
    for n in ["1", "2", "3"] {
        stream.write_all(REQUEST).unwrap();
        let mut answer = vec![0; 200];
        let len = stream.read(&mut answer).unwrap();
        assert!(std::str::from_utf8(&answer[..len]).unwrap().ends_with(n));
    }
    drop(stream);
    let record = bench.server.finish();
    assert_eq!(record.received(), REQUEST.repeat(3));
    assert_eq!(record.connections.len(), 1);
}

#[test]
fn a_stale_request_is_told_the_time_and_the_next_connection_gets_on() {
    let stale = script::failure("AuthFailure.SignatureExpire", NOW);
    let bench = Bench::with(|it| it, Http::Scripts(vec![stale, script::answer(BODY)]));
    let (first, _) = bench.call();
    assert!(first.contains("\r\nDate: Sat, 21 Nov 2026 16:39:42 GMT\r\n"), "{first}");
    assert!(first.contains(r#""Code":"AuthFailure.SignatureExpire""#));
    assert_eq!(body(&bench.call().0), BODY);
    assert_eq!(body(&bench.call().0), BODY);
    assert_eq!(bench.server.finish().secured(), 3);
}

#[test]
fn chunks_of_all_sizes_make_up_the_body() {
    let whole = script::body_of(100_000);
    assert_eq!(whole.len(), 100_000);
    let (answer, end) = Bench::new(script::chunked(&whole)).call();
    assert!(end.is_ok());
    let (mut rest, mut joined, mut chunks) = (body(&answer), String::new(), 0);
    while let Some((size, after)) = rest.split_once("\r\n") {
        let (chunk, after) = after.split_at(usize::from_str_radix(size, 16).unwrap());
        joined.push_str(chunk);
        rest = after.strip_prefix("\r\n").unwrap();
        chunks += 1;
    }
    assert_eq!(joined, whole);
    assert!(answer.ends_with("\r\n0\r\n\r\n"));
    assert!(chunks > 20, "{chunks}");
}

#[test]
fn an_end_is_told_from_a_cut() {
    let (answer, end) = Bench::new(script::until_close(BODY)).call();
    assert!(end.is_ok());
    assert_eq!(body(&answer), BODY);
    let (answer, end) = Bench::new(script::truncated(BODY)).call();
    assert_eq!(end.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert_eq!(body(&answer), BODY);
}

#[test]
fn a_length_can_be_a_lie() {
    let (answer, end) = Bench::new(script::shorter_than_declared(BODY)).call();
    assert!(end.is_ok());
    assert!(answer.contains(&format!("Content-Length: {}\r\n", BODY.len() + 1)));
    assert_eq!(body(&answer), BODY);
}

#[test]
fn a_dribbled_answer_takes_its_time_and_ends_with_the_server() {
    let bench = Bench::new(script::dribbled(BODY, Duration::from_millis(1)));
    let start = Instant::now();
    let (answer, _) = bench.call();
    let bytes = u32::try_from(answer.len()).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(1) * bytes);
    assert_eq!(body(&answer), BODY);

    let bench = Bench::new(script::dribbled(BODY, Duration::from_secs(3600)));
    let mut stream = bench.connect();
    stream.write_all(REQUEST).unwrap();
    stream.read_exact(&mut [0]).unwrap();
    assert_eq!(bench.server.finish().connections[0].trouble, None);
}

#[test]
fn a_silent_server_ends_when_dropped() {
    let bench = Bench::new(script::silent());
    let mut stream = bench.connect();
    stream.write_all(REQUEST).unwrap();
    drop(bench.server);
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn tls_12_is_spoken_where_it_is_asked_for() {
    let bench = Bench::with(Config::tls12, Http::each(script::answer(BODY)));
    assert_eq!(bench.connect().conn.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    let bench = Bench::new(script::answer(BODY));
    assert_eq!(bench.connect().conn.protocol_version(), Some(ProtocolVersion::TLSv1_3));
}

#[test]
fn tickets_are_counted_and_records_are_kept_small() {
    for tickets in [0, 7] {
        let adjust = |it: Config| it.tickets(usize::try_from(tickets).unwrap()).max_record(64);
        let bench = Bench::with(adjust, Http::each(script::answer(BODY)));
        let mut stream = bench.connect();
        stream.write_all(REQUEST).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(stream.conn.tls13_tickets_received(), tickets);
    }
}

#[test]
fn what_the_client_complains_of_is_in_the_record() {
    let bench = Bench::new(script::answer(BODY));
    let outcome = connect(bench.server.addr(), &pki::ecdsa(NOW)).map(drop);
    assert!(matches!(outcome, Err(Error::InvalidCertificate(_))));
    let trouble = bench.server.finish().connections[0].trouble.clone();
    assert!(trouble.as_deref().is_some_and(|it| it.contains("alert")), "{trouble:?}");
}

#[test]
fn the_gateway_behind_verifies_what_comes_through() {
    let (records, recorded) = mpsc::channel();
    let now = Timestamp::from_unix(NOW).unwrap();
    let config = gateway::Config::new()
        .account(Account::new("AKIDEXAMPLE", "key"))
        .clock(move || now)
        .record_to(records);
    let bench = Bench::with(|it| it, Http::Gateway(config));
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let mut stream = bench.connect();
    let mut answer = vec![0; 2000];
    for key in ["key", "another"] {
        let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", key).unwrap());
        write!(stream, "{}{{}}", signer.sign(&request, now).head()).unwrap();
        let len = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..len]);
        assert_eq!(answer.contains("AuthFailure"), key != "key", "{answer}");
    }
    drop(stream);
    let record = bench.server.finish();
    assert_eq!(record.connections.len(), 1);
    assert_eq!(recorded.try_iter().map(|it| it.error.is_none()).collect::<Vec<_>>(), [true, false]);
}
