//! The server that follows the protocol.

use crate::client::{NOW, REQUEST, Stream, call, connect};
use peer::{
    pki::{self, Identity},
    server::{Action, Config, Http, Server, script},
};
use std::{
    io::{ErrorKind, Read, Write},
    sync::mpsc,
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
        Self::with(Http::Script(script))
    }

    fn with(http: Http) -> Self {
        let identity = pki::ecdsa(NOW);
        let server = Server::start(Config::new(&identity), http).unwrap();
        Self { identity, server }
    }

    fn connect(&self) -> Stream {
        connect(self.server.addr(), &self.identity).unwrap()
    }
}

#[test]
fn requests_are_logged_and_answered_on_one_connection() {
    let fixture = Fixture::new([script::response("1"), script::response("2")].concat());
    let mut stream = fixture.connect();
    for n in ["1", "2"] {
        stream.write_all(REQUEST).unwrap();
        let mut response = vec![0; 200];
        let len = stream.read(&mut response).unwrap();
        assert_eq!(std::str::from_utf8(&response[..len]).unwrap().lines().last(), Some(n));
    }
    // To the server's close_notify: a socket that is dropped before could be reset.
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    drop(stream);
    let log = fixture.server.finish();
    assert_eq!((log.connections.len(), log.handshakes(), log.received()), (1, 1, REQUEST.repeat(2)));
    assert_eq!(log.connections[0].error, None);
}

#[test]
#[should_panic(expected = "40 bytes received on connection 0")]
fn the_assertion_fails_after_a_request() {
    let fixture = Fixture::new(script::response(BODY));
    call(fixture.connect()).1.unwrap();
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
fn a_stalling_server_stops_when_dropped() {
    let fixture = Fixture::new(script::silent());
    let mut stream = fixture.connect();
    stream.write_all(REQUEST).unwrap();
    drop(fixture.server);
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn the_gateway_verifies_forwarded_requests() {
    let (records, recorded) = mpsc::channel();
    let now = Timestamp::from_unix(NOW).unwrap();
    let config = gateway::Config::new()
        .account(Account::new("AKIDEXAMPLE", "key"))
        .clock(move || now)
        .record_to(records);
    let fixture = Fixture::with(Http::Gateway(config));
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
