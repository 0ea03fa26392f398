//! Mistakes that signers make, each made by a signer that is written here, and what the gateway says about it.

mod body;
mod forms;
mod key;
mod refused;
mod request;

use crate::naive::{Naive, NaiveForm, date, form, hmac, sha256};
use crate::server::{KEY, OTHER_ID, OTHER_KEY, PATIENCE, TEMPORARY_ID, TOKEN, TestServer, hex};
use serde_json::Value;
use std::{io::Read, io::Write, net::TcpStream};
use tc3_std::gateway::{Account, Config, Diagnosis, Transport};

/// What the gateway must say: a part of the mistake's sentence, or that no mistake is known.
type Row = (fn() -> Naive, &'static str);

const UNKNOWN: &str = "none of the mistakes that were tried explains it";

const JSON: &str = r#"{"Name":"é","Limit":1}"#;

fn post() -> Naive {
    Naive::post(JSON)
}

fn query() -> Naive {
    Naive::get("Zone=a%20b&Limit=1")
}

fn server() -> TestServer {
    let other = Account::new(OTHER_ID, OTHER_KEY);
    TestServer::with(Config::new().transport(Transport::PlainHttp).account(other))
}

/// Sends a request, and returns the error's message; nothing for a success.
fn send(server: &TestServer, request: &[u8]) -> String {
    let mut socket = TcpStream::connect(&server.address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(request).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(!answer.to_uppercase().contains("MARKER"), "a key or token is in {answer}");
    let answer: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    answer["Response"]["Error"]["Message"].as_str().unwrap_or_default().to_owned()
}

/// The diagnosis of the last request.
fn diagnosis(server: &TestServer) -> Option<Diagnosis> {
    let record = server.records().pop().unwrap();
    let shown = format!("{record:?} {record}");
    assert!(!shown.to_uppercase().contains("MARKER"), "a key or token is in {record:?}");
    record.diagnosis
}

#[test]
fn the_gateway_names_the_mistake_of_a_tc3_signer_and_shows_what_it_should_have_signed() {
    let server = server();
    let right = post();
    assert_eq!(send(&server, &right.signed()), "", "without a mistake");
    let (mut known, mut wrong) = (0, Vec::new());
    for (index, (make, says)) in [request::ROWS, body::ROWS, key::ROWS].concat().iter().enumerate() {
        let naive = make();
        server.records();
        let message = send(&server, &naive.signed());
        let Some(found) = diagnosis(&server) else {
            wrong.push(format!("row {index}, {says}: no diagnosis in {message}"));
            continue;
        };
        known += usize::from(found.near_miss.is_some());
        let canonical = found.canonical_request.clone().unwrap_or_default();
        let to_sign = &found.string_to_sign;
        let shown =
            format!("\nexpected canonical request:\n{canonical}\nexpected string to sign:\n{to_sign}");
        // A client that signs what is shown is accepted.
        let signature = hex(&hmac(&crate::naive::key(KEY, &date(naive.at), "cvm"), to_sign));
        let again = send(&server, &naive.request(&naive.authorize(&signature)));
        let right = [
            message.starts_with("the signature is wrong: ") && message.contains(says),
            found.near_miss.is_some() == (*says != UNKNOWN),
            to_sign.ends_with(&format!("\n{}", sha256(&canonical))),
            message.ends_with(&shown),
            again.is_empty(),
        ];
        if right != [true; 5] {
            wrong.push(format!("row {index}, {says}: {right:?}, {message}, {again}"));
        }
    }
    assert_eq!(wrong, [""; 0], "rows");
    assert!(known >= 40, "{known} mistakes are named");
}

#[test]
fn the_gateway_names_mistakes_that_are_seen_without_recomputing() {
    let server = server();
    for (make, says) in refused::ROWS {
        let naive = make();
        server.records();
        let authorization = (naive.authorization)(naive.authorize(&naive.signature()));
        let message = send(&server, &naive.request(&authorization));
        assert!(message.contains(says), "{says} is not in {message}");
        assert_eq!(diagnosis(&server), None, "{says}");
    }
}

#[test]
fn a_token_that_is_signed_is_not_shown() {
    let server = server();
    let tc3 = Naive { id: TEMPORARY_ID, ..post().header("X-TC-Token", TOKEN).canonical(|it| it + "\n") };
    let v1 = form().set("SecretId", TEMPORARY_ID).set("Token", TOKEN);
    let v1 = NaiveForm { text: |it| it + "\n", ..v1 };
    for (request, shown) in [(tc3.signed(), "\nx-tc-token:***\n"), (v1.request(None), "&Token=***&")] {
        let message = send(&server, &request);
        assert!(message.contains(shown), "{shown} is not in {message}");
        assert!(diagnosis(&server).unwrap().near_miss.is_some(), "{message}");
    }
}
