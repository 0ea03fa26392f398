//! The server with a scripted handshake: valid scripts are accepted, others refused.

use crate::client::{NOW, REQUEST, Stream, call, connect};
use peer::{
    Log,
    hostile::{
        HandshakeMessage, Hostile, ServerHelloFields, Signature, Step,
        content_type::{ALERT, APPLICATION, CHANGE_CIPHER_SPEC, HANDSHAKE},
        key_share, point,
        script::{after_handshake, handshake, response},
        version,
    },
    pki::{self, Identity},
};
use rustls::Error;
use std::{
    io::{ErrorKind, Read, Write},
    time::{Duration, Instant},
};

use HandshakeMessage::{
    Bytes, Certificate, CertificateRequest, CertificateVerify, Corrupt, EmptyCertificate,
    EncryptedExtensions, Finished, KeyUpdate, NewSessionTicket, Other, ServerHello, WrongLength,
};
use Step::{
    AwaitFinished, AwaitRequest, CloseTcp, CorruptRecord, Fragment, InnerPlaintext, Repeat, Send,
    SendUnprotected, SlowDown, UnprotectedRecord,
};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

struct Fixture {
    identity: Identity,
    server: Hostile,
}

impl Fixture {
    fn new(script: Vec<Step>) -> Self {
        let identity = pki::ecdsa(NOW);
        let server = Hostile::start(&identity, script).unwrap();
        Self { identity, server }
    }

    fn connect(&self) -> Result<Stream, Error> {
        connect(self.server.addr(), &self.identity)
    }
}

/// The `rustls` client completes the handshake and gets its response.
#[track_caller]
fn assert_accepted(script: Vec<Step>) -> Log {
    let fixture = Fixture::new(script);
    let (response, end) = call(fixture.connect().unwrap());
    end.unwrap();
    assert!(response.ends_with(BODY.as_bytes()));
    let log = fixture.server.finish();
    let [connection] = &log.connections[..] else { panic!("{log:?}") };
    assert_eq!(connection.received, REQUEST);
    assert!(
        connection.handshake_complete && connection.undecryptable == 0 && connection.error.is_none(),
        "{log:?}"
    );
    log
}

/// The error with which the client refuses the flight. A response follows it in the script.
#[track_caller]
fn refusal(flight: Vec<Step>) -> Error {
    let fixture = Fixture::new([flight, response(BODY)].concat());
    let error = fixture.connect().map(drop).unwrap_err();
    let log = fixture.server.finish();
    log.assert_no_application_byte();
    error
}

#[track_caller]
fn assert_hello_refused(hello: ServerHelloFields) {
    let [_, rest @ ..] = handshake();
    refusal([vec![Send(vec![ServerHello(hello)])], rest.to_vec()].concat());
}

fn flight(messages: Vec<HandshakeMessage>) -> Vec<Step> {
    messages.into_iter().map(|message| Send(vec![message])).collect()
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

#[test]
fn a_valid_script_is_accepted() {
    assert_accepted([&handshake()[..], &response(BODY)].concat());
}

#[test]
fn a_valid_script_sent_byte_by_byte_is_accepted() {
    assert_accepted([&[SlowDown(Duration::ZERO)], &handshake()[..], &response(BODY)].concat());
}

#[test]
fn a_valid_flight_may_be_one_record_or_several() {
    let hello = valid_flight();
    let rest = hello[1..].to_vec();
    let hello = hello[..1].to_vec();
    assert_accepted([vec![Send(hello.clone()), Send(rest.clone())], response(BODY)].concat());
    assert_accepted([vec![Fragment(20, hello), Fragment(100, rest)], response(BODY)].concat());
}

#[test]
fn optional_messages_are_accepted() {
    let ccs = UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1]);
    let [hello, rest @ ..] = handshake();
    assert_accepted([vec![hello, ccs], rest.to_vec(), response(BODY)].concat());
    let asked = [&valid_flight()[..2], &[CertificateRequest], &valid_flight()[2..]].concat();
    // The client answers with a Certificate message without certificates.
    assert_accepted([flight(asked), response(BODY)].concat());
    assert_accepted(after_handshake(flight(vec![NewSessionTicket; 3]), BODY));
    assert_accepted(after_handshake(flight(vec![KeyUpdate(0), KeyUpdate(0)]), BODY));
    assert_accepted(after_handshake(flight(vec![KeyUpdate(1)]), BODY));
    assert_accepted(after_handshake(vec![Step::Record(APPLICATION, Vec::new())], BODY));
}

#[test]
fn a_flight_with_a_missing_or_repeated_message_is_refused() {
    for n in 1..valid_flight().len() {
        let mut without = valid_flight();
        let message = without.remove(n);
        if message != Finished {
            refusal(flight(without));
        }
        let mut twice = valid_flight();
        twice.insert(n, message);
        let twice = [flight(twice), response(BODY)].concat();
        // With a repeated Finished the handshake itself succeeds.
        let fixture = Fixture::new(twice);
        let outcome = fixture.connect().map(call);
        assert!(!matches!(outcome, Ok((_, Ok(())))), "{n}: {outcome:?}");
    }
}

#[test]
fn a_flight_without_certificate_or_signature_is_refused() {
    let [hello, extensions, certificate, verify, finished] = handshake();
    let flights = [
        vec![hello.clone(), extensions.clone(), finished.clone()],
        vec![hello.clone(), extensions.clone(), verify.clone(), finished.clone()],
        vec![hello.clone(), extensions.clone(), certificate.clone(), finished.clone()],
        vec![hello.clone(), finished.clone(), extensions.clone(), certificate, verify.clone()],
        vec![hello, extensions, Send(vec![EmptyCertificate]), verify, finished],
    ];
    for flight in flights {
        let error = refusal(flight);
        assert!(
            matches!(error, Error::InappropriateHandshakeMessage { .. } | Error::NoCertificatesPresented),
            "{error:?}"
        );
    }
}

#[test]
fn an_invalid_certificate_verify_or_finished_is_refused() {
    for invalid in [
        CertificateVerify(Signature::OtherKey),
        CertificateVerify(Signature::OtherTranscript),
        CertificateVerify(Signature::WithScheme(0x0503)),
        Corrupt(Box::new(CertificateVerify(Signature::Valid))),
    ] {
        let mut messages = valid_flight();
        messages[3] = invalid;
        let error = refusal(flight(messages));
        assert!(matches!(error, Error::InvalidCertificate(_) | Error::PeerMisbehaved(_)), "{error:?}");
    }
    let mut messages = valid_flight();
    messages[4] = Corrupt(Box::new(Finished));
    assert_eq!(refusal(flight(messages)), Error::DecryptError);
}

#[test]
fn a_server_hello_that_was_not_offered_is_refused() {
    let valid = ServerHelloFields::default;
    let with = |extensions: Vec<(u16, Vec<u8>)>| ServerHelloFields { extensions, ..valid() };
    let share = key_share(0x17, &point());
    for hello in [
        ServerHelloFields { legacy_version: 0x0300, ..valid() },
        ServerHelloFields { suite: 0x1302, ..valid() },
        ServerHelloFields { suite: 0x1399, ..valid() },
        ServerHelloFields { compression: 1, ..valid() },
        ServerHelloFields::retry(0x18),
        with(vec![]),
        with(vec![version(0x0304)]),
        with(vec![share.clone()]),
        with(vec![share.clone(), version(0x0303)]),
        with(vec![share.clone(), share.clone(), version(0x0304)]),
        with(vec![share.clone(), version(0x0304), (0x1234, vec![])]),
        with(vec![key_share(0x18, &point()), version(0x0304)]),
        with(vec![key_share(0x17, &point()[..64]), version(0x0304)]),
        with(vec![key_share(0x17, &[4; 65]), version(0x0304)]),
    ] {
        assert_hello_refused(hello);
    }
    // `rustls` does not check the echoed session ID.
    let [_, rest @ ..] = handshake();
    let echo = Send(vec![ServerHello(ServerHelloFields { session_id: Some(vec![9; 32]), ..valid() })]);
    assert_accepted([vec![echo], rest.to_vec(), response(BODY)].concat());
}

#[test]
fn unprotected_records_after_the_server_hello_are_refused() {
    let [hello, extensions, certificate, verify, finished] = handshake();
    let encrypted = vec![hello.clone(), extensions.clone(), certificate, verify];
    let unprotected = SendUnprotected(vec![Finished]);
    refusal([encrypted.clone(), vec![unprotected]].concat());
    for record in [
        SendUnprotected(vec![EncryptedExtensions]),
        UnprotectedRecord(ALERT, vec![2, 40]),
        UnprotectedRecord(APPLICATION, b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![2]),
        UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1, 1]),
    ] {
        refusal([vec![hello.clone(), record], encrypted[1..].to_vec(), vec![finished.clone()]].concat());
    }
    // In the record of the ServerHello.
    refusal(vec![Send(valid_flight())]);
    refusal(vec![Send(vec![ServerHello(ServerHelloFields::default()), Bytes(vec![0])]), extensions]);
}

#[test]
fn empty_and_oversized_and_corrupt_records_are_refused() {
    let [hello, rest @ ..] = handshake();
    for record in [
        InnerPlaintext(vec![]),
        InnerPlaintext(vec![0; 16]),
        Step::Record(99, vec![1]),
        CorruptRecord(HANDSHAKE, vec![8, 0, 0, 2, 0, 0]),
        Step::Record(APPLICATION, vec![0; 16_625]),
        UnprotectedRecord(APPLICATION, vec![0; 16_641]),
        Step::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
    ] {
        refusal([vec![hello.clone(), record], rest.to_vec()].concat());
    }
}

#[test]
fn messages_that_are_not_allowed_after_the_handshake_are_refused() {
    let ticket = || Box::new(NewSessionTicket);
    for message in [
        CertificateRequest,
        Finished,
        ServerHello(ServerHelloFields::default()),
        EncryptedExtensions,
        Certificate,
        WrongLength(-1, ticket()),
        Other(4, vec![0; 3]),
        Other(200, vec![]),
        KeyUpdate(2),
    ] {
        let fixture = Fixture::new(after_handshake(flight(vec![message.clone()]), BODY));
        let outcome = fixture.connect().map(call);
        assert!(!matches!(outcome, Ok((_, Ok(())))), "{message:?}: {outcome:?}");
        let log = fixture.server.finish();
        assert!(log.connections[0].error.is_some(), "{message:?}: {log:?}");
    }
    // The client expects the rest of the ticket in the next record.
    let longer = after_handshake(flight(vec![WrongLength(1, ticket())]), BODY);
    assert!(call(Fixture::new(longer).connect().unwrap()).1.is_err());
}

#[test]
fn unprotected_records_and_alerts_after_the_handshake_are_refused() {
    for record in [
        UnprotectedRecord(ALERT, vec![1, 0]),
        UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1]),
        SendUnprotected(vec![NewSessionTicket]),
        Step::Record(ALERT, vec![2, 40]),
    ] {
        let fixture = Fixture::new(after_handshake(vec![record.clone()], BODY));
        let outcome = fixture.connect().map(call);
        assert!(!matches!(outcome, Ok((_, Ok(())))), "{record:?}: {outcome:?}");
    }
}

#[test]
fn a_message_after_finished_in_its_record_is_refused() {
    let [flight @ .., _] = handshake();
    let followed = Send(vec![Finished, NewSessionTicket]);
    let error = refusal([flight.to_vec(), vec![followed]].concat());
    assert!(matches!(error, Error::PeerMisbehaved(_)), "{error:?}");
}

#[test]
fn closing_tcp_without_close_notify_is_an_error() {
    let script = [&handshake()[..], &[AwaitFinished, AwaitRequest, CloseTcp]].concat();
    let fixture = Fixture::new(script);
    let (response, end) = call(fixture.connect().unwrap());
    assert_eq!(end.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert!(response.is_empty());
    assert_eq!(fixture.server.finish().received(), REQUEST);
}

#[test]
fn an_endless_script_ends_when_the_server_stops() {
    let empty = Repeat(Duration::ZERO, Box::new(Step::Record(APPLICATION, Vec::new())));
    let slow_tickets = Repeat(Duration::from_secs(3600), Box::new(Send(vec![NewSessionTicket])));
    let slow = SlowDown(Duration::from_secs(3600));
    for step in [empty, slow_tickets, slow] {
        let fixture = Fixture::new(after_handshake(vec![step], BODY));
        let mut stream = fixture.connect().unwrap();
        stream.write_all(REQUEST).unwrap();
        let start = Instant::now();
        drop(fixture.server);
        assert!(start.elapsed() < Duration::from_secs(4));
        drop(stream);
    }
}

#[test]
fn a_record_with_other_keys_is_counted_as_undecryptable() {
    let [hello, ..] = handshake();
    let fixture = Fixture::new(vec![hello]);
    let mut socket = std::net::TcpStream::connect(fixture.server.addr()).unwrap();
    let hello = client_hello();
    socket.write_all(&hello).unwrap();
    socket.read_exact(&mut [0; 5]).unwrap();
    socket.write_all(&[23, 3, 3, 0, 20]).unwrap();
    socket.write_all(&[0; 20]).unwrap();
    let log = fixture.server.finish();
    assert_eq!(log.connections[0].undecryptable, 1, "{log:?}");
}

#[test]
fn a_client_hello_without_a_p_256_key_share_is_reported() {
    let fixture = Fixture::new(handshake().to_vec());
    let mut socket = std::net::TcpStream::connect(fixture.server.addr()).unwrap();
    socket.write_all(&[22, 3, 1, 0, 4, 1, 0, 0, 0]).unwrap();
    let error = fixture.server.finish().connections[0].error.clone();
    assert_eq!(error.as_deref(), Some("no ClientHello with a key share for P-256"));
}

/// The ClientHello of a `rustls` client.
fn client_hello() -> Vec<u8> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let client = std::thread::spawn(move || connect(addr, &pki::ecdsa(NOW)).map(drop));
    let (mut socket, _) = listener.accept().unwrap();
    let mut hello = vec![0; 4096];
    let len = socket.read(&mut hello).unwrap();
    drop(socket);
    assert!(client.join().unwrap().is_err());
    hello.truncate(len);
    hello
}
