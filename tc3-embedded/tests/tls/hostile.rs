//! A server that violates the protocol. Each violation ends in its own error and none in a panic, and
//! no byte of the request is sent before the server is authenticated.

use std::io::Write;
use std::net::TcpStream;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use peer::hostile::content_type::{ALERT, APPLICATION, CHANGE_CIPHER_SPEC, HANDSHAKE};
use peer::hostile::script::{after_handshake, handshake, response};
use peer::hostile::{self, HandshakeMessage, ServerHelloFields, Signature, Step, key_share, point, version};
use peer::pki::{self, Identity};
use tc3_embedded::tls::{ServerHelloFault, TlsError, Untrusted};

use HandshakeMessage::{Bytes, *};
use Step::*;
use TlsError::{EmptyRecord, FragmentedMessage, ProtectedAlert, UnexpectedMessage};

use crate::client::{BODY, Call, MODES, Mode, NOW, REQUEST, assert_calls};

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| pki::ecdsa(NOW));

/// The calls of both modes end in the response or in this error, and these bytes of a request are sent.
fn assert_ends(script: &[Step], expected: Result<(), TlsError>, sent: &[u8]) {
    let server = hostile::start(&IDENTITY, script.to_vec()).unwrap();
    assert_calls(&IDENTITY, |_| {}, server, expected, sent, &format!("{script:?}"));
}

/// A server that would respond after these steps is refused without a handshake.
fn assert_refused(steps: Vec<Step>, expected: TlsError) {
    assert_ends(&[steps, response(BODY)].concat(), Err(expected), b"");
}

/// A ServerHello and then each of these steps is refused.
fn assert_each_refused_after_hello(cases: impl IntoIterator<Item = (Step, TlsError)>) {
    let [server_hello, ..] = handshake();
    for (step, expected) in cases {
        assert_refused(vec![server_hello.clone(), step], expected);
    }
}

/// These messages after a valid ServerHello are refused, in one record each and all in one.
fn assert_flight_refused(messages: &[HandshakeMessage], expected: TlsError) {
    let [server_hello, ..] = handshake();
    let each = messages.iter().map(|message| Send(vec![message.clone()]));
    let each = [server_hello.clone()].into_iter().chain(each).collect();
    assert_refused(each, expected);
    assert_refused(vec![server_hello, Send(messages.to_vec())], expected);
}

fn valid_flight() -> [HandshakeMessage; 4] {
    [EncryptedExtensions, Certificate, CertificateVerify(Signature::Valid), Finished]
}

#[test]
fn a_valid_handshake_succeeds() {
    let [server_hello, rest @ ..] = handshake();
    let change = UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1]);
    for flight in [
        handshake().to_vec(),
        vec![server_hello.clone(), Send(valid_flight().to_vec())],
        // One change_cipher_spec is ignored.
        [vec![server_hello, change], rest.to_vec()].concat(),
    ] {
        assert_ends(&[flight, response(BODY)].concat(), Ok(()), REQUEST);
    }
}

#[test]
fn a_flight_without_certificate_or_signature_is_refused() {
    let verify = CertificateVerify(Signature::Valid);
    for (messages, reason) in [
        (vec![Finished], Untrusted::NoCertificate),
        (vec![EncryptedExtensions, verify, Finished], Untrusted::NoCertificate),
        // Without a certificate in it.
        (vec![EncryptedExtensions, Other(11, vec![0; 4]), Finished], Untrusted::NoCertificate),
        (vec![EncryptedExtensions, Certificate, Finished], Untrusted::NoCertificateVerify),
    ] {
        assert_flight_refused(&messages, TlsError::Untrusted(reason));
    }
}

#[test]
fn an_invalid_certificate_verify_is_refused() {
    let scheme = |scheme| CertificateVerify(Signature::WithScheme(scheme));
    let of_p384 = match cfg!(feature = "p384") {
        true => Untrusted::SchemeKeyMismatch { scheme: 0x0503 },
        false => Untrusted::UnsupportedScheme { scheme: 0x0503 },
    };
    for (verify, reason) in [
        (CertificateVerify(Signature::OtherKey), Untrusted::BadHandshakeSignature),
        (CertificateVerify(Signature::OtherTranscript), Untrusted::BadHandshakeSignature),
        (Corrupt(Box::new(CertificateVerify(Signature::Valid))), Untrusted::BadHandshakeSignature),
        (scheme(0x0804), Untrusted::SchemeKeyMismatch { scheme: 0x0804 }),
        (scheme(0x0503), of_p384),
        (scheme(0x0401), Untrusted::UnsupportedScheme { scheme: 0x0401 }),
        (scheme(0xFEED), Untrusted::UnknownScheme),
    ] {
        let flight = [EncryptedExtensions, Certificate, verify, Finished];
        assert_flight_refused(&flight, TlsError::Untrusted(reason));
    }
}

#[test]
fn a_repeated_certificate_or_certificate_verify_in_its_own_record_is_refused() {
    let [server_hello, extensions, certificate, verify, finished] = handshake();
    for (twice, reason) in [
        ([&certificate, &certificate, &verify], Untrusted::RepeatedCertificate),
        ([&certificate, &verify, &verify], Untrusted::RepeatedCertificateVerify),
    ] {
        let flight = [[&server_hello, &extensions].as_slice(), &twice, &[&finished]].concat();
        assert_refused(flight.into_iter().cloned().collect(), TlsError::Untrusted(reason));
    }
}

#[test]
fn messages_of_one_record_out_of_order_are_refused() {
    let [extensions, certificate, verify, finished] = valid_flight();
    let records = [
        vec![&extensions, &certificate, &certificate, &verify, &finished],
        vec![&extensions, &certificate, &verify, &verify, &finished],
        vec![&certificate, &extensions, &verify, &finished],
        vec![&extensions, &finished, &certificate, &verify],
        vec![&extensions, &certificate, &verify, &finished, &finished],
        vec![&extensions, &certificate, &verify, &finished, &NewSessionTicket],
    ];
    let send = |messages: Vec<&HandshakeMessage>| Send(messages.into_iter().cloned().collect());
    assert_each_refused_after_hello(records.map(|messages| (send(messages), UnexpectedMessage)));
}

#[test]
fn messages_that_are_not_allowed_in_the_flight_are_refused() {
    let [server_hello, extensions, ..] = handshake();
    for message in [
        CertificateRequest,
        ServerHello(ServerHelloFields::default()),
        NewSessionTicket,
        KeyUpdate(1),
        Other(99, vec![]),
    ] {
        let script = vec![server_hello.clone(), extensions.clone(), Send(vec![message])];
        assert_refused(script, UnexpectedMessage);
    }
}

#[test]
fn messages_with_wrong_lengths_are_refused() {
    let [server_hello, extensions, ..] = handshake();
    for (by, message, error) in [
        (1, Certificate, FragmentedMessage),
        (4000, Certificate, FragmentedMessage),
        (1, EncryptedExtensions, FragmentedMessage),
        (-2, EncryptedExtensions, UnexpectedMessage),
        (-1, Certificate, UnexpectedMessage),
        // Another message after the inner length.
        (0, Other(8, [&[0, 0][..], &[13, 0, 0, 3, 0, 0, 0]].concat()), UnexpectedMessage),
        (0, Other(20, [&[0; 32][..], &[2, 0, 0, 0]].concat()), UnexpectedMessage),
    ] {
        let wrong_length = WrongLength(by, Box::new(message));
        assert_refused(vec![server_hello.clone(), extensions.clone(), Send(vec![wrong_length])], error);
    }
    assert_each_refused_after_hello([
        (Send(vec![Bytes(vec![11, 0])]), FragmentedMessage),
        (Fragment(40, valid_flight().to_vec()), FragmentedMessage),
    ]);
}

#[test]
fn a_wrong_finished_is_refused() {
    let [extensions, certificate, verify, finished] = valid_flight();
    let wrong = Corrupt(Box::new(finished));
    assert_flight_refused(&[extensions, certificate, verify, wrong], TlsError::BadFinished);
}

#[test]
fn a_server_hello_that_was_not_offered_is_refused() {
    let valid = ServerHelloFields::default;
    let with =
        |extensions: &[(u16, Vec<u8>)]| ServerHelloFields { extensions: extensions.to_vec(), ..valid() };
    let (share, tls13) = (key_share(0x17, &point()), version(0x0304));
    let (x25519, short) = (key_share(0x1D, &[9; 32]), key_share(0x17, &point()[..64]));
    let (name, suite) = ((0, vec![]), 0xC02F);
    let refuse = |hello, error| {
        let [_, rest @ ..] = handshake();
        assert_refused([vec![Send(vec![ServerHello(hello)])], rest.to_vec()].concat(), error);
    };
    let off_curve = with(&[key_share(0x17, &[&[4][..], &[5; 64]].concat()), version(0x0304)]);
    refuse(off_curve, TlsError::InvalidKeyShare);
    use ServerHelloFault::*;
    let old = OldVersion { version: 0x0303 };
    for (hello, fault) in [
        (ServerHelloFields { legacy_version: 0x0304, ..valid() }, LegacyVersion { version: 0x0304 }),
        (ServerHelloFields { suite: 0x1302, ..valid() }, CipherSuite { suite: 0x1302 }),
        (ServerHelloFields { compression: 1, ..valid() }, Compression { method: 1 }),
        (ServerHelloFields { session_id: Some(vec![1; 32]), ..valid() }, SessionId { length: 32 }),
        (ServerHelloFields::retry(0x18), HelloRetryRequest),
        (with(&[x25519, tls13.clone()]), Group { group: 0x1D }),
        (with(&[short, tls13.clone()]), Malformed),
        (with(&[version(0x0304)]), MissingExtension { extension: 51 }),
        (with(&[share.clone(), tls13.clone(), name.clone()]), Malformed),
        (with(&[name, tls13.clone()]), UnexpectedExtension { extension: 0 }),
        (with(&[share.clone(), tls13.clone(), tls13]), Malformed),
        (ServerHelloFields { suite, ..with(&[]) }, old),
        (
            ServerHelloFields { legacy_version: 0x0301, suite: 0x002F, ..valid() },
            OldVersion { version: 0x0301 },
        ),
        (ServerHelloFields { suite, session_id: Some(vec![7; 32]), ..valid() }, old),
        (with(&[share, version(0x0303)]), old),
    ] {
        refuse(hello, TlsError::ServerHello(fault));
    }
}

#[test]
fn anything_else_than_a_server_hello_in_its_own_record_is_refused() {
    let hello = || ServerHello(ServerHelloFields::default());
    let message =
        |handshake_type| TlsError::ServerHello(ServerHelloFault::UnexpectedMessage { handshake_type });
    for (step, error) in [
        (Fragment(60, vec![hello()]), TlsError::ServerHello(ServerHelloFault::Malformed)),
        (Send(vec![hello(), EncryptedExtensions]), TlsError::ServerHello(ServerHelloFault::Malformed)),
        (SendUnprotected(vec![EncryptedExtensions]), message(8)),
        (SendUnprotected(vec![Certificate]), message(11)),
        (Step::Bytes(b"HTTP/1.1 400 \r\n\r\n".to_vec()), TlsError::Unprotected { content_type: b'H' }),
        (UnprotectedRecord(ALERT, vec![2, 40]), TlsError::Alert { level: 2, description: 40 }),
        (CloseTcp, TlsError::HandshakeClosed),
    ] {
        assert_refused(vec![step], error);
    }
    assert_each_refused_after_hello([(CloseTcp, TlsError::HandshakeClosed)]);
}

#[test]
fn unprotected_records_after_the_server_hello_are_refused() {
    let unprotected = |content_type| TlsError::Unprotected { content_type };
    assert_each_refused_after_hello(
        valid_flight().map(|message| (SendUnprotected(vec![message]), unprotected(HANDSHAKE))),
    );
    let change = |content| (UnprotectedRecord(CHANGE_CIPHER_SPEC, content), unprotected(CHANGE_CIPHER_SPEC));
    assert_each_refused_after_hello([
        (UnprotectedRecord(ALERT, vec![2, 40]), unprotected(ALERT)),
        // The content type is that of a protected record, so only the tag is wrong.
        (UnprotectedRecord(APPLICATION, vec![7; 40]), TlsError::BadRecordMac),
        change(vec![1, 1]),
        change(vec![0]),
    ]);
    let ([server_hello, ..], (twice, error)) = (handshake(), change(vec![1]));
    assert_refused(vec![server_hello, twice.clone(), twice], error);
}

#[test]
fn empty_protected_records_and_unknown_content_types_are_refused() {
    let (length, limit) = (16_641, 16_640);
    assert_each_refused_after_hello([
        (InnerPlaintext(vec![]), EmptyRecord { length: 16 }),
        (InnerPlaintext(vec![0; 40]), UnexpectedMessage),
        (Record(25, vec![1]), UnexpectedMessage),
        (Record(APPLICATION, vec![1; 9]), UnexpectedMessage),
        (Record(ALERT, vec![2, 40]), ProtectedAlert),
        (CorruptRecord(HANDSHAKE, vec![8, 0, 0, 2, 0, 0]), TlsError::BadRecordMac),
        (InnerPlaintext(vec![23; length - 16]), TlsError::RecordTooLong { length, limit }),
    ]);
}

/// A valid handshake, then these steps. The call ends in this error or in the response that follows.
fn assert_after_handshake(steps: Vec<Step>, expected: Result<(), TlsError>) {
    assert_ends(&after_handshake(steps, BODY), expected, REQUEST);
}

#[test]
fn messages_that_are_not_allowed_after_the_handshake_are_refused() {
    for message in [
        CertificateRequest,
        ServerHello(ServerHelloFields::default()),
        Finished,
        KeyUpdate(1),
        Other(0, vec![]),
    ] {
        assert_after_handshake(vec![Send(vec![message.clone()])], Err(UnexpectedMessage));
        assert_after_handshake(vec![Send(vec![NewSessionTicket, message])], Err(UnexpectedMessage));
    }
}

#[test]
fn invalid_records_and_tickets_after_the_handshake_are_refused() {
    let unprotected = |content_type| Err(TlsError::Unprotected { content_type });
    let ticket = || Box::new(NewSessionTicket);
    for (step, expected) in [
        (Send(vec![NewSessionTicket; 3]), Ok(())),
        (Record(APPLICATION, vec![]), Ok(())),
        // The longest record, of 16,640 bytes: 16,384 bytes of data with as much padding as fits.
        (InnerPlaintext([vec![b'x'; 16_384], vec![APPLICATION], vec![0; 239]].concat()), Ok(())),
        (Send(vec![WrongLength(1, ticket())]), Err(FragmentedMessage)),
        (Fragment(8, vec![NewSessionTicket]), Err(FragmentedMessage)),
        // The last byte would be read as another message.
        (Send(vec![WrongLength(-1, ticket())]), Err(UnexpectedMessage)),
        (UnprotectedRecord(CHANGE_CIPHER_SPEC, vec![1]), unprotected(CHANGE_CIPHER_SPEC)),
        (UnprotectedRecord(ALERT, vec![1, 0]), unprotected(ALERT)),
        (SendUnprotected(vec![NewSessionTicket]), unprotected(HANDSHAKE)),
        (Record(ALERT, vec![2, 40]), Err(ProtectedAlert)),
        (InnerPlaintext(vec![]), Err(EmptyRecord { length: 16 })),
        (CorruptRecord(APPLICATION, vec![7; 9]), Err(TlsError::BadRecordMac)),
        (CloseTcp, Err(TlsError::Truncated)),
    ] {
        assert_after_handshake(vec![step], expected);
    }
}

#[test]
fn an_endless_stream_of_records_ends_at_the_deadline() {
    let pause = Duration::from_micros(200);
    let forever = |step| after_handshake(vec![Repeat(pause, Box::new(step))], BODY);
    let [server_hello, rest @ ..] = handshake();
    let slowly = [vec![server_hello, SlowDown(Duration::from_millis(30))], rest.to_vec()].concat();
    for script in [forever(Record(APPLICATION, vec![])), forever(Send(vec![NewSessionTicket])), slowly] {
        for mode in MODES {
            let server = hostile::start(&IDENTITY, script.clone()).unwrap();
            let start = Instant::now();
            let call = Call { timeout: Duration::from_millis(900), ..Call::to(&IDENTITY, *mode) };
            assert_eq!(call.make(server.addr()), Err(TlsError::TimedOut), "{mode:?}: {script:?}");
            let took = start.elapsed();
            assert!(took < Duration::from_secs(20), "{mode:?} took {took:?}, the limit is 20 s: {script:?}");
        }
    }
}

/// A positive control of `assert_calls`.
#[test]
fn what_no_key_of_the_server_decrypts_is_counted() {
    let server = hostile::start(&IDENTITY, vec![CloseTcp]).unwrap();
    let refused = Call::to(&IDENTITY, Mode::Blocking).make(server.addr());
    assert_eq!(refused, Err(TlsError::HandshakeClosed));
    let client_hello = server.finish().connections.remove(0).wire;
    let server = hostile::start(&IDENTITY, handshake()[..1].to_vec()).unwrap();
    let mut socket = TcpStream::connect(server.addr()).unwrap();
    socket.write_all(&[&client_hello[..], &[APPLICATION, 3, 3, 0, 20], &[0; 20]].concat()).unwrap();
    assert_eq!(server.finish().connections[0].undecryptable, 1);
}
