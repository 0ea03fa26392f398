//! What the documents refuse, and the answers that a test sets.

use crate::naive::Naive;
use crate::server::{CALL, CVM, LONG_TERM_KEY, PATIENCE, Serve, TestServer, now, run, signer, write};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tc3_core::v1::{Algorithm, Method, Params};
use tc3_core::{Api, Field, Invalid};
use tc3_std::gateway::{Account, Answer, Config, Gateway, MockAnswer, StartError, Transport};
use tc3_std::{CallError, nonce};

fn server(config: Config) -> TestServer {
    TestServer::with(config.transport(Transport::PlainHttp))
}

/// Sends a request with `Connection: close`, and returns the head and the body of the answer.
fn send(server: &TestServer, request: &[u8]) -> (String, String) {
    let mut socket = TcpStream::connect(&server.address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(request).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// Code and message of the error in an answer.
fn error(body: &str) -> (String, String) {
    let answer: Value = serde_json::from_str(body).unwrap();
    let error = &answer["Response"]["Error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (text("Code"), text("Message"))
}

/// A signed POST with this Content-Type.
fn post(content_type: &str, body: &[u8]) -> Vec<u8> {
    Naive::post(body).header("Content-Type", content_type).signed()
}

/// A signed POST of `{}` with these lines in place of its Content-Length, and this body.
fn with_lengths(lines: &str, body: &str) -> Vec<u8> {
    let request = String::from_utf8(post("application/json", b"{}")).unwrap();
    let head = request.strip_suffix("{}").unwrap().replace("Content-Length: 2", lines);
    (head + body).into_bytes()
}

const CHUNK: &str = "2\r\n{}\r\n0\r\n\r\n";

#[test]
fn what_the_documents_refuse_is_refused_although_the_signature_is_right() {
    let server = server(Config::new());
    let json = |body: &[u8]| post("application/json", body);
    let region = |region: &str| Naive::post("{}").header("X-TC-Region", region).signed();
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, request, code, says) in [
        ("an object", json(b"{}"), "", ""),
        (
            "an object with a charset",
            post("application/json; charset=utf-8", b"{\"A\":\"\xc3\xa9\"}"),
            "",
            "",
        ),
        ("octets", post("application/octet-stream", b"\xff"), "", ""),
        (
            "no bytes at all",
            json(b""),
            "InvalidParameter",
            "the body is empty and Content-Type says application/json",
        ),
        ("no JSON", json(b"Limit=1"), "InvalidParameter", "the body is not JSON in UTF-8: "),
        ("a trailing comma", json(b"{\"A\":1,}"), "InvalidParameter", "trailing comma at line 1 column 8"),
        ("quotes that a shell took", json(b"{A:1}"), "InvalidParameter", "(a shell took the quotes)"),
        ("quotes of a shell", json(b"'{}'"), "InvalidParameter", "(it has quotes of a shell around it)"),
        ("a file's name", json(b"@body.json"), "InvalidParameter", "(it begins with @: the name of a file?)"),
        (
            "a byte order mark",
            json("\u{feff}{}".as_bytes()),
            "InvalidParameter",
            "(it begins with a byte order mark)",
        ),
        ("UTF-16", json(&utf16), "InvalidParameter", "(it is UTF-16)"),
        ("GBK", json(b"{\"A\":\"\xa8\xa6\"}"), "InvalidParameter", "(it is not UTF-8)"),
        ("a list", json(b"[]"), "InvalidParameter", "the body must be a JSON object"),
        ("a string", json(b"\"{}\""), "InvalidParameter", "the body must be a JSON object"),
        (
            "a form",
            post("application/x-www-form-urlencoded", b"A=1"),
            "InvalidParameterValue",
            "a form must be signed with HmacSHA1 or HmacSHA256",
        ),
        ("a GET", Naive::get("A=1").signed(), "", ""),
        (
            "a GET of JSON",
            Naive::get("A=1").header("Content-Type", "application/json").signed(),
            "InvalidParameterValue",
            "the Content-Type of a GET must be application/x-www-form-urlencoded, and it is application/json",
        ),
        ("an empty region", region(""), "InvalidParameterValue", "the region is empty"),
        ("chunks", with_lengths("Transfer-Encoding: chunked", CHUNK), "", ""),
        (
            "two lengths",
            with_lengths("Content-Length: 2\r\nTransfer-Encoding: chunked", CHUNK),
            "InvalidRequest",
            "both Content-Length and Transfer-Encoding",
        ),
        (
            "two lengths in the other order",
            with_lengths("transfer-encoding: chunked\r\ncontent-length: 2", CHUNK),
            "InvalidRequest",
            "both Content-Length and Transfer-Encoding",
        ),
    ] {
        let (_, answer) = send(&server, &request);
        let (answered, message) = error(&answer);
        assert_eq!((&*answered, message.contains(says)), (code, true), "{name}: {answer}");
    }
}

#[test]
fn two_lengths_are_seen_in_each_request_of_a_connection() {
    let server = server(Config::new());
    let mut socket = TcpStream::connect(&server.address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    for (lengths, body, says) in [
        ("Content-Length: 2", "{}", "\"Echo\""),
        ("Transfer-Encoding: chunked", CHUNK, "\"Echo\""),
        ("Content-Length: 2\r\nTransfer-Encoding: chunked", CHUNK, "both Content-Length and"),
    ] {
        let request = String::from_utf8(with_lengths(lengths, body)).unwrap();
        // In pieces, so that the end of the head comes in parts.
        for piece in request.replace("Connection: close\r\n", "").as_bytes().chunks(7) {
            socket.write_all(piece).unwrap();
        }
        let (mut answer, mut byte) = (Vec::new(), [0]);
        while !answer.ends_with(b"}}") {
            socket.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.contains(says), "{lengths}: {says} is not in {answer}");
    }
}

#[test]
fn v1_needs_a_version_unless_the_gateway_serves_api_2() {
    let old = Api::unversioned("cvm").unwrap().action("DescribeZones");
    let new = CVM.action("DescribeZones");
    for (name, config, call, code) in [
        ("with a version", Config::new(), new, ""),
        ("without", Config::new(), old, "MissingParameter"),
        ("without, API 2.0", Config::new().api2(), old, ""),
    ] {
        let server = TestServer::with(config);
        for method in [Method::Get, Method::Post] {
            let request = call.v1(method, Algorithm::HmacSha256, Params::EMPTY).unwrap();
            let outcome = server.client().call(signer().sign_v1(&request, now(), nonce().unwrap()).unwrap());
            let answered = match outcome {
                Ok(_) => String::new(),
                Err(CallError::Service(failure)) => failure.code,
                Err(error) => panic!("{name}: {error}"),
            };
            assert_eq!(answered, code, "{name}, {method:?}");
        }
    }
}

#[test]
fn a_gateway_whose_accounts_are_malformed_or_equal_does_not_start() {
    let start = |accounts: Vec<Account>| {
        let config =
            accounts.into_iter().fold(Config::new().transport(Transport::PlainHttp), Config::account);
        Gateway::start(config).map(drop).map_err(|error| format!("{error}"))
    };
    let at = |field, at, byte| Invalid::Byte { field, at, byte };
    for (accounts, says) in [
        (vec![Account::new("A", "b"), Account::new("B", "b")], Ok(())),
        (vec![Account::new("A", "b\n")], Err(("A", at(Field::SecretKey, 1, b'\n')))),
        (vec![Account::new("A/B", "b")], Err(("A/B", at(Field::SecretId, 1, b'/')))),
        (vec![Account::new("A", "")], Err(("A", Invalid::Empty { field: Field::SecretKey }))),
        (vec![Account::temporary("A", "b", "t\r")], Err(("A", at(Field::Token, 1, b'\r')))),
    ] {
        let name = format!("{accounts:?}");
        let says = says.map_err(|(id, invalid)| format!("the account {id:?} is malformed: {invalid}"));
        assert_eq!(start(accounts), says, "{name}");
    }
    let twice = start(vec![Account::new("A", "b"), Account::temporary("A", "c", "t")]);
    assert_eq!(twice, Err(StartError::DuplicateId { id: "A".to_owned() }.to_string()));
}

#[test]
fn a_test_sets_answers_for_an_action_with_status_and_delay() {
    let server = server(Config::new());
    let set = |action: &str, answer| server.gateway.answer(action, answer);
    let delay = Duration::from_millis(300);
    set("Turns", MockAnswer::body("<busy>").status(502).content_type("text/html"));
    set("Turns", MockAnswer::body(r#"{"Total":0}"#).delay(delay));
    set("Turns", Answer::Fields([("Last".to_owned(), json!(true))].into_iter().collect()).into());
    set(
        "Whole",
        MockAnswer::body(r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"m"},"RequestId":"r"}}"#),
    );
    set("Impossible", MockAnswer::body("").status(99).content_type("\n"));
    let ask = |action: &str| {
        let request = Naive::post("{}").header("X-TC-Action", action).signed();
        let began = Instant::now();
        let (head, body) = send(&server, &request);
        (head, body, began.elapsed(), server.records().pop().unwrap())
    };
    let is_json = |body: &str, field: &str| {
        let answer: Value = serde_json::from_str(body).unwrap();
        (answer["Response"][field].clone(), answer["Response"]["RequestId"].as_str().unwrap().len())
    };
    let (head, body, _, record) = ask("Turns");
    assert!(head.starts_with("HTTP/1.1 502 ") && head.contains("\r\nContent-Type: text/html\r\n"), "{head}");
    assert_eq!((&*body, record.status, record.error.as_ref()), ("<busy>", 502, None));
    assert!(record.to_string().contains("accepted, HTTP 502 ["), "{record}");
    let (head, body, took, _) = ask("Turns");
    assert!(
        head.starts_with("HTTP/1.1 200 ") && head.contains("\r\nContent-Type: application/json\r\n"),
        "{head}"
    );
    assert_eq!((is_json(&body, "Total"), took >= delay), ((json!(0), 36), true), "after {took:?}");
    for turn in ["third", "fourth"] {
        assert_eq!(is_json(&ask("Turns").1, "Last"), (json!(true), 36), "{turn} answer");
    }
    let (_, body, _, record) = ask("Whole");
    assert_eq!(body, r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"m"},"RequestId":"r"}}"#);
    assert_eq!(record.error, Some(("LimitExceeded".to_owned(), "m".to_owned())));
    assert!(ask("Impossible").0.starts_with("HTTP/1.1 500 "));
    assert!(ask("Another").1.contains("\"Echo\""), "the answer to an action without a set one");
    // Only an accepted request gets a set answer.
    let mut request = Naive::post("{}").header("X-TC-Action", "Turns").signed();
    request.truncate(request.len() - 2);
    request.extend(b"[]");
    assert_eq!(error(&send(&server, &request).1).0, "AuthFailure.SignatureFailure");
}

#[test]
fn the_program_answers_actions_with_files_and_shows_what_a_wrong_signature_should_have_signed() {
    let ok = write("answer-ok.json", br#"{"Total":7}"#);
    let busy = write("answer,busy", b"<busy>");
    let answers = [
        format!("DescribeInstances={busy},status=502,type=text/html"),
        format!("DescribeInstances={ok},delay=1ms"),
    ];
    let arguments = [
        "--plain-http",
        "--listen",
        "127.0.0.1:0",
        "--api2",
        "--answer",
        &answers[0],
        "--answer",
        &answers[1],
    ];
    let serve = Serve::start(&arguments, &LONG_TERM_KEY);
    let route = ["--plain-http", "--connect", &serve.address];
    let ran = || run(&[&CALL[..], &route].concat(), &LONG_TERM_KEY, b"");
    let first = ran();
    assert!(first.code == 22 && first.out.contains("<busy>"), "{first:?}");
    assert!(serve.line().contains("accepted, HTTP 502"));
    for _ in 0..2 {
        let next = ran();
        assert!(
            next.code == 0 && next.out.starts_with(r#"{"Response":{"#) && next.out.contains(r#""Total":7"#),
            "{next:?}"
        );
        assert!(serve.line().contains(": accepted ["));
    }
    let mistaken = [LONG_TERM_KEY[0], ("TENCENTCLOUD_SECRET_KEY", "AKIDEXAMPLE")];
    let wrong = run(&[&CALL[..], &route].concat(), &mistaken, b"");
    assert_eq!(wrong.code, 1, "{wrong:?}");
    let says =
        "AuthFailure.SignatureFailure (the signature is wrong: the SecretId is used as the SecretKey) [";
    let line = serve.line();
    assert!(line.contains(says), "{says} is not in {line}");
    for says in
        ["    expected canonical request:", "    POST", "    /", "    ", "    content-type:application/json"]
    {
        assert_eq!(serve.line(), says);
    }
}
