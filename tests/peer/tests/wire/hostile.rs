//! The server with a scripted handshake follows the protocol where its script does. Scripts that violate
//! it are refused, each with its own error, in the tests of `tc3_embedded::tls`.

use crate::client::{NOW, REQUEST, Stream, call, connect};
use peer::{
    hostile::{
        HandshakeMessage, Hostile, ServerHelloFields, Signature, Step,
        content_type::{APPLICATION, CHANGE_CIPHER_SPEC},
        script::{after_handshake, handshake, response},
    },
    pki::{self, Identity},
};
use rustls::Error;
use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::LazyLock,
    time::{Duration, Instant},
};

use HandshakeMessage::{
    Certificate, CertificateRequest, CertificateVerify, EncryptedExtensions, Finished, KeyUpdate,
    NewSessionTicket, ServerHello,
};
use Step::{AwaitFinished, AwaitRequest, CloseTcp, Fragment, Repeat, Send, SlowDown, UnprotectedRecord};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| pki::ecdsa(NOW));

fn start(script: Vec<Step>) -> Hostile {
    Hostile::start(&IDENTITY, script).unwrap()
}

fn dial(server: &Hostile) -> Result<Stream, Error> {
    connect(server.addr(), &IDENTITY)
}

fn each(messages: &[HandshakeMessage]) -> Vec<Step> {
    messages.iter().map(|message| Send(vec![message.clone()])).collect()
}

fn valid_flight() -> Vec<HandshakeMessage> {
    vec![
        ServerHello(ServerHelloFields::default()),
        EncryptedExtensions,
        Certificate,
        CertificateVerify(Signature::Valid),
        Finished,
    ]
}

/// The `rustls` client completes the handshake and gets its response.
#[test]
fn scripts_that_follow_the_protocol_are_accepted() {
    let [hello, rest @ ..] = handshake();
    let flight = valid_flight();
    let rest_in = |step: Step| vec![Send(flight[..1].to_vec()), step];
    let ccs = UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1]);
    // The client answers with a Certificate message without certificates.
    let asked = [&flight[..2], &[CertificateRequest], &flight[2..]].concat();
    // `rustls` does not check the echoed session ID.
    let echo = ServerHelloFields { session_id: Some(vec![9; 32]), ..ServerHelloFields::default() };
    for script in [
        [handshake().to_vec(), response(BODY)].concat(),
        [vec![SlowDown(Duration::ZERO)], handshake().to_vec(), response(BODY)].concat(),
        [rest_in(Send(flight[1..].to_vec())), response(BODY)].concat(),
        [rest_in(Fragment(100, flight[1..].to_vec())), response(BODY)].concat(),
        [vec![Fragment(20, flight[..1].to_vec())], rest.to_vec(), response(BODY)].concat(),
        [vec![hello, ccs], rest.to_vec(), response(BODY)].concat(),
        [vec![Send(vec![ServerHello(echo)])], rest.to_vec(), response(BODY)].concat(),
        [each(&asked), response(BODY)].concat(),
        after_handshake(each(&[NewSessionTicket, NewSessionTicket, NewSessionTicket]), BODY),
        after_handshake(each(&[KeyUpdate(0), KeyUpdate(0)]), BODY),
        after_handshake(each(&[KeyUpdate(1)]), BODY),
        after_handshake(vec![Step::Record(APPLICATION, Vec::new())], BODY),
    ] {
        let server = start(script.clone());
        let (response, end) = call(dial(&server).unwrap());
        let text = String::from_utf8(response).unwrap();
        assert_eq!((end.map_err(|it| it.kind()), text.lines().last()), (Ok(()), Some(BODY)), "{script:?}");
        let log = server.finish();
        assert_eq!((log.connections.len(), log.handshakes()), (1, 1), "{script:?}");
        assert_eq!((log.received(), log.connections[0].undecryptable), (REQUEST.to_vec(), 0), "{script:?}");
        assert_eq!(log.connections[0].error, None, "{script:?}");
    }
}

#[test]
fn closing_tcp_without_close_notify_is_an_error() {
    let server = start([&handshake()[..], &[AwaitFinished, AwaitRequest, CloseTcp]].concat());
    let (response, end) = call(dial(&server).unwrap());
    assert_eq!((end.unwrap_err().kind(), response), (ErrorKind::UnexpectedEof, Vec::new()));
    assert_eq!(server.finish().received(), REQUEST);
}

#[test]
fn an_endless_script_ends_when_the_server_stops() {
    let empty = Repeat(Duration::ZERO, Box::new(Step::Record(APPLICATION, Vec::new())));
    let slow_tickets = Repeat(Duration::from_secs(3600), Box::new(Send(vec![NewSessionTicket])));
    for step in [empty, slow_tickets, SlowDown(Duration::from_secs(3600))] {
        let server = start(after_handshake(vec![step.clone()], BODY));
        let mut stream = dial(&server).unwrap();
        stream.write_all(REQUEST).unwrap();
        let begin = Instant::now();
        drop(server);
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(4), "{took:?}, the limit is 4 s: {step:?}");
    }
}

#[test]
fn what_no_key_of_the_server_decrypts_is_counted_and_a_client_hello_without_a_share_reported() {
    let server = start(vec![handshake()[0].clone()]);
    let mut socket = TcpStream::connect(server.addr()).unwrap();
    socket.write_all(&client_hello()).unwrap();
    socket.read_exact(&mut [0; 5]).unwrap();
    socket.write_all(&[&[23, 3, 3, 0, 20][..], &[0; 20]].concat()).unwrap();
    assert_eq!(server.finish().connections[0].undecryptable, 1);

    let server = start(handshake().to_vec());
    TcpStream::connect(server.addr()).unwrap().write_all(&[22, 3, 1, 0, 4, 1, 0, 0, 0]).unwrap();
    let error = server.finish().connections[0].error.clone();
    assert_eq!(error.as_deref(), Some("no ClientHello with a key share for P-256"));
}

/// The ClientHello of a `rustls` client.
pub(crate) fn client_hello() -> Vec<u8> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let client = std::thread::spawn(move || connect(addr, &IDENTITY).map(drop));
    let (mut socket, _) = listener.accept().unwrap();
    let mut hello = vec![0; 4096];
    let len = socket.read(&mut hello).unwrap();
    drop(socket);
    assert!(client.join().unwrap().is_err());
    hello.truncate(len);
    hello
}
