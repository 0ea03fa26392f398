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
    credentials::{SECRET_ID, SECRET_KEY},
    gateway::{Account, Config, StartError},
    tls::{TlsError, TrustError},
};

fn broken() -> io::Error {
    io::Error::other("the cable is cut")
}

fn slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "nothing came")
}

/// Errors with a cause: the sentence is what comes before the cause, and the cause.
fn with_cause() -> Vec<(Box<dyn Error>, &'static str)> {
    let unset = ClockError::BeforeFloor { now: Timestamp::from_unix(7).unwrap(), floor: RELEASED };
    let invalid = Invalid::Byte { field: Field::SecretKey, at: 3, byte: b'\n' };
    let listen = "127.0.0.1:8443".parse().unwrap();
    let pem = rustls::pki_types::pem::Error::NoItemsFound;
    let tls = || rustls::Error::EncryptError;
    vec![
        (Box::new(CallError::Transport(broken())), "the connection broke: "),
        (Box::new(CallError::Body(broken())), "the body could not be read: "),
        (
            Box::new(CallError::Request(RequestError::MissingBody { declared: 5, sent: 3 })),
            "the body is not what was signed: ",
        ),
        (
            Box::new(CallError::Http(ResponseError::BodyTruncated { received: 6, expected: 17 })),
            "the answer is not HTTP: ",
        ),
        (Box::new(CallError::Tls(TlsError::InvalidHost)), ""),
        (Box::new(TlsError::Handshake(tls())), "the TLS handshake failed: "),
        (Box::new(TlsError::Broken(broken())), "the connection broke during the TLS handshake: "),
        (Box::new(TrustError::File(broken())), "could not read: "),
        (Box::new(TrustError::Pem(pem)), "malformed PEM: "),
        (Box::new(TrustError::Certificate { index: 1, source: tls() }), "certificate 1 is malformed: "),
        (Box::new(StartError::Bind { listen, source: broken() }), "could not listen on 127.0.0.1:8443: "),
        (Box::new(StartError::Thread(broken())), "could not start a thread: "),
        (Box::new(StartError::Clock(unset)), ""),
        (Box::new(StartError::Certificate(rcgen::Error::Time)), "could not make a certificate: "),
        (Box::new(StartError::Tls(tls())), "could not set up TLS: "),
        (
            Box::new(EnvError::Malformed { variable: SECRET_KEY, invalid }),
            "TENCENTCLOUD_SECRET_KEY is malformed: ",
        ),
    ]
}

/// Errors without a cause, or whose sentence does not quote it.
fn alone() -> Vec<(Box<dyn Error>, &'static str, Option<&'static str>)> {
    let variable = SECRET_ID;
    let listen = "127.0.0.1:8443".parse().unwrap();
    vec![
        (Box::new(CallError::Transport(slow())), "timed out", Some("nothing came")),
        (Box::new(TlsError::Broken(slow())), "the TLS handshake timed out", Some("nothing came")),
        (Box::new(TlsError::InvalidHost), "the host is neither a name nor an address", None),
        (Box::new(TrustError::NoCertificate), "there is no certificate in it", None),
        (Box::new(StartError::NotLoopback { listen }), "127.0.0.1:8443 is not a loopback address", None),
        (Box::new(EnvError::Unset { variable }), "TENCENTCLOUD_SECRET_ID is not set", None),
        (Box::new(EnvError::Empty { variable }), "TENCENTCLOUD_SECRET_ID is set but empty", None),
        (Box::new(EnvError::NotUnicode { variable }), "TENCENTCLOUD_SECRET_ID is not UTF-8", None),
        (
            Box::new(EnvError::TwoTokens),
            "TENCENTCLOUD_TOKEN and TENCENTCLOUD_SECURITY_TOKEN hold different tokens",
            None,
        ),
    ]
}

#[test]
fn every_error_has_its_sentence_and_cause() {
    let cause = |error: &dyn Error| error.source().map(ToString::to_string);
    for (error, before) in with_cause() {
        let cause = cause(&*error).unwrap_or_else(|| panic!("{error:?} has no cause"));
        assert_eq!(error.to_string(), format!("{before}{cause}"), "{error:?}");
    }
    for (error, sentence, expected) in alone() {
        assert_eq!((&*error.to_string(), cause(&*error).as_deref()), (sentence, expected), "{error:?}");
    }
}

#[test]
fn debug_of_a_gateway_shows_accounts_by_id_only() {
    let config = Config::new().account(Account::new(ID, KEY));
    let shown = format!("{:?}", config.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN)));
    assert!(
        shown.starts_with("Config { listen: 127.0.0.1:")
            && shown.contains(r#"Account { id: "AKIDEXAMPLE", .. }"#),
        "{shown}"
    );
    assert!(shown.contains(r#"Account { id: "AKIDTEMPORARY", .. }"#) && !shown.contains("MARKER"), "{shown}");
    let gateway = format!("{:?}", TestServer::new().gateway);
    assert!(!gateway.contains("MARKER") && !gateway.contains("PRIVATE KEY"), "{gateway}");
}
