//! Tests the runner: unusual cases, malformed files, and that it reads only `input`.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors");

fn run(files: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance")).args(files).output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    str::from_utf8(&output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn written(name: &str, content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

fn recorded(name: &str) -> Value {
    serde_json::from_slice(&fs::read(Path::new(VECTORS).join(name)).unwrap()).unwrap()
}

/// A change to a case's input.
type Change = fn(&mut Value);

/// Applies each change to the first recorded case of a kind, and returns the runner's output.
fn with_changes(kind: &str, changes: &[Change]) -> Vec<Value> {
    let document = recorded(&format!("{kind}.json"));
    let base = document["cases"].as_array().unwrap();
    let base = base.iter().find(|case| case["id"] != "doc-get-2018").unwrap();
    let cases: Vec<_> = changes
        .iter()
        .map(|change| {
            let mut case = base.clone();
            change(&mut case["input"]);
            case
        })
        .collect();
    let content = json!({ "kind": kind, "cases": cases }).to_string();
    let name = format!("{kind}-{:p}.json", changes.as_ptr());
    let output = run(&[&written(&name, &content)]);
    assert!(output.status.success());
    lines(&output)
}

fn assert_refused(kind: &str, changes: &[(Change, &str)]) {
    let only: Vec<_> = changes.iter().map(|(change, _)| *change).collect();
    let lines = with_changes(kind, &only);
    assert_eq!(lines.len(), changes.len());
    for (line, (_, reason)) in lines.iter().zip(changes) {
        let refused = line["refused"].as_str().unwrap_or_else(|| unreachable!("{reason}: {line}"));
        assert!(refused.contains(reason), "{refused:?} is not {reason:?}");
        assert_eq!(line.as_object().unwrap().len(), 2, "{line}");
    }
}

#[test]
fn each_case_prints_one_line_with_the_expected_strings() {
    for (name, fields) in [
        ("tc3.json", &["canonical_request", "string_to_sign", "authorization"][..]),
        ("v1.json", &["string_to_sign", "signature"]),
    ] {
        let document = recorded(name);
        let output = run(&[&Path::new(VECTORS).join(name)]);
        assert!(output.status.success() && output.stderr.is_empty());
        let (lines, cases) = (lines(&output), document["cases"].as_array().unwrap());
        assert_eq!(lines.len(), cases.len());
        for (line, case) in lines.iter().zip(cases) {
            assert_eq!(line["id"], case["id"]);
            assert_eq!(line.as_object().unwrap().len(), 1 + fields.len());
            assert!(fields.iter().all(|field| line[field] == case["expect"][field]), "{line}");
        }
    }
}

#[test]
fn expected_values_are_not_read() {
    for name in ["tc3.json", "v1.json"] {
        let mut document = recorded(name);
        for case in document["cases"].as_array_mut().unwrap() {
            let case = case.as_object_mut().unwrap();
            case.retain(|field, _| field == "id" || field == "input");
        }
        let bare = written(&format!("bare-{name}"), &document.to_string());
        assert_eq!(lines(&run(&[&bare])), lines(&run(&[&Path::new(VECTORS).join(name)])));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_reported_and_the_others_run() {
    let not_json = written("not.json", "{\"kind\": \"tc3\", \"cases\": [");
    let other_kind = written("kind.json", r#"{"kind": "v2", "cases": []}"#);
    let missing = Path::new("no such file");
    let good = Path::new(VECTORS).join("v1.json");
    let output = run(&[&not_json, missing, &other_kind, &good]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output).len(), 27);
    assert_eq!(str::from_utf8(&output.stderr).unwrap().lines().count(), 3);
    assert_eq!(run(&[]).status.code(), Some(2));
}

#[test]
fn a_case_that_cannot_be_read_is_refused_and_the_others_run() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let content = format!(
        r#"{{"kind": "v1", "new": 1, "cases": [1, {{}}, {{"id": "no input"}}, {{"id": "deep", "input": {{"params": {deep}}}}}]}}"#
    );
    let output = run(&[&written("cases.json", &content)]);
    assert!(output.status.success());
    let lines = lines(&output);
    let ids: Vec<_> = lines.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["#0", "#1", "no input", "deep"]);
    assert!(lines.iter().all(|line| line["refused"].as_str().unwrap().starts_with("case cannot be read: ")));
}

#[test]
fn equivalent_tc3_cases_have_the_same_signature() {
    let lines = with_changes(
        "tc3",
        &[
            |_| (),
            |input| input["host"] = json!("CVM.TencentCloudAPI.com"),
            |input| input["service"] = json!("CVM"),
            |input| input["unknown"] = json!([1]),
            |input| {
                let input = input.as_object_mut().unwrap();
                for field in ["token", "region", "language", "path", "unsigned_payload"] {
                    input.remove(field);
                }
            },
            |input| input["content_type"] = json!(" Application/JSON; charset=UTF-8"),
            |input| {
                let content_type = input["content_type"].clone();
                input["signed_headers"] = json!([["HOST", input["host"]], ["content-type", content_type]]);
            },
        ],
    );
    for line in &lines {
        assert!(line["authorization"].is_string() && line == &lines[0], "{line}");
    }
}

#[test]
fn a_host_with_a_port_and_a_gateways_host_are_signed_as_sent() {
    let lines = with_changes(
        "tc3",
        &[
            |input| input["host"] = json!("cvm.tencentcloudapi.com:8443"),
            |input| input["host"] = json!("127.0.0.1:8443"),
            |input| input["host"] = json!("Gateway.example"),
        ],
    );
    for (line, host) in
        lines.iter().zip(["cvm.tencentcloudapi.com:8443", "127.0.0.1:8443", "gateway.example"])
    {
        assert!(line["canonical_request"].as_str().unwrap().contains(&format!("\nhost:{host}\n")));
        assert!(line["string_to_sign"].as_str().unwrap().contains("/cvm/tc3_request"));
    }
}

#[test]
fn extra_signed_headers_are_lower_cased_trimmed_and_sorted() {
    let lines = with_changes(
        "tc3",
        &[|input| {
            input["signed_headers"] = json!([
                ["X-TC-Action", input["action"]],
                ["X-Own", " A  b\t"],
                ["Host", input["host"]],
                ["Content-Type", input["content_type"]],
                ["Accept", "*/*"],
            ]);
        }],
    );
    let canonical = lines[0]["canonical_request"].as_str().unwrap();
    assert!(canonical.contains("\naccept:*/*\ncontent-type:application/json; charset=utf-8\nhost:cvm."));
    assert!(canonical.contains("\nx-own:a  b\nx-tc-action:describeinstances\n\n"));
    assert!(canonical.contains("\naccept;content-type;host;x-own;x-tc-action\n"));
}

fn get(input: &mut Value) {
    input["method"] = json!("GET");
    input["content_type"] = json!("application/x-www-form-urlencoded");
    input["body_utf8"] = Value::Null;
}

#[test]
fn structured_parameters_are_encoded_if_no_query_is_given() {
    let lines = with_changes(
        "tc3",
        &[|input| {
            get(input);
            input["params"] = json!({"A": 1.5, "B": true, "C": null, "D": [], "E": u64::MAX, "F": [{"G": " '()"}], "H": -3});
        }],
    );
    let canonical = lines[0]["canonical_request"].as_str().unwrap();
    let query = "A=1.5&B=true&E=18446744073709551615&F.0.G=%20%27%28%29&H=-3";
    assert_eq!(canonical.split('\n').nth(2), Some(query));
}

#[test]
fn tc3_cases_outside_the_protocol_are_refused() {
    assert_refused(
        "tc3",
        &[
            (|input| input["method"] = json!("PUT"), "method is neither"),
            (|input| input["content_type"] = json!("text/plain"), "content type"),
            (|input| input["content_type"] = json!("application/x-www-form-urlencoded"), "content type"),
            (
                |input| input["content_type"] = json!("multipart/form-data; boundary=aB"),
                "boundary: 'B' is not allowed at byte 1",
            ),
            (|input| input["language"] = json!("fr-FR"), "language"),
            (|input| input["timestamp"] = json!(1_551_113_065_000_u64), "milliseconds"),
            (|input| input["timestamp"] = json!(-1), "cannot be read"),
            (|input| input["timestamp"] = json!(1.5), "cannot be read"),
            (|input| input["timestamp"] = json!("1551113065"), "cannot be read"),
            (|input| input["action"] = Value::Null, "cannot be read"),
            (|input| input["body_base64"] = json!("e30="), "given twice"),
            (|input| input["query"] = json!("a=b"), "no query"),
            (|input| input["secret_key"] = json!("key\n"), "secret key: a line feed"),
            (|input| input["secret_id"] = json!(" id"), "secret id: a space"),
            (|input| input["token"] = json!("a\rb"), "token: a carriage return"),
            (|input| input["token"] = json!(""), "token is empty"),
            (|input| input["host"] = json!("cbs.tencentcloudapi.com"), "another service"),
            (|input| input["signed_headers"] = json!([]), "must contain content-type once"),
            (
                |input| input["signed_headers"] = json!([["content-type", input["content_type"]]]),
                "must contain host once",
            ),
            (
                |input| {
                    let [kind, host] = [&input["content_type"], &input["host"]];
                    input["signed_headers"] =
                        json!([["content-type", kind], ["host", host], ["x-tc-action", "Other"]]);
                },
                "a signed X-TC header differs from the one sent",
            ),
            (
                |input| {
                    get(input);
                    input["query"] = json!("a=b c");
                },
                "query: a space is not allowed at byte 3",
            ),
            (
                |input| {
                    get(input);
                    input["unsigned_payload"] = json!(true);
                },
                "a GET has no body",
            ),
        ],
    );
}

#[test]
fn v1_cases_outside_the_protocol_are_refused() {
    assert_refused(
        "v1",
        &[
            (|input| input["params"]["Nonce"] = json!("0"), "Nonce is not positive"),
            (|input| input["params"]["Nonce"] = json!("-1"), "Nonce is not"),
            (|input| input["params"]["Nonce"] = json!("007"), "Nonce is not"),
            (|input| input["params"]["Nonce"] = json!("18446744073709551616"), "Nonce is not"),
            (|input| input["params"]["Nonce"] = Value::Null, "Nonce is not"),
            (|input| input["params"]["Timestamp"] = json!("1465185768.6"), "Timestamp is not"),
            (|input| input["params"]["Timestamp"] = json!("1465185768000"), "milliseconds"),
            (|input| input["params"]["a_b"] = json!("1"), "'_' is not allowed at byte 1"),
            (|input| input["params"]["Name"] = json!(""), "the value is empty"),
            (|input| input["params"]["Region"] = json!(""), "region is empty"),
            (|input| input["params"]["Language"] = json!("fr"), "language"),
            (|input| input["params"]["Signature"] = json!("x"), "the signer writes this name"),
            (|input| input["params"]["SignatureMethod"] = json!("HmacSHA256"), "SignatureMethod"),
            (|input| input["sign_method"] = json!("HmacMD5"), "SignatureMethod"),
            (|input| input["method"] = json!("PUT"), "method is neither"),
            (|input| input["params"]["Big"] = json!("x".repeat(32 * 1024)), "the service's limit is 32768"),
            (|input| input["path"] = json!("v2"), "path: 'v' is not allowed at byte 0"),
            (|input| input["params"] = json!([]), "params is not an object"),
        ],
    );
}

#[test]
fn a_duplicate_parameter_is_refused() {
    let document = recorded("v1.json");
    let case = document["cases"][0].to_string();
    for twice in [r#""Limit":"20","#, r#""Action":"DescribeInstances","#] {
        let case = case.replacen(r#""params":{"#, &format!(r#""params":{{{twice}"#), 1);
        let content = format!(r#"{{"kind": "v1", "cases": [{case}]}}"#);
        let lines = lines(&run(&[&written("twice.json", &content)]));
        assert!(lines[0]["refused"].is_string(), "{}", lines[0]);
    }
}
