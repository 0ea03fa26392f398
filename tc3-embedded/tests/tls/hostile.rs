//! A server that says what no server should: each ends in an error of its own, none in a panic, and
//! none gets a byte of the request before it proved who it is.

use std::time::{Duration, Instant};

use peer::hostile::content::{ALERT, APPLICATION, CHANGE_CIPHER_SPEC, HANDSHAKE};
use peer::hostile::script::{after_handshake, answer, handshake};
use peer::hostile::{Hello, Hostile, Message, Proof, Step, key_share, point, version};
use peer::pki::{self, Identity};
use tc3_embedded::tls::{HelloFault, TlsError, Untrusted};

use Message::{
    Bytes, Certificate, CertificateRequest, CertificateVerify, Corrupt, EmptyCertificate,
    EncryptedExtensions, Finished, KeyUpdate, Misstated, NewSessionTicket, Other, ServerHello,
};
use Step::{Cut, Damaged, Forever, Record, RecordInClear, Say, SayInClear, Sealed, Slowly, Split};

use crate::client::{Call, NOW, REQUEST};

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

fn call(script: Vec<Step>) -> (Result<Vec<u8>, TlsError>, peer::Record) {
    let identity = pki::ecdsa(NOW);
    call_as(&Call::to(&identity), &identity, script)
}

fn call_as(
    call: &Call<'_>,
    identity: &Identity,
    script: Vec<Step>,
) -> (Result<Vec<u8>, TlsError>, peer::Record) {
    let server = Hostile::start(identity, script).unwrap();
    let outcome = call.make(server.addr());
    (outcome, server.finish())
}

/// The script ends in this error, before a byte of the request.
#[track_caller]
fn refused(script: Vec<Step>, why: TlsError) {
    let (outcome, record) = call([script, answer(BODY)].concat());
    assert_eq!(outcome, Err(why));
    record.assert_no_application_byte();
}

/// A flight of these messages after an honest hello, in one record each and then all in one.
#[track_caller]
fn flight(messages: &[Message], why: TlsError) {
    let [hello, ..] = handshake();
    let each = messages.iter().map(|message| Say(vec![message.clone()]));
    refused([hello.clone()].into_iter().chain(each).collect(), why);
    refused(vec![hello, Say(messages.to_vec())], why);
}

#[track_caller]
fn hello(hello: Hello, why: HelloFault) {
    let [_, rest @ ..] = handshake();
    let script = [vec![Say(vec![ServerHello(hello)])], rest.to_vec()].concat();
    refused(script, TlsError::Hello(why));
}

/// After an honest handshake the script goes on with this: the request was sent, and the answer is
/// this error or the honest answer that follows.
#[track_caller]
fn afterwards(steps: Vec<Step>, outcome: Result<(), TlsError>) {
    let (answer, _) = call(after_handshake(steps, BODY));
    match (answer, outcome) {
        (Ok(answer), Ok(())) => assert!(answer.ends_with(BODY.as_bytes())),
        (answer, outcome) => assert_eq!(answer.map(|_| ()), outcome),
    }
}

fn honest() -> [Message; 4] {
    [EncryptedExtensions, Certificate, CertificateVerify(Proof::Honest), Finished]
}

const fn untrusted(why: Untrusted) -> TlsError {
    TlsError::Untrusted(why)
}

#[test]
fn an_honest_script_is_believed() {
    let (outcome, record) = call(after_handshake(vec![], BODY));
    assert!(outcome.unwrap().ends_with(BODY.as_bytes()));
    assert_eq!(record.received(), REQUEST);
    let [hello, ..] = handshake();
    let (outcome, _) = call([vec![hello, Say(honest().to_vec())], answer(BODY)].concat());
    assert!(outcome.unwrap().ends_with(BODY.as_bytes()));
}

#[test]
fn no_proof_at_all() {
    flight(&[EncryptedExtensions, Finished], untrusted(Untrusted::NoCertificate));
    flight(&[Finished], untrusted(Untrusted::NoCertificate));
}

#[test]
fn half_a_proof() {
    flight(&[EncryptedExtensions, Certificate, Finished], untrusted(Untrusted::NoSignature));
    let alone = [EncryptedExtensions, CertificateVerify(Proof::Honest), Finished];
    flight(&alone, untrusted(Untrusted::NoCertificate));
    flight(&[EncryptedExtensions, EmptyCertificate, Finished], untrusted(Untrusted::NoCertificate));
}

#[test]
fn a_proof_that_proves_nothing() {
    for (proof, why) in [
        (Proof::ByAnotherKey, Untrusted::BadSignature),
        (Proof::OfAnotherHandshake, Untrusted::BadSignature),
        (Proof::Called(0x0804), Untrusted::SchemeOfAnotherKey { scheme: 0x0804 }),
        (Proof::Called(0x0401), Untrusted::Scheme { scheme: 0x0401 }),
        (Proof::Called(0x0807), Untrusted::Scheme { scheme: 0x0807 }),
    ] {
        let messages = [EncryptedExtensions, Certificate, CertificateVerify(proof), Finished];
        flight(&messages, untrusted(why));
    }
    let corrupt = Corrupt(Box::new(CertificateVerify(Proof::Honest)));
    let messages = [EncryptedExtensions, Certificate, corrupt, Finished];
    flight(&messages, untrusted(Untrusted::BadSignature));
    let unknown = CertificateVerify(Proof::Called(0xFEED));
    let messages = [EncryptedExtensions, Certificate, unknown, Finished];
    flight(&messages, untrusted(Untrusted::UnknownScheme));
}

#[test]
fn a_proof_given_twice_in_records_of_their_own() {
    let [extensions, certificate, verify, finished] = honest();
    let [hello, ..] = handshake();
    let each = |messages: [&Message; 4]| {
        let said = messages.map(|message| Say(vec![message.clone()]));
        [vec![hello.clone()], said.to_vec(), vec![Say(vec![finished.clone()])]].concat()
    };
    let twice = each([&extensions, &certificate, &certificate, &verify]);
    refused(twice, untrusted(Untrusted::CertificatesTwice));
    refused(each([&extensions, &certificate, &verify, &verify]), untrusted(Untrusted::SignatureTwice));
}

#[test]
fn messages_of_one_record_out_of_order() {
    let [extensions, certificate, verify, finished] = honest();
    let [hello, ..] = handshake();
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
        refused(vec![hello.clone(), Say(messages)], TlsError::Unexpected);
    }
}

#[test]
fn messages_that_have_no_place_in_the_flight() {
    let [hello, extensions, ..] = handshake();
    for message in [
        CertificateRequest,
        ServerHello(Hello::default()),
        NewSessionTicket,
        KeyUpdate(1),
        Other(1, vec![0; 40]),
        Other(254, vec![0; 32]),
        Other(99, vec![]),
    ] {
        let script = vec![hello.clone(), extensions.clone(), Say(vec![message])];
        refused(script, TlsError::Unexpected);
    }
}

#[test]
fn messages_whose_lengths_lie() {
    let [hello, extensions, ..] = handshake();
    for (by, message, why) in [
        (1, Certificate, TlsError::Split),
        (4000, Certificate, TlsError::Split),
        (1, EncryptedExtensions, TlsError::Split),
        (-2, EncryptedExtensions, TlsError::Unexpected),
        (-1, Certificate, TlsError::Unexpected),
        // Another message, behind what is said to be inside.
        (0, Other(8, [&[0, 0][..], &[13, 0, 0, 3, 0, 0, 0]].concat()), TlsError::Unexpected),
        (0, Other(20, [&[0; 32][..], &[2, 0, 0, 0]].concat()), TlsError::Unexpected),
    ] {
        let lie = Misstated(by, Box::new(message));
        refused(vec![hello.clone(), extensions.clone(), Say(vec![lie])], why);
    }
    refused(vec![hello.clone(), Say(vec![Bytes(vec![11, 0])])], TlsError::Split);
    refused(vec![hello, Split(40, honest().to_vec())], TlsError::Split);
}

#[test]
fn a_finished_that_is_not_the_servers() {
    let [extensions, certificate, verify, finished] = honest();
    flight(&[extensions, certificate, verify, Corrupt(Box::new(finished))], TlsError::Finished);
}

#[test]
fn hellos_that_were_not_asked_for() {
    let good = || vec![key_share(0x17, &point()), version(0x0304)];
    let with = |extensions: Vec<(u16, Vec<u8>)>| Hello { extensions, ..Hello::default() };
    hello(
        Hello { legacy_version: 0x0304, ..Hello::default() },
        HelloFault::LegacyVersion { version: 0x0304 },
    );
    hello(Hello { suite: 0x1302, ..Hello::default() }, HelloFault::Suite { suite: 0x1302 });
    hello(Hello { compression: 1, ..Hello::default() }, HelloFault::Compression { method: 1 });
    let echo = Hello { session_id: Some(vec![1; 32]), ..Hello::default() };
    hello(echo, HelloFault::SessionId { length: 32 });
    hello(Hello::retry(0x18), HelloFault::RetryRequest);
    hello(with(vec![key_share(0x1D, &[9; 32]), version(0x0304)]), HelloFault::Group { group: 0x1D });
    hello(with(vec![key_share(0x17, &point()[..64]), version(0x0304)]), HelloFault::Malformed);
    hello(with(vec![version(0x0304)]), HelloFault::Missing { extension: 51 });
    hello(with([good(), vec![(0, vec![])]].concat()), HelloFault::Malformed);
    hello(with(vec![(0, vec![]), version(0x0304)]), HelloFault::Extension { extension: 0 });
    hello(with([good(), vec![version(0x0304)]].concat()), HelloFault::Malformed);
}

#[test]
fn hellos_of_older_versions() {
    let old = HelloFault::OldVersion { version: 0x0303 };
    let suite = 0xC02F;
    hello(Hello { suite, extensions: vec![], ..Hello::default() }, old);
    hello(Hello { suite, session_id: Some(vec![7; 32]), ..Hello::default() }, old);
    let extensions = vec![key_share(0x17, &point()), version(0x0303)];
    hello(Hello { extensions, ..Hello::default() }, old);
}

#[test]
fn a_point_that_is_not_on_the_curve() {
    let mut share = vec![5; 65];
    share[0] = 4;
    let extensions = vec![key_share(0x17, &share), version(0x0304)];
    refused(vec![Say(vec![ServerHello(Hello { extensions, ..Hello::default() })])], TlsError::KeyShare);
}

#[test]
fn a_hello_that_shares_its_record_or_fills_two() {
    let hello = || ServerHello(Hello::default());
    let malformed = TlsError::Hello(HelloFault::Malformed);
    refused(vec![Split(60, vec![hello()])], malformed);
    refused(vec![Say(vec![hello(), EncryptedExtensions])], malformed);
    let message = TlsError::Hello(HelloFault::Message { message: 8 });
    refused(vec![SayInClear(vec![EncryptedExtensions])], message);
}

#[test]
fn records_in_clear_after_the_hello() {
    let [hello, ..] = handshake();
    let clear = |content_type| TlsError::Unprotected { content_type };
    for message in honest() {
        refused(vec![hello.clone(), SayInClear(vec![message])], clear(HANDSHAKE));
    }
    refused(vec![hello.clone(), RecordInClear(ALERT, vec![2, 40])], clear(ALERT));
    // The outer type is that of a protected record, so only its tag gives it away.
    refused(vec![hello.clone(), RecordInClear(APPLICATION, vec![7; 40])], TlsError::Forged);
    for change in [vec![1, 1], vec![0], vec![2]] {
        let change = RecordInClear(CHANGE_CIPHER_SPEC, change);
        refused(vec![hello.clone(), change], clear(CHANGE_CIPHER_SPEC));
    }
    let change = RecordInClear(CHANGE_CIPHER_SPEC, vec![1]);
    refused(vec![hello, change.clone(), change], clear(CHANGE_CIPHER_SPEC));
}

#[test]
fn one_change_of_cipher_spec_means_nothing() {
    let [hello, rest @ ..] = handshake();
    let change = RecordInClear(CHANGE_CIPHER_SPEC, vec![1]);
    let (outcome, _) = call([vec![hello, change], rest.to_vec(), answer(BODY)].concat());
    assert!(outcome.unwrap().ends_with(BODY.as_bytes()));
}

#[test]
fn protected_records_that_hold_nothing_or_the_unknown() {
    let [hello, ..] = handshake();
    let after = |step| vec![hello.clone(), step];
    refused(after(Sealed(vec![])), TlsError::RecordEmpty { length: 16 });
    refused(after(Sealed(vec![0; 40])), TlsError::Unexpected);
    refused(after(Sealed(vec![0])), TlsError::Unexpected);
    refused(after(Record(25, vec![1])), TlsError::Unexpected);
    refused(after(Record(CHANGE_CIPHER_SPEC, vec![1])), TlsError::Unexpected);
    refused(after(Record(APPLICATION, vec![1; 9])), TlsError::Unexpected);
    refused(after(Record(HANDSHAKE, vec![])), TlsError::Unexpected);
    refused(after(Record(ALERT, vec![2, 40])), TlsError::ProtectedAlert);
    refused(after(Record(ALERT, vec![])), TlsError::ProtectedAlert);
    refused(after(Damaged(HANDSHAKE, vec![8, 0, 0, 2, 0, 0])), TlsError::Forged);
    let (length, limit) = (16_641, 16_640);
    refused(after(Sealed(vec![23; length - 16])), TlsError::RecordTooLong { length, limit });
}

#[test]
fn bytes_that_are_no_record() {
    let bytes = Step::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    refused(vec![bytes], TlsError::Unprotected { content_type: b'H' });
}

#[test]
fn alerts_and_ends_in_the_handshake() {
    let [hello, ..] = handshake();
    let alert = TlsError::Alert { level: 2, description: 40 };
    refused(vec![RecordInClear(ALERT, vec![2, 40])], alert);
    refused(vec![Cut], TlsError::HandshakeClosed);
    refused(vec![hello, Cut], TlsError::HandshakeClosed);
}

#[test]
fn messages_after_the_handshake_that_have_no_place_there() {
    for message in [
        CertificateRequest,
        ServerHello(Hello::default()),
        EncryptedExtensions,
        Certificate,
        CertificateVerify(Proof::Honest),
        Finished,
        KeyUpdate(0),
        KeyUpdate(1),
        Other(0, vec![]),
        Other(5, vec![0; 20]),
    ] {
        afterwards(vec![Say(vec![message.clone()])], Err(TlsError::Unexpected));
        afterwards(vec![Say(vec![NewSessionTicket, message])], Err(TlsError::Unexpected));
    }
}

#[test]
fn tickets_whole_and_otherwise() {
    afterwards(vec![Say(vec![NewSessionTicket; 3]), Say(vec![NewSessionTicket])], Ok(()));
    afterwards(vec![Say(vec![Misstated(1, Box::new(NewSessionTicket))])], Err(TlsError::Split));
    afterwards(vec![Split(8, vec![NewSessionTicket])], Err(TlsError::Split));
    // What is left of it would be read as another message.
    afterwards(vec![Say(vec![Misstated(-1, Box::new(NewSessionTicket))])], Err(TlsError::Unexpected));
}

#[test]
fn records_after_the_handshake() {
    let clear = |content_type| Err(TlsError::Unprotected { content_type });
    afterwards(vec![Record(APPLICATION, vec![])], Ok(()));
    afterwards(vec![RecordInClear(CHANGE_CIPHER_SPEC, vec![1])], clear(CHANGE_CIPHER_SPEC));
    afterwards(vec![RecordInClear(ALERT, vec![1, 0])], clear(ALERT));
    afterwards(vec![SayInClear(vec![NewSessionTicket])], clear(HANDSHAKE));
    afterwards(vec![Record(ALERT, vec![2, 40])], Err(TlsError::ProtectedAlert));
    afterwards(vec![Record(ALERT, vec![1])], Err(TlsError::ProtectedAlert));
    afterwards(vec![Sealed(vec![])], Err(TlsError::RecordEmpty { length: 16 }));
    afterwards(vec![Sealed(vec![0; 9])], Err(TlsError::Unexpected));
    afterwards(vec![Damaged(APPLICATION, vec![7; 9])], Err(TlsError::Forged));
    afterwards(vec![Cut], Err(TlsError::Truncated));
}

#[test]
fn what_never_ends_ends_with_the_deadline() {
    let identity = pki::ecdsa(NOW);
    let call = Call { patience: Duration::from_millis(900), ..Call::to(&identity) };
    let pause = Duration::from_micros(200);
    let forever = |step| after_handshake(vec![Forever(pause, Box::new(step))], BODY);
    let [hello, rest @ ..] = handshake();
    let slowly = [vec![hello, Slowly(Duration::from_millis(30))], rest.to_vec()].concat();
    for script in [forever(Record(APPLICATION, vec![])), forever(Say(vec![NewSessionTicket])), slowly] {
        let start = Instant::now();
        let (outcome, _) = call_as(&call, &identity, script);
        assert_eq!(outcome, Err(TlsError::TimedOut));
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
