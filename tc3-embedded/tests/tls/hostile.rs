//! A server that violates the protocol. Each violation ends in its own error and none in a panic, and
//! no byte of the request is sent before the server is authenticated.

use std::time::{Duration, Instant};

use peer::hostile::content_type::{ALERT, APPLICATION, CHANGE_CIPHER_SPEC, HANDSHAKE};
use peer::hostile::script::{after_handshake, handshake, response};
use peer::hostile::{
    HandshakeMessage, Hostile, ServerHelloFields, Signature, Step, key_share, point, version,
};
use peer::pki::{self, Identity};
use tc3_embedded::tls::{ServerHelloFault, TlsError, Untrusted};

use HandshakeMessage::{
    Bytes, Certificate, CertificateRequest, CertificateVerify, Corrupt, EmptyCertificate,
    EncryptedExtensions, Finished, KeyUpdate, NewSessionTicket, Other, ServerHello, WrongLength,
};
use Step::{
    CloseTcp, CorruptRecord, Fragment, InnerPlaintext, Record, Repeat, Send, SendUnprotected, SlowDown,
    UnprotectedRecord,
};

use crate::client::{Call, NOW, REQUEST};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

fn call(script: Vec<Step>) -> (Result<Vec<u8>, TlsError>, peer::Log) {
    let identity = pki::ecdsa(NOW);
    call_as(&Call::to(&identity), &identity, script)
}

fn call_as(
    call: &Call<'_>,
    identity: &Identity,
    script: Vec<Step>,
) -> (Result<Vec<u8>, TlsError>, peer::Log) {
    let server = Hostile::start(identity, script).unwrap();
    let outcome = call.make(server.addr());
    (outcome, server.finish())
}

/// The script ends in this error, and no byte of the request is sent.
#[track_caller]
fn assert_refused(script: Vec<Step>, expected: TlsError) {
    let (outcome, log) = call([script, response(BODY)].concat());
    assert_eq!(outcome, Err(expected));
    log.assert_no_application_byte();
}

/// These messages after a valid ServerHello are refused, in one record each and all in one.
#[track_caller]
fn assert_flight_refused(messages: &[HandshakeMessage], expected: TlsError) {
    let [server_hello, ..] = handshake();
    let each = messages.iter().map(|message| Send(vec![message.clone()]));
    assert_refused([server_hello.clone()].into_iter().chain(each).collect(), expected);
    assert_refused(vec![server_hello, Send(messages.to_vec())], expected);
}

#[track_caller]
fn assert_hello_refused(hello: ServerHelloFields, expected: ServerHelloFault) {
    let [_, rest @ ..] = handshake();
    let script = [vec![Send(vec![ServerHello(hello)])], rest.to_vec()].concat();
    assert_refused(script, TlsError::ServerHello(expected));
}

/// A valid handshake, then these steps. The call ends in this error or in the response that follows.
#[track_caller]
fn assert_after_handshake(steps: Vec<Step>, outcome: Result<(), TlsError>) {
    let (response, _) = call(after_handshake(steps, BODY));
    match (response, outcome) {
        (Ok(response), Ok(())) => assert!(response.ends_with(BODY.as_bytes())),
        (response, outcome) => assert_eq!(response.map(|_| ()), outcome),
    }
}

fn valid_flight() -> [HandshakeMessage; 4] {
    [EncryptedExtensions, Certificate, CertificateVerify(Signature::Valid), Finished]
}

const fn untrusted(reason: Untrusted) -> TlsError {
    TlsError::Untrusted(reason)
}

#[test]
fn a_valid_handshake_succeeds() {
    let (outcome, log) = call(after_handshake(vec![], BODY));
    assert!(outcome.unwrap().ends_with(BODY.as_bytes()));
    assert_eq!(log.received(), REQUEST);
    let [server_hello, ..] = handshake();
    let (outcome, _) = call([vec![server_hello, Send(valid_flight().to_vec())], response(BODY)].concat());
    assert!(outcome.unwrap().ends_with(BODY.as_bytes()));
}

#[test]
fn a_flight_without_certificate_and_signature_is_refused() {
    assert_flight_refused(&[EncryptedExtensions, Finished], untrusted(Untrusted::NoCertificate));
    assert_flight_refused(&[Finished], untrusted(Untrusted::NoCertificate));
}

#[test]
fn a_flight_without_certificate_or_without_signature_is_refused() {
    assert_flight_refused(
        &[EncryptedExtensions, Certificate, Finished],
        untrusted(Untrusted::NoCertificateVerify),
    );
    let alone = [EncryptedExtensions, CertificateVerify(Signature::Valid), Finished];
    assert_flight_refused(&alone, untrusted(Untrusted::NoCertificate));
    assert_flight_refused(
        &[EncryptedExtensions, EmptyCertificate, Finished],
        untrusted(Untrusted::NoCertificate),
    );
}

#[test]
fn an_invalid_certificate_verify_is_refused() {
    for (signature, reason) in [
        (Signature::OtherKey, Untrusted::BadHandshakeSignature),
        (Signature::OtherTranscript, Untrusted::BadHandshakeSignature),
        (Signature::WithScheme(0x0804), Untrusted::SchemeKeyMismatch { scheme: 0x0804 }),
        (Signature::WithScheme(0x0401), Untrusted::UnsupportedScheme { scheme: 0x0401 }),
        (Signature::WithScheme(0x0807), Untrusted::UnsupportedScheme { scheme: 0x0807 }),
    ] {
        let messages = [EncryptedExtensions, Certificate, CertificateVerify(signature), Finished];
        assert_flight_refused(&messages, untrusted(reason));
    }
    let corrupt = Corrupt(Box::new(CertificateVerify(Signature::Valid)));
    let messages = [EncryptedExtensions, Certificate, corrupt, Finished];
    assert_flight_refused(&messages, untrusted(Untrusted::BadHandshakeSignature));
    let unknown = CertificateVerify(Signature::WithScheme(0xFEED));
    let messages = [EncryptedExtensions, Certificate, unknown, Finished];
    assert_flight_refused(&messages, untrusted(Untrusted::UnknownScheme));
}

#[test]
fn a_repeated_certificate_or_certificate_verify_in_its_own_record_is_refused() {
    let [extensions, certificate, verify, finished] = valid_flight();
    let [server_hello, ..] = handshake();
    let each = |messages: [&HandshakeMessage; 4]| {
        let steps = messages.map(|message| Send(vec![message.clone()]));
        [vec![server_hello.clone()], steps.to_vec(), vec![Send(vec![finished.clone()])]].concat()
    };
    let twice = each([&extensions, &certificate, &certificate, &verify]);
    assert_refused(twice, untrusted(Untrusted::RepeatedCertificate));
    assert_refused(
        each([&extensions, &certificate, &verify, &verify]),
        untrusted(Untrusted::RepeatedCertificateVerify),
    );
}

#[test]
fn messages_of_one_record_out_of_order_are_refused() {
    let [extensions, certificate, verify, finished] = valid_flight();
    let [server_hello, ..] = handshake();
    for messages in [
        vec![&extensions, &certificate, &certificate, &verify, &finished],
        vec![&extensions, &certificate, &verify, &verify, &finished],
        vec![&certificate, &extensions, &verify, &finished],
        vec![&extensions, &finished, &certificate, &verify],
        vec![&extensions, &certificate, &verify, &finished, &finished],
        vec![&extensions, &certificate, &verify, &finished, &NewSessionTicket],
        vec![&extensions, &certificate, &verify, &finished, &KeyUpdate(0)],
    ] {
        let messages = messages.into_iter().cloned().collect();
        assert_refused(vec![server_hello.clone(), Send(messages)], TlsError::UnexpectedMessage);
    }
}

#[test]
fn messages_that_are_not_allowed_in_the_flight_are_refused() {
    let [server_hello, extensions, ..] = handshake();
    for message in [
        CertificateRequest,
        ServerHello(ServerHelloFields::default()),
        NewSessionTicket,
        KeyUpdate(1),
        Other(1, vec![0; 40]),
        Other(254, vec![0; 32]),
        Other(99, vec![]),
    ] {
        let script = vec![server_hello.clone(), extensions.clone(), Send(vec![message])];
        assert_refused(script, TlsError::UnexpectedMessage);
    }
}

#[test]
fn messages_with_wrong_lengths_are_refused() {
    let [server_hello, extensions, ..] = handshake();
    for (by, message, error) in [
        (1, Certificate, TlsError::FragmentedMessage),
        (4000, Certificate, TlsError::FragmentedMessage),
        (1, EncryptedExtensions, TlsError::FragmentedMessage),
        (-2, EncryptedExtensions, TlsError::UnexpectedMessage),
        (-1, Certificate, TlsError::UnexpectedMessage),
        // Another message after the inner length.
        (0, Other(8, [&[0, 0][..], &[13, 0, 0, 3, 0, 0, 0]].concat()), TlsError::UnexpectedMessage),
        (0, Other(20, [&[0; 32][..], &[2, 0, 0, 0]].concat()), TlsError::UnexpectedMessage),
    ] {
        let wrong_length = WrongLength(by, Box::new(message));
        assert_refused(vec![server_hello.clone(), extensions.clone(), Send(vec![wrong_length])], error);
    }
    assert_refused(vec![server_hello.clone(), Send(vec![Bytes(vec![11, 0])])], TlsError::FragmentedMessage);
    assert_refused(vec![server_hello, Fragment(40, valid_flight().to_vec())], TlsError::FragmentedMessage);
}

#[test]
fn a_wrong_finished_is_refused() {
    let [extensions, certificate, verify, finished] = valid_flight();
    assert_flight_refused(
        &[extensions, certificate, verify, Corrupt(Box::new(finished))],
        TlsError::BadFinished,
    );
}

#[test]
fn a_server_hello_that_was_not_offered_is_refused() {
    let offered = || vec![key_share(0x17, &point()), version(0x0304)];
    let with =
        |extensions: Vec<(u16, Vec<u8>)>| ServerHelloFields { extensions, ..ServerHelloFields::default() };
    assert_hello_refused(
        ServerHelloFields { legacy_version: 0x0304, ..ServerHelloFields::default() },
        ServerHelloFault::LegacyVersion { version: 0x0304 },
    );
    assert_hello_refused(
        ServerHelloFields { suite: 0x1302, ..ServerHelloFields::default() },
        ServerHelloFault::CipherSuite { suite: 0x1302 },
    );
    assert_hello_refused(
        ServerHelloFields { compression: 1, ..ServerHelloFields::default() },
        ServerHelloFault::Compression { method: 1 },
    );
    let echo = ServerHelloFields { session_id: Some(vec![1; 32]), ..ServerHelloFields::default() };
    assert_hello_refused(echo, ServerHelloFault::SessionId { length: 32 });
    assert_hello_refused(ServerHelloFields::retry(0x18), ServerHelloFault::HelloRetryRequest);
    assert_hello_refused(
        with(vec![key_share(0x1D, &[9; 32]), version(0x0304)]),
        ServerHelloFault::Group { group: 0x1D },
    );
    assert_hello_refused(
        with(vec![key_share(0x17, &point()[..64]), version(0x0304)]),
        ServerHelloFault::Malformed,
    );
    assert_hello_refused(with(vec![version(0x0304)]), ServerHelloFault::MissingExtension { extension: 51 });
    assert_hello_refused(with([offered(), vec![(0, vec![])]].concat()), ServerHelloFault::Malformed);
    assert_hello_refused(
        with(vec![(0, vec![]), version(0x0304)]),
        ServerHelloFault::UnexpectedExtension { extension: 0 },
    );
    assert_hello_refused(with([offered(), vec![version(0x0304)]].concat()), ServerHelloFault::Malformed);
}

#[test]
fn a_server_hello_of_an_older_version_is_refused() {
    let old = ServerHelloFault::OldVersion { version: 0x0303 };
    let suite = 0xC02F;
    assert_hello_refused(
        ServerHelloFields { suite, extensions: vec![], ..ServerHelloFields::default() },
        old,
    );
    assert_hello_refused(
        ServerHelloFields { suite, session_id: Some(vec![7; 32]), ..ServerHelloFields::default() },
        old,
    );
    let extensions = vec![key_share(0x17, &point()), version(0x0303)];
    assert_hello_refused(ServerHelloFields { extensions, ..ServerHelloFields::default() }, old);
}

#[test]
fn a_key_share_that_is_not_on_the_curve_is_refused() {
    let mut share = vec![5; 65];
    share[0] = 4;
    let extensions = vec![key_share(0x17, &share), version(0x0304)];
    assert_refused(
        vec![Send(vec![ServerHello(ServerHelloFields { extensions, ..ServerHelloFields::default() })])],
        TlsError::InvalidKeyShare,
    );
}

#[test]
fn a_server_hello_that_shares_its_record_or_is_fragmented_is_refused() {
    let hello = || ServerHello(ServerHelloFields::default());
    let malformed = TlsError::ServerHello(ServerHelloFault::Malformed);
    assert_refused(vec![Fragment(60, vec![hello()])], malformed);
    assert_refused(vec![Send(vec![hello(), EncryptedExtensions])], malformed);
    let message = TlsError::ServerHello(ServerHelloFault::UnexpectedMessage { handshake_type: 8 });
    assert_refused(vec![SendUnprotected(vec![EncryptedExtensions])], message);
}

#[test]
fn unprotected_records_after_the_server_hello_are_refused() {
    let [server_hello, ..] = handshake();
    let unprotected = |content_type| TlsError::Unprotected { content_type };
    for message in valid_flight() {
        assert_refused(vec![server_hello.clone(), SendUnprotected(vec![message])], unprotected(HANDSHAKE));
    }
    assert_refused(vec![server_hello.clone(), UnprotectedRecord(ALERT, vec![2, 40])], unprotected(ALERT));
    // The content type is that of a protected record, so only the tag is wrong.
    assert_refused(
        vec![server_hello.clone(), UnprotectedRecord(APPLICATION, vec![7; 40])],
        TlsError::BadRecordMac,
    );
    for change in [vec![1, 1], vec![0], vec![2]] {
        let change = UnprotectedRecord(CHANGE_CIPHER_SPEC, change);
        assert_refused(vec![server_hello.clone(), change], unprotected(CHANGE_CIPHER_SPEC));
    }
    let change = UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1]);
    assert_refused(vec![server_hello, change.clone(), change], unprotected(CHANGE_CIPHER_SPEC));
}

#[test]
fn one_change_cipher_spec_is_ignored() {
    let [server_hello, rest @ ..] = handshake();
    let change = UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1]);
    let (outcome, _) = call([vec![server_hello, change], rest.to_vec(), response(BODY)].concat());
    assert!(outcome.unwrap().ends_with(BODY.as_bytes()));
}

#[test]
fn empty_protected_records_and_unknown_content_types_are_refused() {
    let [server_hello, ..] = handshake();
    let after = |step| vec![server_hello.clone(), step];
    assert_refused(after(InnerPlaintext(vec![])), TlsError::EmptyRecord { length: 16 });
    assert_refused(after(InnerPlaintext(vec![0; 40])), TlsError::UnexpectedMessage);
    assert_refused(after(InnerPlaintext(vec![0])), TlsError::UnexpectedMessage);
    assert_refused(after(Record(25, vec![1])), TlsError::UnexpectedMessage);
    assert_refused(after(Record(CHANGE_CIPHER_SPEC, vec![1])), TlsError::UnexpectedMessage);
    assert_refused(after(Record(APPLICATION, vec![1; 9])), TlsError::UnexpectedMessage);
    assert_refused(after(Record(HANDSHAKE, vec![])), TlsError::UnexpectedMessage);
    assert_refused(after(Record(ALERT, vec![2, 40])), TlsError::ProtectedAlert);
    assert_refused(after(Record(ALERT, vec![])), TlsError::ProtectedAlert);
    assert_refused(after(CorruptRecord(HANDSHAKE, vec![8, 0, 0, 2, 0, 0])), TlsError::BadRecordMac);
    let (length, limit) = (16_641, 16_640);
    assert_refused(after(InnerPlaintext(vec![23; length - 16])), TlsError::RecordTooLong { length, limit });
}

#[test]
fn bytes_that_are_not_a_record_are_refused() {
    let bytes = Step::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    assert_refused(vec![bytes], TlsError::Unprotected { content_type: b'H' });
}

#[test]
fn an_alert_or_a_close_during_the_handshake_is_reported() {
    let [server_hello, ..] = handshake();
    let alert = TlsError::Alert { level: 2, description: 40 };
    assert_refused(vec![UnprotectedRecord(ALERT, vec![2, 40])], alert);
    assert_refused(vec![CloseTcp], TlsError::HandshakeClosed);
    assert_refused(vec![server_hello, CloseTcp], TlsError::HandshakeClosed);
}

#[test]
fn messages_that_are_not_allowed_after_the_handshake_are_refused() {
    for message in [
        CertificateRequest,
        ServerHello(ServerHelloFields::default()),
        EncryptedExtensions,
        Certificate,
        CertificateVerify(Signature::Valid),
        Finished,
        KeyUpdate(0),
        KeyUpdate(1),
        Other(0, vec![]),
        Other(5, vec![0; 20]),
    ] {
        assert_after_handshake(vec![Send(vec![message.clone()])], Err(TlsError::UnexpectedMessage));
        assert_after_handshake(vec![Send(vec![NewSessionTicket, message])], Err(TlsError::UnexpectedMessage));
    }
}

#[test]
fn whole_tickets_are_ignored_and_others_refused() {
    assert_after_handshake(vec![Send(vec![NewSessionTicket; 3]), Send(vec![NewSessionTicket])], Ok(()));
    assert_after_handshake(
        vec![Send(vec![WrongLength(1, Box::new(NewSessionTicket))])],
        Err(TlsError::FragmentedMessage),
    );
    assert_after_handshake(vec![Fragment(8, vec![NewSessionTicket])], Err(TlsError::FragmentedMessage));
    // The last byte would be read as another message.
    assert_after_handshake(
        vec![Send(vec![WrongLength(-1, Box::new(NewSessionTicket))])],
        Err(TlsError::UnexpectedMessage),
    );
}

#[test]
fn invalid_records_after_the_handshake_are_refused() {
    let unprotected = |content_type| Err(TlsError::Unprotected { content_type });
    assert_after_handshake(vec![Record(APPLICATION, vec![])], Ok(()));
    assert_after_handshake(
        vec![UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1])],
        unprotected(CHANGE_CIPHER_SPEC),
    );
    assert_after_handshake(vec![UnprotectedRecord(ALERT, vec![1, 0])], unprotected(ALERT));
    assert_after_handshake(vec![SendUnprotected(vec![NewSessionTicket])], unprotected(HANDSHAKE));
    assert_after_handshake(vec![Record(ALERT, vec![2, 40])], Err(TlsError::ProtectedAlert));
    assert_after_handshake(vec![Record(ALERT, vec![1])], Err(TlsError::ProtectedAlert));
    assert_after_handshake(vec![InnerPlaintext(vec![])], Err(TlsError::EmptyRecord { length: 16 }));
    assert_after_handshake(vec![InnerPlaintext(vec![0; 9])], Err(TlsError::UnexpectedMessage));
    assert_after_handshake(vec![CorruptRecord(APPLICATION, vec![7; 9])], Err(TlsError::BadRecordMac));
    assert_after_handshake(vec![CloseTcp], Err(TlsError::Truncated));
}

#[test]
fn an_endless_stream_of_records_ends_at_the_deadline() {
    let identity = pki::ecdsa(NOW);
    let call = Call { timeout: Duration::from_millis(900), ..Call::to(&identity) };
    let pause = Duration::from_micros(200);
    let forever = |step| after_handshake(vec![Repeat(pause, Box::new(step))], BODY);
    let [server_hello, rest @ ..] = handshake();
    let slowly = [vec![server_hello, SlowDown(Duration::from_millis(30))], rest.to_vec()].concat();
    for script in [forever(Record(APPLICATION, vec![])), forever(Send(vec![NewSessionTicket])), slowly] {
        let start = Instant::now();
        let (outcome, _) = call_as(&call, &identity, script);
        assert_eq!(outcome, Err(TlsError::TimedOut));
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
