//! The official Python SDK, unmodified, against the gateway of the library and of the program, over TLS.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use serde_json::Value;
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
};
use tc3_std::gateway::{Account, Config, Gateway};

const ID: &str = "AKIDEXAMPLE";
const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const TEMPORARY_ID: &str = "AKIDTEMPORARY";
const TOKEN: &str = "a+token/with=marks";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/official_sdk/calls.py");

/// A Python that has the SDK: `TC3_PYTHON`, or the one that `cargo xtask setup` installs.
fn python() -> PathBuf {
    let venv = || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../venv/bin/python");
    let python = env::var_os("TC3_PYTHON").map_or_else(venv, PathBuf::from);
    let import = "import tencentcloud.common.common_client";
    let found = Command::new(&python).args(["-c", import]).output();
    let found = found.is_ok_and(|output| output.status.success());
    assert!(found, "{} lacks the official SDK: run cargo xtask setup", python.display());
    python
}

/// Runs the script, and returns one line of JSON for each of its calls.
fn calls(port: &str, ca: &Path) -> Vec<Value> {
    let mut command = Command::new(python());
    command.args([SCRIPT, port]).arg(ca).args([ID, KEY, TEMPORARY_ID, TOKEN]);
    // The SDK would use a proxy for localhost too.
    let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"];
    proxies.iter().for_each(|proxy| {
        command.env_remove(proxy);
    });
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

fn named<'c>(calls: &'c [Value], part: &str) -> Vec<&'c Value> {
    calls.iter().filter(|call| call["name"].as_str().unwrap().contains(part)).collect()
}

/// Calls with one key: for each of two hosts, v1, signed and unsigned TC3 by GET and POST; and a
/// multipart and an octets body.
const WITH_A_KEY: usize = 2 * (6 + 2) + 2;

fn all_accepted(calls: &[&Value]) {
    for call in calls {
        assert!(call["echo"].is_object(), "{call}");
        let (name, echo) = (call["name"].as_str().unwrap(), &call["echo"]);
        for word in ["GET", "POST"].into_iter().filter(|word| name.ends_with(word)) {
            assert_eq!(echo["Method"], word, "{call}");
        }
        for scheme in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256", "UNSIGNED-PAYLOAD"] {
            let signature = echo["Signature"].as_str().unwrap();
            assert!(!name.contains(&format!(" {scheme} ")) || signature.ends_with(scheme), "{call}");
        }
    }
}

fn all_refused(calls: &[Value], part: &str, count: usize, code: &str) {
    let refused = named(calls, part);
    assert!(refused.len() == count && refused.iter().all(|call| call["code"] == code), "{refused:?}");
}

#[test]
fn the_gateway_accepts_every_request_of_the_official_sdk_and_refuses_wrong_keys() {
    let accounts = Config::new().account(Account::new(ID, KEY));
    let gateway = Gateway::start(accounts.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN))).unwrap();
    let port = gateway.addr().port().to_string();
    let ca = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sdk-ca-{port}.pem"));
    fs::write(&ca, gateway.ca_pem().unwrap()).unwrap();
    let calls = calls(&port, &ca);
    let accepted = ["long-term", "temporary", "kept"].map(|part| named(&calls, part)).concat();
    assert_eq!(accepted.len(), 2 * WITH_A_KEY + 2);
    all_accepted(&accepted);
    all_refused(&calls, "wrong key", 6, "AuthFailure.SignatureFailure");
    all_refused(&calls, "unknown id", 1, "AuthFailure.SecretIdNotFound");
    all_refused(&calls, "wrong token", 1, "AuthFailure.TokenFailure");
    all_refused(&calls, "skipped", 1, "AuthFailure.InvalidAuthorization");
}

/// A running `tc3 serve` with one key from the environment, killed when dropped.
struct Serve {
    child: Child,
    port: String,
    ca: PathBuf,
}

impl Serve {
    fn start(name: &str, environment: &[(&str, &str)]) -> Self {
        let ca = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_tc3"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--ca-out"]).arg(&ca);
        command.env_clear().envs(environment.iter().copied()).stderr(Stdio::piped());
        // The file for coverage data, when coverage is measured.
        command.envs(env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let port =
            log.find_map(|line| Some(line.strip_prefix("tc3: listening on https://127.0.0.1:")?.to_owned()));
        // A full pipe would block the program.
        thread::spawn(move || log.for_each(drop));
        Self { child, port: port.unwrap(), ca }
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn the_program_accepts_the_official_sdk_only_with_the_key_of_its_environment() {
    let long_term = [("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", KEY)];
    let serve = Serve::start("sdk-serve.pem", &long_term);
    let answers = calls(&serve.port, &serve.ca);
    let accepted = [named(&answers, "long-term"), named(&answers, "kept")].concat();
    assert_eq!(accepted.len(), WITH_A_KEY + 2);
    all_accepted(&accepted);
    all_refused(&answers, "temporary", WITH_A_KEY, "AuthFailure.SecretIdNotFound");
    all_refused(&answers, "wrong key", 6, "AuthFailure.SignatureFailure");
}

#[test]
fn the_program_accepts_the_official_sdk_with_a_temporary_key_and_its_token() {
    let temporary = [
        ("TENCENTCLOUD_SECRET_ID", TEMPORARY_ID),
        ("TENCENTCLOUD_SECRET_KEY", KEY),
        ("TENCENTCLOUD_TOKEN", TOKEN),
    ];
    let serve = Serve::start("sdk-serve-temporary.pem", &temporary);
    let answers = calls(&serve.port, &serve.ca);
    let accepted = named(&answers, "temporary");
    assert_eq!(accepted.len(), WITH_A_KEY);
    all_accepted(&accepted);
    all_refused(&answers, "long-term", WITH_A_KEY, "AuthFailure.SecretIdNotFound");
    all_refused(&answers, "wrong token", 1, "AuthFailure.TokenFailure");
}
