//! Each error is a sentence, and has its cause.

use crate::bench::{Bench, CVM, ID, KEY, TEMPORARY_ID, TOKEN, now, signer};
use std::{error::Error, io, net::TcpListener};
use tc3_core::{Credentials, Field, Invalid, Signer};
use tc3_embedded::http::{RequestError, ResponseError};
use tc3_std::{
    CallError, ClockError, EnvError, Timeouts,
    credentials::{SECRET_ID, SECRET_KEY},
    dial,
    gateway::{Account, Answer, Config, StartError},
    tls::{TlsError, TrustError},
};

#[track_caller]
fn says(error: &dyn Error, sentence: &str, cause: Option<&str>) {
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
fn a_call_that_fails_before_there_is_an_answer_says_at_what() {
    let body = RequestError::MissingBody { declared: 5, sent: 3 };
    let http = ResponseError::BodyTruncated { received: 6, expected: 17 };
    for (error, sentence, cause) in [
        (CallError::Transport(slow()), "the server did nothing within the timeout", "nothing came"),
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
            CallError::Tls(TlsError::NotAName),
            "the host is neither a name nor an address",
            "the host is neither a name nor an address",
        ),
    ] {
        says(&error, sentence, Some(cause));
    }
}

#[test]
fn a_call_that_is_refused_says_it_as_the_service_does() {
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    let wrong = Credentials::new(ID, "wrong").unwrap();
    let error = Bench::new().call(Signer::new(wrong).sign(&request, now())).unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.contains("AuthFailure.SignatureFailure"), "{sentence}");
    says(&error, &sentence, Some(&sentence));
}

#[test]
fn an_address_where_nobody_listens_is_named_with_what_the_system_says() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let error = dial(&address, Timeouts::default()).unwrap_err();
    let cause = error.source().unwrap().to_string();
    let sentence = format!("could not connect to {address}: {cause}");
    assert_eq!(error.to_string(), sentence);
    says(&CallError::Dial(error), &sentence, Some(&sentence));
}

#[test]
fn a_gateway_that_does_not_start_says_why() {
    let listen = "127.0.0.1:8443".parse().unwrap();
    says(&StartError::NotLoopback { listen }, "127.0.0.1:8443 is not a loopback address", None);
    let clock = "the system clock shows 0 s since 1970, before this program was made";
    let certificate = rcgen::Error::Time;
    let tls = rustls::Error::EncryptError;
    for (error, sentence, cause) in [
        (
            StartError::Bind { listen, source: broken() },
            "could not listen on 127.0.0.1:8443: the cable is cut",
            "the cable is cut",
        ),
        (StartError::Thread(broken()), "could not start a thread: the cable is cut", "the cable is cut"),
        (StartError::Clock(ClockError::TooEarly { unix: 0 }), clock, clock),
        (
            StartError::Certificate(certificate.clone()),
            &format!("could not make a certificate: {certificate}"),
            &certificate.to_string(),
        ),
        (StartError::Tls(tls.clone()), &format!("could not set up TLS: {tls}"), &tls.to_string()),
    ] {
        says(&error, sentence, Some(cause));
    }
}

#[test]
fn tls_and_what_it_trusts_say_what_is_wrong_with_them() {
    let alert = rustls::Error::EncryptError;
    says(&TlsError::NotAName, "the host is neither a name nor an address", None);
    says(
        &TlsError::Handshake(alert.clone()),
        &format!("the TLS handshake failed: {alert}"),
        Some(&alert.to_string()),
    );
    says(
        &TlsError::Broken(slow()),
        "the server did nothing within the timeout of the TLS handshake",
        Some("nothing came"),
    );
    says(
        &TlsError::Broken(broken()),
        "the connection broke during the TLS handshake: the cable is cut",
        Some("the cable is cut"),
    );
    says(&TrustError::File(broken()), "could not read: the cable is cut", Some("the cable is cut"));
    says(&TrustError::NoCertificate, "there is no certificate in it", None);
    let pem = || rustls::pki_types::pem::Error::NoItemsFound;
    says(&TrustError::Pem(pem()), "PEM text is damaged: no items found", Some("no items found"));
    says(
        &TrustError::Certificate { index: 1, source: alert.clone() },
        &format!("certificate 1 is damaged: {alert}"),
        Some(&alert.to_string()),
    );
}

#[test]
fn a_variable_is_named_with_what_is_wrong_in_it() {
    let invalid = Invalid::Byte { field: Field::SecretKey, at: 3, byte: b'\n' };
    let secret_key = "TENCENTCLOUD_SECRET_KEY is malformed: secret key has 0x0a at byte 3";
    says(
        &EnvError::Malformed { variable: SECRET_KEY, invalid },
        secret_key,
        Some("secret key has 0x0a at byte 3"),
    );
    let variable = SECRET_ID;
    says(&EnvError::Unset { variable }, "TENCENTCLOUD_SECRET_ID is not set", None);
    says(&EnvError::Empty { variable }, "TENCENTCLOUD_SECRET_ID is set but empty", None);
    says(&EnvError::NotUnicode { variable }, "TENCENTCLOUD_SECRET_ID is not UTF-8 text", None);
    says(
        &EnvError::TwoTokens,
        "TENCENTCLOUD_TOKEN and TENCENTCLOUD_SECURITY_TOKEN hold different tokens",
        None,
    );
}

#[test]
fn a_clock_that_cannot_be_right_is_told_with_what_it_shows() {
    says(
        &ClockError::TooEarly { unix: 17 },
        "the system clock shows 17 s since 1970, before this program was made",
        None,
    );
    says(
        &ClockError::TooLate { unix: 253_402_300_800 },
        "the system clock shows 253402300800 s, after the year 9999",
        None,
    );
}

#[test]
fn a_record_is_a_line_of_who_asked_for_what_and_what_was_answered() {
    let refuse = |_: &tc3_std::gateway::Received| Answer::Failure {
        code: "InternalError".to_owned(),
        message: "Not today.".to_owned(),
    };
    let bench = Bench::with(Config::default().answer(refuse));
    let request = CVM.action("DescribeZones").json("{}").unwrap();
    bench.call(signer().sign(&request, now())).unwrap_err();
    let record = bench.records().pop().unwrap();
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
fn a_gateway_shows_its_accounts_by_their_ids() {
    let config = Config::new().account(Account::new(ID, KEY));
    let shown = format!("{:?}", config.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN)));
    assert!(
        shown.starts_with("Config { listen: 127.0.0.1:")
            && shown.contains(r#"Account { id: "AKIDEXAMPLE", .. }"#),
        "{shown}"
    );
    assert!(shown.contains(r#"Account { id: "AKIDTEMPORARY", .. }"#) && !shown.contains("MARKER"), "{shown}");
    let gateway = format!("{:?}", Bench::new().gateway);
    assert!(!gateway.contains("MARKER") && !gateway.contains("PRIVATE KEY"), "{gateway}");
}
