//! The official Python SDK, unmodified, against the gateway over TLS.
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
    path::PathBuf,
    process::{Command, Output},
};
use tc3_std::gateway::{Account, Config, Gateway};

const ID: &str = "AKIDEXAMPLE";
const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const TEMPORARY_ID: &str = "AKIDTEMPORARY";
const TOKEN: &str = "a+token/with=marks";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/official_sdk/calls.py");

/// The interpreter that has the SDK: named by the environment, or where setup puts it.
fn python() -> PathBuf {
    let venv = || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../venv/bin/python");
    let python = env::var_os("TC3_PYTHON").map_or_else(venv, PathBuf::from);
    let import = "import tencentcloud.common.common_client";
    let found = Command::new(&python).args(["-c", import]).output();
    let found = found.is_ok_and(|output| output.status.success());
    assert!(found, "{} lacks the official SDK: run cargo xtask setup", python.display());
    python
}

/// Every call of the script against a gateway of its own.
fn calls() -> Vec<Value> {
    let python = python();
    let accounts = Config::new().account(Account::new(ID, KEY));
    let gateway = Gateway::start(accounts.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN))).unwrap();
    let port = gateway.addr().port().to_string();
    let ca = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sdk-ca-{port}.pem"));
    fs::write(&ca, gateway.ca_pem().unwrap()).unwrap();
    let mut command = Command::new(python);
    command.args([SCRIPT, &port]).arg(&ca).args([ID, KEY, TEMPORARY_ID, TOKEN]);
    // The SDK would take a proxy for localhost too.
    let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"];
    proxies.iter().for_each(|proxy| {
        command.env_remove(proxy);
    });
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

#[test]
fn the_official_sdk_is_accepted_in_every_way_it_has_and_refused_with_a_wrong_key() {
    let calls = calls();
    let named = |part: &str| {
        let found = calls.iter().filter(|call| call["name"].as_str().unwrap().contains(part));
        found.collect::<Vec<_>>()
    };
    let accepted = ["long-term", "temporary", "kept"].map(named).concat();
    assert_eq!(accepted.len(), 2 * (2 * (6 + 2) + 2) + 2);
    for call in accepted {
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
    for (part, count, code) in [
        ("wrong key", 6, "AuthFailure.SignatureFailure"),
        ("unknown id", 1, "AuthFailure.SecretIdNotFound"),
        ("wrong token", 1, "AuthFailure.TokenFailure"),
        ("skipped", 1, "AuthFailure.InvalidAuthorization"),
    ] {
        let refused = named(part);
        assert!(refused.len() == count && refused.iter().all(|call| call["code"] == code), "{refused:?}");
    }
}
