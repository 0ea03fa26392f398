//! Sentence and cause of each error.

use crate::server::{ID, KEY, TEMPORARY_ID, TOKEN, TestServer};
use std::{error::Error, io};
use tc3_core::{Field, Invalid, Timestamp};
use tc3_embedded::{
    clock::RELEASED,
    http::{RequestError, ResponseError},
};
use tc3_std::{
    CallError, ClockError, EnvError,
    credentials::SECRET_ID,
    gateway::{Account, Config, StartError},
    tls::{TlsError, TrustError},
};

fn broken() -> io::Error {
    io::Error::other("the cable is cut")
}

/// Errors and their sentences, where `{}` is the cause.
fn errors() -> Vec<(Box<dyn Error>, &'static str)> {
    let unset = ClockError::BeforeFloor { now: Timestamp::from_unix(7).unwrap(), floor: RELEASED };
    let invalid = Invalid::Byte { field: Field::SecretKey, at: 3, byte: b'\n' };
    let short = RequestError::MissingBody { declared: 5, sent: 3 };
    let truncated = ResponseError::BodyTruncated { received: 6, expected: 17 };
    let (variable, listen) = (SECRET_ID, "127.0.0.1:8443".parse().unwrap());
    let pem = rustls::pki_types::pem::Error::NoItemsFound;
    let tls = || rustls::Error::EncryptError;
    vec![
        (Box::new(CallError::Transport(broken())), "the connection broke: {}"),
        (Box::new(CallError::Body(broken())), "the body could not be read: {}"),
        (Box::new(CallError::Request(short)), "the body is not what was signed: {}"),
        (Box::new(CallError::Http(truncated)), "the answer is not HTTP: {}"),
        (Box::new(CallError::Tls(TlsError::InvalidHost)), "{}"),
        (Box::new(TlsError::InvalidHost), "the host is neither a name nor an address"),
        (Box::new(TlsError::Handshake(tls())), "the TLS handshake failed: {}"),
        (Box::new(TlsError::Broken(broken())), "the connection broke during the TLS handshake: {}"),
        (Box::new(TrustError::File(broken())), "could not read: {}"),
        (Box::new(TrustError::Pem(pem)), "malformed PEM: {}"),
        (Box::new(TrustError::Certificate { index: 1, source: tls() }), "certificate 1 is malformed: {}"),
        (Box::new(TrustError::NoCertificate), "there is no certificate in it"),
        (Box::new(StartError::NotLoopback { listen }), "127.0.0.1:8443 is not a loopback address"),
        (Box::new(StartError::Bind { listen, source: broken() }), "could not listen on 127.0.0.1:8443: {}"),
        (Box::new(StartError::Thread(broken())), "could not start a thread: {}"),
        (Box::new(StartError::Clock(unset)), "{}"),
        (Box::new(StartError::Certificate(rcgen::Error::Time)), "could not make a certificate: {}"),
        (Box::new(StartError::Tls(tls())), "could not set up TLS: {}"),
        (Box::new(EnvError::Malformed { variable, invalid }), "TENCENTCLOUD_SECRET_ID is malformed: {}"),
        (Box::new(EnvError::Unset { variable }), "TENCENTCLOUD_SECRET_ID is not set"),
        (Box::new(EnvError::Empty { variable }), "TENCENTCLOUD_SECRET_ID is set but empty"),
        (Box::new(EnvError::NotUnicode { variable }), "TENCENTCLOUD_SECRET_ID is not UTF-8"),
        (
            Box::new(EnvError::TwoTokens),
            "TENCENTCLOUD_TOKEN and TENCENTCLOUD_SECURITY_TOKEN hold different tokens",
        ),
    ]
}

#[test]
fn every_error_has_its_sentence_and_cause() {
    for (error, sentence) in errors() {
        let cause = error.source().map(ToString::to_string);
        assert_eq!(cause.is_some(), sentence.contains("{}"), "{error:?} has the cause {cause:?}");
        assert_eq!(error.to_string(), sentence.replace("{}", &cause.unwrap_or_default()), "{error:?}");
    }
    // A timeout replaces the operating system's words for it.
    let slow = || io::Error::new(io::ErrorKind::TimedOut, "nothing came");
    assert_eq!(CallError::Transport(slow()).to_string(), "timed out");
    assert_eq!(TlsError::Broken(slow()).to_string(), "the TLS handshake timed out");
}

#[test]
fn debug_of_a_gateway_shows_accounts_by_id_only() {
    let config = Config::new().account(Account::new(ID, KEY));
    let config = config.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN));
    let shown = format!("{config:?} {:?}", TestServer::new().gateway);
    for part in [r#"Account { id: "AKIDEXAMPLE", .. }"#, r#"Account { id: "AKIDTEMPORARY", .. }"#] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(!shown.contains("MARKER") && !shown.contains("PRIVATE KEY"), "{shown}");
}
