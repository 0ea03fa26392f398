//! The server with a scripted handshake: valid scripts are accepted, others refused for their violation.

use crate::client::{NOW, REQUEST, Stream, call, connect};
use peer::{
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
    net::TcpStream,
    sync::LazyLock,
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

/// The name of the error with which the client refuses these steps before its Finished.
#[track_caller]
fn assert_refused(steps: Vec<Step>, expected: &str) {
    let server = start([steps.clone(), response(BODY)].concat());
    let error = format!("{:?}", dial(&server).map(drop).unwrap_err());
    server.finish().assert_no_application_byte();
    assert_eq!(error.split(" {").next(), Some(expected), "{error}: {steps:?}");
}

#[test]
fn flights_that_violate_the_protocol_are_refused() {
    let [_, extensions, certificate, verify, finished] = <[_; 5]>::try_from(valid_flight()).unwrap();
    let corrupt = |message: &HandshakeMessage| Corrupt(Box::new(message.clone()));
    let signed = |signature| vec![&extensions, &certificate, signature, &finished];
    let other_key = CertificateVerify(Signature::OtherKey);
    let other_transcript = CertificateVerify(Signature::OtherTranscript);
    let other_scheme = CertificateVerify(Signature::WithScheme(0x0503));
    let [corrupt_verify, corrupt_finished] = [&verify, &finished].map(corrupt);
    for (messages, error) in [
        (vec![&extensions, &finished], "InappropriateHandshakeMessage"),
        (vec![&extensions, &verify, &finished], "InappropriateHandshakeMessage"),
        (vec![&extensions, &certificate, &finished], "InappropriateHandshakeMessage"),
        (vec![&certificate, &verify, &finished], "InappropriateHandshakeMessage"),
        (vec![&finished, &extensions, &certificate, &verify], "InappropriateHandshakeMessage"),
        (vec![&extensions, &extensions, &certificate, &verify, &finished], "InappropriateHandshakeMessage"),
        (vec![&extensions, &certificate, &certificate, &verify, &finished], "InappropriateHandshakeMessage"),
        (vec![&extensions, &certificate, &verify, &verify, &finished], "InappropriateHandshakeMessage"),
        (vec![&extensions, &EmptyCertificate, &verify, &finished], "NoCertificatesPresented"),
        (signed(&other_key), "InvalidCertificate(BadSignature)"),
        (signed(&other_transcript), "InvalidCertificate(BadSignature)"),
        (signed(&other_scheme), "InvalidCertificate(UnsupportedSignatureAlgorithmForPublicKeyContext"),
        (signed(&corrupt_verify), "InvalidCertificate(BadSignature)"),
        (vec![&extensions, &certificate, &verify, &corrupt_finished], "DecryptError"),
    ] {
        let messages: Vec<_> = messages.into_iter().cloned().collect();
        assert_refused([vec![handshake()[0].clone()], each(&messages)].concat(), error);
    }
}

#[test]
fn a_server_hello_that_was_not_offered_is_refused() {
    let valid = ServerHelloFields::default;
    let with =
        |extensions: &[(u16, Vec<u8>)]| ServerHelloFields { extensions: extensions.to_vec(), ..valid() };
    let (share, tls13) = (key_share(0x17, &point()), version(0x0304));
    let [_, rest @ ..] = handshake();
    for (hello, error) in [
        (
            ServerHelloFields { legacy_version: 0x0300, ..valid() },
            "PeerIncompatible(ServerDoesNotSupportTls12Or13)",
        ),
        (ServerHelloFields { suite: 0x1302, ..valid() }, "DecryptError"),
        (ServerHelloFields { suite: 0x1399, ..valid() }, "PeerMisbehaved(SelectedUnofferedCipherSuite)"),
        (ServerHelloFields { compression: 1, ..valid() }, "PeerMisbehaved(SelectedUnofferedCompression)"),
        (ServerHelloFields::retry(0x18), "PeerMisbehaved(IllegalHelloRetryRequestWithUnofferedNamedGroup)"),
        (with(&[]), "PeerMisbehaved(SelectedUnusableCipherSuiteForVersion)"),
        (with(&[version(0x0304)]), "PeerMisbehaved(MissingKeyShare)"),
        (with(&[key_share(0x17, &point())]), "PeerMisbehaved(SelectedUnusableCipherSuiteForVersion)"),
        (with(&[share.clone(), version(0x0303)]), "PeerMisbehaved(SelectedTls12UsingTls13VersionExtension)"),
        (with(&[share.clone(), share.clone(), tls13.clone()]), "InvalidMessage(DuplicateExtension(51))"),
        (with(&[share, tls13.clone(), (0x1234, vec![])]), "PeerMisbehaved(UnsolicitedServerHelloExtension)"),
        (with(&[key_share(0x18, &point()), tls13.clone()]), "PeerMisbehaved(WrongGroupForKeyShare)"),
        (with(&[key_share(0x17, &point()[..64]), tls13.clone()]), "PeerMisbehaved(InvalidKeyShare)"),
        (with(&[key_share(0x17, &[4; 65]), tls13]), "PeerMisbehaved(InvalidKeyShare)"),
    ] {
        assert_refused([vec![Send(vec![ServerHello(hello)])], rest.to_vec()].concat(), error);
    }
}

#[test]
fn records_that_violate_the_protocol_are_refused() {
    let [hello, extensions, certificate, verify, finished] = handshake();
    let rest = [extensions, certificate, verify.clone()];
    for (record, error) in [
        (SendUnprotected(vec![EncryptedExtensions]), "DecryptError"),
        (UnprotectedRecord(ALERT, vec![2, 40]), "AlertReceived(HandshakeFailure)"),
        (UnprotectedRecord(APPLICATION, b"HTTP/1.1 200 OK\r\n\r\n".to_vec()), "DecryptError"),
        (UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![2]), "PeerMisbehaved(IllegalMiddleboxChangeCipherSpec)"),
        (
            UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1, 1]),
            "PeerMisbehaved(IllegalMiddleboxChangeCipherSpec)",
        ),
        (InnerPlaintext(vec![]), "PeerMisbehaved(IllegalTlsInnerPlaintext)"),
        (InnerPlaintext(vec![0; 16]), "PeerMisbehaved(IllegalTlsInnerPlaintext)"),
        (Step::Record(99, vec![1]), "InvalidMessage(InvalidContentType)"),
        (CorruptRecord(HANDSHAKE, vec![8, 0, 0, 2, 0, 0]), "DecryptError"),
        (Step::Record(APPLICATION, vec![0; 16_625]), "PeerSentOversizedRecord"),
        (UnprotectedRecord(APPLICATION, vec![0; 16_641]), "DecryptError"),
        (Step::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), "InvalidMessage(InvalidContentType)"),
    ] {
        assert_refused([vec![hello.clone(), record], rest.to_vec(), vec![finished.clone()]].concat(), error);
    }
    let unprotected = [vec![hello.clone()], rest.to_vec(), vec![SendUnprotected(vec![Finished])]].concat();
    assert_refused(unprotected, "DecryptError");
    // In the record of the ServerHello, and in that of Finished.
    assert_refused(vec![Send(valid_flight())], "PeerMisbehaved(KeyEpochWithPendingFragment)");
    let followed = ServerHello(ServerHelloFields::default());
    assert_refused(
        vec![Send(vec![followed, Bytes(vec![0])]), rest[0].clone()],
        "PeerMisbehaved(KeyEpochWithPendingFragment)",
    );
    let ticket = Send(vec![Finished, NewSessionTicket]);
    assert_refused(
        [vec![hello], rest.to_vec(), vec![ticket]].concat(),
        "PeerMisbehaved(KeyEpochWithPendingFragment)",
    );
}

#[test]
fn steps_that_are_not_allowed_after_the_handshake_are_refused() {
    let ticket = || Box::new(NewSessionTicket);
    let messages = [
        CertificateRequest,
        Finished,
        ServerHello(ServerHelloFields::default()),
        EncryptedExtensions,
        Certificate,
        WrongLength(-1, ticket()),
        // The client expects the rest of the ticket in the next record.
        WrongLength(1, ticket()),
        Other(4, vec![0; 3]),
        Other(200, vec![]),
        KeyUpdate(2),
    ];
    let records = [
        UnprotectedRecord(ALERT, vec![1, 0]),
        UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1]),
        SendUnprotected(vec![NewSessionTicket]),
        Step::Record(ALERT, vec![2, 40]),
    ];
    for step in messages.map(|message| Send(vec![message])).into_iter().chain(records) {
        let server = start(after_handshake(vec![step.clone()], BODY));
        let ended = dial(&server).map(|stream| call(stream).1.map_err(|error| error.kind()));
        assert_eq!(ended, Ok(Err(ErrorKind::InvalidData)), "{step:?}");
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
