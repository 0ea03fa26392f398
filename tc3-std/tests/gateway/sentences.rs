//! Sentence and cause of each error.

use crate::server::{CVM, ID, KEY, TEMPORARY_ID, TOKEN, TestServer, now, signer};
use std::{error::Error, io, net::TcpListener};
use tc3_core::{Credentials, Field, Invalid, Signer, Timestamp};
use tc3_embedded::{
    clock::RELEASED,
    http::{RequestError, ResponseError},
};
use tc3_std::{
    CallError, ClockError, EnvError, Timeouts,
    credentials::{SECRET_ID, SECRET_KEY},
    dial,
    gateway::{Account, Answer, Config, StartError},
    tls::{TlsError, TrustError},
};

#[track_caller]
fn expect(error: &dyn Error, sentence: &str, cause: Option<&str>) {
    assert_eq!(error.to_string(), sentence);
    assert_eq!(error.source().map(ToString::to_string).as_deref(), cause);
}

fn broken() -> io::Error {
    io::Error::other("the cable is cut")
}

fn slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "nothing came")
}

#[test]
fn an_error_before_the_answer_names_the_step_that_failed() {
    let body = RequestError::MissingBody { declared: 5, sent: 3 };
    let http = ResponseError::BodyTruncated { received: 6, expected: 17 };
    for (error, sentence, cause) in [
        (CallError::Transport(slow()), "timed out", "nothing came"),
        (CallError::Transport(broken()), "the connection broke: the cable is cut", "the cable is cut"),
        (CallError::Body(broken()), "the body could not be read: the cable is cut", "the cable is cut"),
        (
            CallError::Request(body),
            "the body is not what was signed: body ended after 3 of 5 bytes",
            "body ended after 3 of 5 bytes",
        ),
        (
            CallError::Http(http),
            "the answer is not HTTP: connection closed after 6 of 17 bytes of body",
            "connection closed after 6 of 17 bytes of body",
        ),
        (
            CallError::Tls(TlsError::InvalidHost),
            "the host is neither a name nor an address",
            "the host is neither a name nor an address",
        ),
    ] {
        expect(&error, sentence, Some(cause));
    }
}

#[test]
fn a_failure_quotes_the_services_code() {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let wrong = Credentials::new(ID, "wrong").unwrap();
    let error = TestServer::new().call(Signer::new(wrong).sign(&request, now())).unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.contains("AuthFailure.SignatureFailure"), "{sentence}");
    expect(&error, &sentence, Some(&sentence));
}

#[test]
fn a_refused_connection_names_the_address_and_the_systems_error() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let error = dial(&address, Timeouts::default()).unwrap_err();
    let cause = error.source().unwrap().to_string();
    let sentence = format!("could not connect to {address}: {cause}");
    assert_eq!(error.to_string(), sentence);
    expect(&CallError::Dial(error), &sentence, Some(&sentence));
}

#[test]
fn a_gateway_that_does_not_start_reports_the_cause() {
    let listen = "127.0.0.1:8443".parse().unwrap();
    expect(&StartError::NotLoopback { listen }, "127.0.0.1:8443 is not a loopback address", None);
    let unset = ClockError::BeforeFloor { now: Timestamp::from_unix(7).unwrap(), floor: RELEASED };
    let clock = "clock shows 1970-01-01T00:00:07Z, before the earliest possible time, 2026-01-01T00:00:00Z";
    let certificate = rcgen::Error::Time;
    let tls = rustls::Error::EncryptError;
    for (error, sentence, cause) in [
        (
            StartError::Bind { listen, source: broken() },
            "could not listen on 127.0.0.1:8443: the cable is cut",
            "the cable is cut",
        ),
        (StartError::Thread(broken()), "could not start a thread: the cable is cut", "the cable is cut"),
        (StartError::Clock(unset), clock, clock),
        (
            StartError::Certificate(certificate.clone()),
            &format!("could not make a certificate: {certificate}"),
            &certificate.to_string(),
        ),
        (StartError::Tls(tls.clone()), &format!("could not set up TLS: {tls}"), &tls.to_string()),
    ] {
        expect(&error, sentence, Some(cause));
    }
}

#[test]
fn errors_of_tls_and_trust_name_the_cause() {
    let alert = rustls::Error::EncryptError;
    expect(&TlsError::InvalidHost, "the host is neither a name nor an address", None);
    expect(
        &TlsError::Handshake(alert.clone()),
        &format!("the TLS handshake failed: {alert}"),
        Some(&alert.to_string()),
    );
    expect(&TlsError::Broken(slow()), "the TLS handshake timed out", Some("nothing came"));
    expect(
        &TlsError::Broken(broken()),
        "the connection broke during the TLS handshake: the cable is cut",
        Some("the cable is cut"),
    );
    expect(&TrustError::File(broken()), "could not read: the cable is cut", Some("the cable is cut"));
    expect(&TrustError::NoCertificate, "there is no certificate in it", None);
    let pem = || rustls::pki_types::pem::Error::NoItemsFound;
    expect(&TrustError::Pem(pem()), "malformed PEM: no items found", Some("no items found"));
    expect(
        &TrustError::Certificate { index: 1, source: alert.clone() },
        &format!("certificate 1 is malformed: {alert}"),
        Some(&alert.to_string()),
    );
}

#[test]
fn errors_of_the_environment_name_the_variable() {
    let invalid = Invalid::Byte { field: Field::SecretKey, at: 3, byte: b'\n' };
    let secret_key = "TENCENTCLOUD_SECRET_KEY is malformed: secret key: a line feed is not allowed at byte 3 (visible ASCII characters are)";
    expect(
        &EnvError::Malformed { variable: SECRET_KEY, invalid },
        secret_key,
        Some("secret key: a line feed is not allowed at byte 3 (visible ASCII characters are)"),
    );
    let variable = SECRET_ID;
    expect(&EnvError::Unset { variable }, "TENCENTCLOUD_SECRET_ID is not set", None);
    expect(&EnvError::Empty { variable }, "TENCENTCLOUD_SECRET_ID is set but empty", None);
    expect(&EnvError::NotUnicode { variable }, "TENCENTCLOUD_SECRET_ID is not UTF-8", None);
    expect(
        &EnvError::TwoTokens,
        "TENCENTCLOUD_TOKEN and TENCENTCLOUD_SECURITY_TOKEN hold different tokens",
        None,
    );
}

#[test]
fn a_record_is_one_line_with_request_and_answer() {
    let refuse = |_: &tc3_std::gateway::Accepted| Answer::Failure {
        code: "InternalError".to_owned(),
        message: "Not today.".to_owned(),
    };
    let server = TestServer::with(Config::default().answer(refuse));
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    server.call(signer().sign(&request, now())).unwrap_err();
    let record = server.records().pop().unwrap();
    let (peer, id) = (record.peer, &record.request_id);
    assert_eq!(
        record.to_string(),
        format!(
            "{peer} POST cvm.tencentcloudapi.com DescribeZones 2 bytes: InternalError (Not today.) [{id}]"
        )
    );
    let mut accepted = record.clone();
    (accepted.error, accepted.action) = (None, None);
    assert_eq!(
        accepted.to_string(),
        format!("{peer} POST cvm.tencentcloudapi.com - 2 bytes: accepted [{id}]")
    );
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
