//! The official Python SDK, unmodified, against the gateway of the library and of the program, over TLS.

use crate::server::{ID, KEY, LONG_TERM_KEY, Serve, TEMPORARY_ID, TEMPORARY_KEY, TOKEN, TestServer};
use serde_json::Value;
use std::process::{Command, Output};
use std::{env, path::PathBuf};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/gateway/official_sdk.py");

/// Runs the script, and returns one line of JSON for each of its calls.
fn calls(address: &str, ca: &str) -> Vec<Value> {
    // `cargo xtask setup` installs a Python that has the SDK.
    let venv = || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../venv/bin/python");
    let python = env::var_os("TC3_PYTHON").map_or_else(venv, PathBuf::from);
    let mut command = Command::new(&python);
    let port = address.rsplit(':').next().unwrap();
    command.args([SCRIPT, port, ca, ID, KEY, TEMPORARY_ID, TOKEN]);
    // The SDK would use a proxy for localhost too.
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(proxy);
    }
    let remedy = format!("if {} lacks the official SDK, run cargo xtask setup", python.display());
    let Output { status, stdout, stderr } = command.output().expect(&remedy);
    assert!(status.success(), "{}: {remedy}", String::from_utf8_lossy(&stderr));
    stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// Calls with one key: for each of two hosts, v1, signed and unsigned TC3 by GET and POST; and a
/// multipart and an octets body.
const WITH_A_KEY: usize = 2 * (6 + 2) + 2;

const ACCEPTED: &str = "accepted";
const NOT_FOUND: &str = "AuthFailure.SecretIdNotFound";
const WRONG_KEY: (&str, usize, &str) = ("wrong key", 6, "AuthFailure.SignatureFailure");
const WRONG_TOKEN: (&str, usize, &str) = ("wrong token", 1, "AuthFailure.TokenFailure");

/// Compares the calls whose name contains a part: their number, and the code of the answer.
fn expect(calls: &[Value], expected: &[(&str, usize, &str)]) {
    for (part, count, code) in expected {
        let named: Vec<_> =
            calls.iter().filter(|call| call["name"].as_str().unwrap().contains(part)).collect();
        assert_eq!(named.len(), *count, "calls {part}: {named:?}");
        for call in named {
            assert_eq!(call["code"].as_str().unwrap_or(ACCEPTED), *code, "{call}");
            if *code == ACCEPTED {
                let (name, echo) = (call["name"].as_str().unwrap(), &call["echo"]);
                let words = |field: &str| echo[field].as_str().unwrap_or_default().to_owned();
                let shown = format!(" {} {}", words("Signature"), words("Method"));
                let scheme = name.splitn(3, ' ').nth(2).unwrap();
                assert!(shown.ends_with(&format!(" {scheme}")), "{scheme} is not in {call}");
            }
        }
    }
}

#[test]
fn the_gateway_accepts_every_request_of_the_official_sdk_and_refuses_wrong_keys() {
    let server = TestServer::new();
    let calls = calls(&server.address, &server.ca);
    let accepted =
        [("long-term", WITH_A_KEY, ACCEPTED), ("temporary", WITH_A_KEY, ACCEPTED), ("kept", 2, ACCEPTED)];
    expect(&calls, &accepted);
    let skipped = ("skipped", 1, "AuthFailure.InvalidAuthorization");
    expect(&calls, &[WRONG_KEY, ("unknown id", 1, NOT_FOUND), WRONG_TOKEN, skipped]);
}

#[test]
fn the_program_accepts_the_official_sdk_only_with_the_credentials_of_its_environment() {
    let ca = concat!(env!("CARGO_TARGET_TMPDIR"), "/sdk-serve.pem");
    let unknown = ("temporary", WITH_A_KEY, NOT_FOUND);
    let long_term = [("long-term", WITH_A_KEY, ACCEPTED), ("kept", 2, ACCEPTED), unknown, WRONG_KEY];
    let temporary = [("temporary", WITH_A_KEY, ACCEPTED), ("long-term", WITH_A_KEY, NOT_FOUND), WRONG_TOKEN];
    for (environment, expected) in [(&LONG_TERM_KEY[..], &long_term[..]), (&TEMPORARY_KEY, &temporary)] {
        let serve = Serve::start(&["--listen", "127.0.0.1:0", "--ca-out", ca], environment);
        expect(&calls(&serve.address, ca), expected);
    }
}
