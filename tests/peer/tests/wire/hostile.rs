//! The scripted server: what is honest is believed, and what is not is refused.

use crate::client::{NOW, REQUEST, Stream, call, connect};
use peer::{
    Record,
    hostile::{
        Hello, Hostile, Message, Proof, Step,
        content::{ALERT, APPLICATION, CHANGE_CIPHER_SPEC, HANDSHAKE},
        key_share, point,
        script::{after_handshake, answer, handshake},
        version,
    },
    pki::{self, Identity},
};
use rustls::Error;
use std::{
    io::{ErrorKind, Read, Write},
    time::{Duration, Instant},
};

use Message::{
    Bytes, Certificate, CertificateRequest, CertificateVerify, Corrupt, EmptyCertificate,
    EncryptedExtensions, Finished, KeyUpdate, Misstated, NewSessionTicket, Other, ServerHello,
};
use Step::{
    AwaitFinished, AwaitRequest, Cut, Damaged, Forever, RecordInClear, Say, SayInClear, Sealed, Slowly, Split,
};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

struct Bench {
    identity: Identity,
    server: Hostile,
}

impl Bench {
    fn new(script: Vec<Step>) -> Self {
        let identity = pki::ecdsa(NOW);
        let server = Hostile::start(&identity, script).unwrap();
        Self { identity, server }
    }

    fn connect(&self) -> Result<Stream, Error> {
        connect(self.server.addr(), &self.identity)
    }
}

/// Honest as far as `rustls` can see: the handshake is completed, and the request answered.
#[track_caller]
fn believed(script: Vec<Step>) -> Record {
    let bench = Bench::new(script);
    let (answer, end) = call(bench.connect().unwrap());
    end.unwrap();
    assert!(answer.ends_with(BODY.as_bytes()));
    let record = bench.server.finish();
    let [connection] = &record.connections[..] else { panic!("{record:?}") };
    assert_eq!(connection.received, REQUEST);
    assert!(connection.secured && connection.opaque == 0 && connection.trouble.is_none(), "{record:?}");
    record
}

/// A flight that is followed by an answer, if the client lets it come to that.
#[track_caller]
fn refused(flight: Vec<Step>) -> Error {
    let bench = Bench::new([flight, answer(BODY)].concat());
    let error = bench.connect().map(drop).unwrap_err();
    let record = bench.server.finish();
    record.assert_no_application_byte();
    error
}

#[track_caller]
fn refused_hello(hello: Hello) {
    let [_, rest @ ..] = handshake();
    refused([vec![Say(vec![ServerHello(hello)])], rest.to_vec()].concat());
}

fn flight(messages: Vec<Message>) -> Vec<Step> {
    messages.into_iter().map(|message| Say(vec![message])).collect()
}

fn honest() -> Vec<Message> {
    vec![
        ServerHello(Hello::default()),
        EncryptedExtensions,
        Certificate,
        CertificateVerify(Proof::Honest),
        Finished,
    ]
}

#[test]
fn an_honest_script_is_believed_and_answers() {
    believed([&handshake()[..], &answer(BODY)].concat());
}

#[test]
fn an_honest_script_says_the_same_again_byte_by_byte() {
    believed([&[Slowly(Duration::ZERO)], &handshake()[..], &answer(BODY)].concat());
}

#[test]
fn an_honest_flight_may_be_one_record_or_many() {
    let hello = honest();
    let rest = hello[1..].to_vec();
    let hello = hello[..1].to_vec();
    believed([vec![Say(hello.clone()), Say(rest.clone())], answer(BODY)].concat());
    believed([vec![Split(20, hello), Split(100, rest)], answer(BODY)].concat());
}

#[test]
fn what_a_server_may_do_as_well_is_believed() {
    let ccs = RecordInClear(CHANGE_CIPHER_SPEC, vec![1]);
    let [hello, rest @ ..] = handshake();
    believed([vec![hello, ccs], rest.to_vec(), answer(BODY)].concat());
    let asked = [&honest()[..2], &[CertificateRequest], &honest()[2..]].concat();
    // A client without a certificate says so.
    believed([flight(asked), answer(BODY)].concat());
    believed(after_handshake(flight(vec![NewSessionTicket; 3]), BODY));
    believed(after_handshake(flight(vec![KeyUpdate(0), KeyUpdate(0)]), BODY));
    believed(after_handshake(flight(vec![KeyUpdate(1)]), BODY));
    believed(after_handshake(vec![Step::Record(APPLICATION, Vec::new())], BODY));
}

#[test]
fn a_flight_that_lacks_a_message_or_says_it_twice_is_refused() {
    for n in 1..honest().len() {
        let mut without = honest();
        let message = without.remove(n);
        if message != Finished {
            refused(flight(without));
        }
        let mut twice = honest();
        twice.insert(n, message);
        let twice = [flight(twice), answer(BODY)].concat();
        // Whoever says Finished twice has completed the handshake before.
        let bench = Bench::new(twice);
        let outcome = bench.connect().map(call);
        assert!(!matches!(outcome, Ok((_, Ok(())))), "{n}: {outcome:?}");
    }
}

#[test]
fn a_flight_without_proof_is_refused() {
    let [hello, extensions, certificate, verify, finished] = handshake();
    let flights = [
        vec![hello.clone(), extensions.clone(), finished.clone()],
        vec![hello.clone(), extensions.clone(), verify.clone(), finished.clone()],
        vec![hello.clone(), extensions.clone(), certificate.clone(), finished.clone()],
        vec![hello.clone(), finished.clone(), extensions.clone(), certificate, verify.clone()],
        vec![hello, extensions, Say(vec![EmptyCertificate]), verify, finished],
    ];
    for flight in flights {
        let error = refused(flight);
        assert!(
            matches!(error, Error::InappropriateHandshakeMessage { .. } | Error::NoCertificatesPresented),
            "{error:?}"
        );
    }
}

#[test]
fn a_proof_that_proves_nothing_is_refused() {
    for bad in [
        CertificateVerify(Proof::ByAnotherKey),
        CertificateVerify(Proof::OfAnotherHandshake),
        CertificateVerify(Proof::Called(0x0503)),
        Corrupt(Box::new(CertificateVerify(Proof::Honest))),
    ] {
        let mut messages = honest();
        messages[3] = bad;
        let error = refused(flight(messages));
        assert!(matches!(error, Error::InvalidCertificate(_) | Error::PeerMisbehaved(_)), "{error:?}");
    }
    let mut messages = honest();
    messages[4] = Corrupt(Box::new(Finished));
    assert_eq!(refused(flight(messages)), Error::DecryptError);
}

#[test]
fn a_hello_that_does_not_fit_is_refused() {
    let honest = Hello::default;
    let with = |extensions: Vec<(u16, Vec<u8>)>| Hello { extensions, ..honest() };
    let share = key_share(0x17, &point());
    for hello in [
        Hello { legacy_version: 0x0300, ..honest() },
        Hello { suite: 0x1302, ..honest() },
        Hello { suite: 0x1399, ..honest() },
        Hello { compression: 1, ..honest() },
        Hello::retry(0x18),
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
        refused_hello(hello);
    }
    // `rustls` does not look at what is echoed.
    let [_, rest @ ..] = handshake();
    let echo = Say(vec![ServerHello(Hello { session_id: Some(vec![9; 32]), ..honest() })]);
    believed([vec![echo], rest.to_vec(), answer(BODY)].concat());
}

#[test]
fn what_is_said_in_clear_after_server_hello_is_refused() {
    let [hello, extensions, certificate, verify, finished] = handshake();
    let encrypted = vec![hello.clone(), extensions.clone(), certificate, verify];
    let clear = SayInClear(vec![Finished]);
    refused([encrypted.clone(), vec![clear]].concat());
    for record in [
        SayInClear(vec![EncryptedExtensions]),
        RecordInClear(ALERT, vec![2, 40]),
        RecordInClear(APPLICATION, b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        RecordInClear(CHANGE_CIPHER_SPEC, vec![2]),
        RecordInClear(CHANGE_CIPHER_SPEC, vec![1, 1]),
    ] {
        refused([vec![hello.clone(), record], encrypted[1..].to_vec(), vec![finished.clone()]].concat());
    }
    // In the record of the ServerHello itself.
    refused(vec![Say(honest())]);
    refused(vec![Say(vec![ServerHello(Hello::default()), Bytes(vec![0])]), extensions]);
}

#[test]
fn records_that_hold_nothing_or_too_much_are_refused() {
    let [hello, rest @ ..] = handshake();
    for record in [
        Sealed(vec![]),
        Sealed(vec![0; 16]),
        Step::Record(99, vec![1]),
        Damaged(HANDSHAKE, vec![8, 0, 0, 2, 0, 0]),
        Step::Record(APPLICATION, vec![0; 16_625]),
        RecordInClear(APPLICATION, vec![0; 16_641]),
        Step::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
    ] {
        refused([vec![hello.clone(), record], rest.to_vec()].concat());
    }
}

#[test]
fn after_the_handshake_other_messages_are_refused() {
    let ticket = || Box::new(NewSessionTicket);
    for message in [
        CertificateRequest,
        Finished,
        ServerHello(Hello::default()),
        EncryptedExtensions,
        Certificate,
        Misstated(-1, ticket()),
        Other(4, vec![0; 3]),
        Other(200, vec![]),
        KeyUpdate(2),
    ] {
        let bench = Bench::new(after_handshake(flight(vec![message.clone()]), BODY));
        let outcome = bench.connect().map(call);
        assert!(!matches!(outcome, Ok((_, Ok(())))), "{message:?}: {outcome:?}");
        let record = bench.server.finish();
        assert!(record.connections[0].trouble.is_some(), "{message:?}: {record:?}");
    }
    // It waits for the rest, which the next record cannot be.
    let longer = after_handshake(flight(vec![Misstated(1, ticket())]), BODY);
    assert!(call(Bench::new(longer).connect().unwrap()).1.is_err());
}

#[test]
fn records_in_clear_after_the_handshake_are_refused() {
    for record in [
        RecordInClear(ALERT, vec![1, 0]),
        RecordInClear(CHANGE_CIPHER_SPEC, vec![1]),
        SayInClear(vec![NewSessionTicket]),
        Step::Record(ALERT, vec![2, 40]),
    ] {
        let bench = Bench::new(after_handshake(vec![record.clone()], BODY));
        let outcome = bench.connect().map(call);
        assert!(!matches!(outcome, Ok((_, Ok(())))), "{record:?}: {outcome:?}");
    }
}

#[test]
fn messages_behind_finished_in_its_record_are_refused() {
    let [flight @ .., _] = handshake();
    let behind = Say(vec![Finished, NewSessionTicket]);
    let error = refused([flight.to_vec(), vec![behind]].concat());
    assert!(matches!(error, Error::PeerMisbehaved(_)), "{error:?}");
}

#[test]
fn a_cut_is_no_end() {
    let script = [&handshake()[..], &[AwaitFinished, AwaitRequest, Cut]].concat();
    let bench = Bench::new(script);
    let (answer, end) = call(bench.connect().unwrap());
    assert_eq!(end.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert!(answer.is_empty());
    assert_eq!(bench.server.finish().received(), REQUEST);
}

#[test]
fn a_flood_ends_with_the_client_or_the_server() {
    let empty = Forever(Duration::ZERO, Box::new(Step::Record(APPLICATION, Vec::new())));
    let dripping = Forever(Duration::from_secs(3600), Box::new(Say(vec![NewSessionTicket])));
    let slow = Slowly(Duration::from_secs(3600));
    for step in [empty, dripping, slow] {
        let bench = Bench::new(after_handshake(vec![step], BODY));
        let mut stream = bench.connect().unwrap();
        stream.write_all(REQUEST).unwrap();
        let start = Instant::now();
        drop(bench.server);
        assert!(start.elapsed() < Duration::from_secs(4));
        drop(stream);
    }
}

#[test]
fn a_client_that_speaks_in_clear_or_with_other_keys_is_told_from_a_silent_one() {
    let [hello, ..] = handshake();
    let bench = Bench::new(vec![hello]);
    let mut socket = std::net::TcpStream::connect(bench.server.addr()).unwrap();
    let hello = client_hello();
    socket.write_all(&hello).unwrap();
    socket.read_exact(&mut [0; 5]).unwrap();
    socket.write_all(&[23, 3, 3, 0, 20]).unwrap();
    socket.write_all(&[0; 20]).unwrap();
    let record = bench.server.finish();
    assert_eq!(record.connections[0].opaque, 1, "{record:?}");
}

#[test]
fn a_client_without_a_share_of_p_256_is_told_from_one_that_gives_up() {
    let bench = Bench::new(handshake().to_vec());
    let mut socket = std::net::TcpStream::connect(bench.server.addr()).unwrap();
    socket.write_all(&[22, 3, 1, 0, 4, 1, 0, 0, 0]).unwrap();
    let trouble = bench.server.finish().connections[0].trouble.clone();
    assert_eq!(trouble.as_deref(), Some("no ClientHello with a share of P-256"));
}

/// As a `rustls` client writes it.
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
