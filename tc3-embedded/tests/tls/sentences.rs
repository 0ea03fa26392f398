//! The sentences of all errors.

use std::collections::BTreeSet;

use embedded_io::{Error, ErrorKind};
use peer::KnownSeed;
use tc3_core::Timestamp;
use tc3_embedded::tls::{Buffers, ServerHelloFault, TlsError, Untrusted};

use crate::client::draw;

#[test]
fn each_error_has_its_own_sentence_with_its_values() {
    let server_hello = [
        (ServerHelloFault::OldVersion { version: 0x0301 }, "0x0301"),
        (ServerHelloFault::UnexpectedMessage { handshake_type: 11 }, "message 11 "),
        (ServerHelloFault::LegacyVersion { version: 0x0304 }, "0x0304"),
        (ServerHelloFault::SessionId { length: 32 }, "32 bytes"),
        (ServerHelloFault::CipherSuite { suite: 0x1302 }, "0x1302"),
        (ServerHelloFault::Compression { method: 1 }, "method 1 "),
        (ServerHelloFault::UnexpectedExtension { extension: 16 }, "extension 16 "),
        (ServerHelloFault::MissingExtension { extension: 51 }, "extension 51"),
        (ServerHelloFault::Group { group: 0x001D }, "0x001d"),
        (ServerHelloFault::HelloRetryRequest, "P-256"),
        (ServerHelloFault::Malformed, "malformed"),
    ];
    let [eight, nine] = [8, 9].map(|it| Timestamp::from_unix(it).unwrap());
    let expired = "after 1970-01-01T00:00:08Z, and the time is 1970-01-01T00:00:09Z";
    let early = "before 1970-01-01T00:00:09Z, and the time is 1970-01-01T00:00:08Z";
    let untrusted = [
        (Untrusted::TooManyCertificates { limit: 4 }, "the limit is 4"),
        (Untrusted::Expired { now: nine, not_after: eight }, expired),
        (Untrusted::NotYetValid { now: eight, not_before: nine }, early),
        (Untrusted::KeyTooLong { length: 1062 }, "1062 bytes: the limit is 600"),
        (Untrusted::UnsupportedScheme { scheme: 0x0806 }, "0x0806"),
        (Untrusted::SchemeKeyMismatch { scheme: 0x0804 }, "0x0804"),
    ];
    let own = [
        (TlsError::Transport(ErrorKind::BrokenPipe), "transport failed"),
        (TlsError::Overrun { given: 5, count: 6 }, "6 bytes for a buffer of 5 bytes"),
        (TlsError::WriteZero { given: 5 }, "none of 5 bytes"),
        (TlsError::Alert { level: 2, description: 70 }, "does not support TLS 1.3"),
        (TlsError::Alert { level: 2, description: 40 }, "P-256"),
        (TlsError::Alert { level: 2, description: 80 }, "alert 80, level 2"),
        (TlsError::Unprotected { content_type: 22 }, "type 22,"),
        (TlsError::EmptyRecord { length: 16 }, "16 bytes"),
        (TlsError::RecordTooLong { length: 9, limit: 8 }, "9 bytes: the limit is 8"),
    ];
    let server_hello = server_hello.map(|(fault, part)| (TlsError::ServerHello(fault), part));
    let untrusted = untrusted.map(|(reason, part)| (TlsError::Untrusted(reason), part));
    let others = untrusted_without_values().into_iter().map(TlsError::Untrusted);
    let others = others.chain(own_without_values()).map(|error| (error, ""));
    let all: Vec<_> = own.into_iter().chain(server_hello).chain(untrusted).chain(others).collect();
    let mut sentences = BTreeSet::new();
    for (error, part) in &all {
        let sentence = error.to_string();
        assert!(sentence.contains(part), "{error:?}: {sentence}");
        assert!(sentence.len() > 10, "{error:?}: {sentence}");
        assert!(!sentence.ends_with('.') && !sentence.starts_with(char::is_uppercase), "{sentence}");
        sentences.insert(sentence);
    }
    assert_eq!(sentences.len(), all.len(), "two errors have the same sentence");
}

fn untrusted_without_values() -> Vec<Untrusted> {
    use Untrusted::*;
    [
        &[NoCertificate, RepeatedCertificate, NoCertificateVerify, RepeatedCertificateVerify][..],
        &[HostNotDnsName, WrongHost, UnknownIssuer, EndEntityUsedAsCa, CaUsedAsEndEntity, CaKeyUsage],
        &[EndEntityKeyUsage, NoServerAuth, PathTooLong, NameConstraint, CriticalExtension],
        &[UnsupportedAlgorithm, BadCertificateSignature, Malformed, TooComplex, UnknownScheme],
        &[BadHandshakeSignature, NotPinned],
    ]
    .concat()
}

fn own_without_values() -> Vec<TlsError> {
    use TlsError::*;
    [
        &[TimedOut, Abandoned, HandshakeClosed, Truncated, TruncatedRecord, Closed, ProtectedAlert][..],
        &[
            BadRecordMac,
            UnexpectedMessage,
            FragmentedMessage,
            Malformed,
            UnexpectedExtension,
            InvalidKeyShare,
        ],
        &[BadFinished, Engine],
    ]
    .concat()
}

#[test]
fn each_error_has_the_kind_that_streams_use() {
    for (error, kind) in [
        (TlsError::Transport(ErrorKind::BrokenPipe), ErrorKind::BrokenPipe),
        (TlsError::TimedOut, ErrorKind::TimedOut),
        (TlsError::HandshakeClosed, ErrorKind::ConnectionReset),
        (TlsError::Truncated, ErrorKind::ConnectionReset),
        // No kind of a closed connection: `ExchangeError::Stale` would deny the bytes that came.
        (TlsError::TruncatedRecord, ErrorKind::Other),
        (TlsError::Closed, ErrorKind::NotConnected),
        (TlsError::WriteZero { given: 5 }, ErrorKind::WriteZero),
        (TlsError::Overrun { given: 5, count: 6 }, ErrorKind::Other),
        (TlsError::Abandoned, ErrorKind::Other),
        (TlsError::Engine, ErrorKind::Other),
        (TlsError::BadRecordMac, ErrorKind::InvalidData),
        (TlsError::Untrusted(Untrusted::WrongHost), ErrorKind::InvalidData),
    ] {
        assert_eq!(error.kind(), kind, "{error:?}");
    }
}

#[test]
fn the_debug_output_of_a_seed_is_masked_and_that_of_buffers_has_their_sizes() {
    let seed = draw(&KnownSeed::next());
    assert_eq!(format!("{seed:?}"), "Seed(***)");
    assert_eq!(
        format!("{:?}", Box::<Buffers<16_640, 1_024>>::default()),
        "Buffers { received: 16640, sent: 1024, .. }"
    );
}
