//! Each error is a sentence of its own, with its numbers in it.

use std::collections::BTreeSet;

use embedded_io::{Error, ErrorKind};
use tc3_embedded::tls::{Buffers, HelloFault, TlsError, Untrusted};

use crate::client::seed;

#[test]
fn each_error_is_a_sentence_of_its_own_with_its_numbers() {
    let hello = [
        (HelloFault::OldVersion { version: 0x0301 }, "0x0301"),
        (HelloFault::RetryRequest, "P-256"),
        (HelloFault::Message { message: 11 }, "message 11 "),
        (HelloFault::LegacyVersion { version: 0x0304 }, "0x0304"),
        (HelloFault::SessionId { length: 32 }, "32 bytes"),
        (HelloFault::Suite { suite: 0x1302 }, "0x1302"),
        (HelloFault::Compression { method: 1 }, "method 1 "),
        (HelloFault::Extension { extension: 16 }, "extension 16 "),
        (HelloFault::Missing { extension: 51 }, "extension 51"),
        (HelloFault::Group { group: 0x001D }, "0x001d"),
        (HelloFault::Malformed, "malformed"),
    ];
    let untrusted = [
        (Untrusted::NoCertificate, "no certificate"),
        (Untrusted::CertificatesTwice, "twice"),
        (Untrusted::TooManyCertificates { limit: 4 }, "more than 4 "),
        (Untrusted::NoSignature, "did not sign"),
        (Untrusted::SignatureTwice, "twice"),
        (Untrusted::NotAName, "DNS name"),
        (Untrusted::WrongHost, "other hosts"),
        (Untrusted::UnknownIssuer, "root"),
        (Untrusted::Expired { now: 9, not_after: 8 }, "expired at 8, and it is 9"),
        (Untrusted::NotYetValid { now: 8, not_before: 9 }, "from 9, and it is 8"),
        (Untrusted::NotAnAuthority, "no authority"),
        (Untrusted::AuthorityAsServer, "for itself"),
        (Untrusted::AuthorityKeyUsage, "signing certificates"),
        (Untrusted::ServerKeyUsage, "signing handshakes"),
        (Untrusted::NotForServers, "not for servers"),
        (Untrusted::PathTooLong, "more authorities"),
        (Untrusted::NameConstraint, "may not speak"),
        (Untrusted::CriticalExtension, "critical extension"),
        (Untrusted::Algorithm, "algorithm"),
        (Untrusted::BadCertificate, "certificate's signature"),
        (Untrusted::Malformed, "malformed"),
        (Untrusted::TooComplex, "too many paths"),
        (Untrusted::KeyTooLong { length: 1062 }, "1062 bytes"),
        (Untrusted::Scheme { scheme: 0x0806 }, "0x0806"),
        (Untrusted::UnknownScheme, "nobody knows"),
        (Untrusted::SchemeOfAnotherKey { scheme: 0x0804 }, "0x0804"),
        (Untrusted::BadSignature, "handshake is wrong"),
        (Untrusted::NotPinned, "pinned"),
    ];
    let own = [
        (TlsError::Transport(ErrorKind::BrokenPipe), "transport failed"),
        (TlsError::TimedOut, "deadline"),
        (TlsError::Overrun { given: 5, count: 6 }, "6 of 5 bytes"),
        (TlsError::WriteZero { given: 5 }, "none of 5 bytes"),
        (TlsError::Abandoned, "dropped"),
        (TlsError::HandshakeClosed, "in the handshake"),
        (TlsError::Truncated, "close_notify"),
        (TlsError::Closed, "closed before"),
        (TlsError::Alert { level: 2, description: 70 }, "no TLS 1.3"),
        (TlsError::Alert { level: 2, description: 40 }, "P-256"),
        (TlsError::Alert { level: 2, description: 80 }, "alert 80, level 2"),
        (TlsError::ProtectedAlert, "with an alert"),
        (TlsError::Unprotected { content_type: 22 }, "type 22 "),
        (TlsError::RecordEmpty { length: 16 }, "16 bytes"),
        (TlsError::RecordTooLong { length: 9, limit: 8 }, "9 bytes, more than the 8 "),
        (TlsError::Forged, "server's keys"),
        (TlsError::Unexpected, "no place"),
        (TlsError::Split, "several records"),
        (TlsError::Malformed, "malformed message"),
        (TlsError::Extension, "extension"),
        (TlsError::KeyShare, "key share"),
        (TlsError::Finished, "hash over the handshake"),
        (TlsError::Engine, "embedded-tls"),
    ];
    let hello = hello.map(|(fault, part)| (TlsError::Hello(fault), part));
    let untrusted = untrusted.map(|(reason, part)| (TlsError::Untrusted(reason), part));
    let all: Vec<_> = own.into_iter().chain(hello).chain(untrusted).collect();
    let mut sentences = BTreeSet::new();
    for (error, part) in &all {
        let sentence = error.to_string();
        assert!(sentence.contains(part), "{error:?}: {sentence}");
        assert!(!sentence.ends_with('.') && !sentence.starts_with(char::is_uppercase), "{sentence}");
        sentences.insert(sentence);
    }
    assert_eq!(sentences.len(), all.len(), "no two are told in the same words");
}

#[test]
fn each_error_is_of_the_kind_that_a_stream_would_give() {
    for (error, kind) in [
        (TlsError::Transport(ErrorKind::BrokenPipe), ErrorKind::BrokenPipe),
        (TlsError::TimedOut, ErrorKind::TimedOut),
        (TlsError::HandshakeClosed, ErrorKind::ConnectionReset),
        (TlsError::Truncated, ErrorKind::ConnectionReset),
        (TlsError::Closed, ErrorKind::NotConnected),
        (TlsError::WriteZero { given: 5 }, ErrorKind::WriteZero),
        (TlsError::Overrun { given: 5, count: 6 }, ErrorKind::Other),
        (TlsError::Abandoned, ErrorKind::Other),
        (TlsError::Engine, ErrorKind::Other),
        (TlsError::Forged, ErrorKind::InvalidData),
        (TlsError::Untrusted(Untrusted::WrongHost), ErrorKind::InvalidData),
    ] {
        assert_eq!(error.kind(), kind, "{error:?}");
    }
}

#[test]
fn a_seed_shows_nothing_of_itself_and_buffers_show_their_sizes() {
    assert_eq!(format!("{:?}", seed()), "Seed(***)");
    assert_eq!(
        format!("{:?}", Box::<Buffers<16_640, 1_024>>::default()),
        "Buffers { received: 16640, sent: 1024, .. }"
    );
}
