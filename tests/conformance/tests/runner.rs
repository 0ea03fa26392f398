//! Tests the runner: unusual cases, malformed files, and that it reads only `input`.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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
    let vectors = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors"));
    serde_json::from_slice(&fs::read(vectors.join(name)).unwrap()).unwrap()
}

/// The runner's line for the first recorded case of a kind with other fields of the input.
fn changed(kind: &str, test: &str, fields: &Value) -> Value {
    let mut case = recorded(&format!("{kind}.json"))["cases"][0].clone();
    change(&mut case["input"], fields);
    let content = json!({ "kind": kind, "cases": [case] }).to_string();
    let output = run(&[&written(&format!("{kind}-{test}.json"), &content)]);
    assert_eq!(output.status.code(), Some(0), "{fields}");
    lines(&output).remove(0)
}

fn change(input: &mut Value, fields: &Value) {
    for (name, value) in fields.as_object().unwrap() {
        match value {
            Value::Object(inner) if name == "params" && !inner.is_empty() => change(&mut input[name], value),
            value => input[name] = value.clone(),
        }
    }
}

/// The changes that make a GET of the case, with another field.
fn get(name: &str, value: Value) -> Value {
    let content_type = "application/x-www-form-urlencoded";
    json!({ "method": "GET", "content_type": content_type, "body_utf8": null, name: value })
}

#[test]
fn each_case_prints_one_line_with_the_expected_strings_which_are_not_read() {
    for (name, fields) in [
        ("tc3.json", &["canonical_request", "string_to_sign", "authorization"][..]),
        ("v1.json", &["string_to_sign", "signature"]),
    ] {
        let document = recorded(name);
        let mut bare = document.clone();
        for case in bare["cases"].as_array_mut().unwrap() {
            case.as_object_mut().unwrap().retain(|field, _| field == "id" || field == "input");
        }
        let output = run(&[&written(&format!("bare-{name}"), &bare.to_string())]);
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
        let expected = document["cases"].as_array().unwrap().iter().map(|case| {
            let mut line = json!({ "id": case["id"] });
            fields.iter().for_each(|field| line[field] = case["expect"][field].clone());
            line
        });
        assert_eq!(lines(&output), expected.collect::<Vec<_>>());
    }
}

#[test]
fn a_file_or_a_case_that_cannot_be_read_is_reported_and_the_others_run() {
    let not_json = written("not.json", "{\"kind\": \"tc3\", \"cases\": [");
    let other_kind = written("kind.json", r#"{"kind": "v2", "cases": []}"#);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases =
        format!(r#"[1, {{}}, {{"id": "no input"}}, {{"id": "deep", "input": {{"params": {deep}}}}}]"#);
    let cases = written("cases.json", &format!(r#"{{"kind": "v1", "new": 1, "cases": {cases}}}"#));
    let output = run(&[&not_json, Path::new("no such file"), &other_kind, &cases]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(str::from_utf8(&output.stderr).unwrap().lines().count(), 3);
    let lines = lines(&output);
    let ids: Vec<_> = lines.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["#0", "#1", "no input", "deep"]);
    for line in lines {
        assert!(line["refused"].as_str().unwrap().starts_with("case cannot be read: "), "{line}");
    }
    assert_eq!(run(&[]).status.code(), Some(2));
}

#[test]
fn equivalent_cases_have_the_same_signature() {
    let content_type = " Application/JSON; charset=UTF-8";
    let headers = |order: [usize; 4]| {
        let headers = [
            ["HOST", "cvm.tencentcloudapi.com"],
            ["Content-Type", content_type],
            ["x-tc-action", "DescribeInstances"],
            ["X-Own", " A  b\t"],
        ];
        json!({ "signed_headers": order.map(|at| headers[at]) })
    };
    let params = json!({ "A": 1.5, "C": null, "D": [], "E": u64::MAX, "F": [{ "G": " '()" }] });
    let query = json!("A=1.5&E=18446744073709551615&F.0.G=%20%27%28%29");
    for (one, other) in [
        (json!({}), json!({ "unknown": [1], "token": null, "content_type": content_type })),
        (headers([0, 1, 2, 3]), headers([3, 2, 1, 0])),
        (get("params", params), get("query", query)),
    ] {
        let (line, same) = (changed("tc3", "equivalent", &one), changed("tc3", "equivalent", &other));
        assert!(line["authorization"].is_string(), "{one}: {line}");
        assert_eq!(line, same, "{one} and {other}");
    }
}

#[test]
fn cases_outside_the_protocol_are_refused() {
    let kind = ["content-type", "application/json; charset=utf-8"];
    let host = ["host", "cvm.tencentcloudapi.com"];
    let param = |name: &str, value: Value| json!({ "params": { name: value } });
    for (signature, fields, reason) in [
        ("tc3", json!({ "method": "PUT" }), "method is neither"),
        ("tc3", json!({ "content_type": "text/plain" }), "content type"),
        ("tc3", json!({ "language": "fr-FR" }), "language"),
        ("tc3", json!({ "timestamp": -1 }), "cannot be read"),
        ("tc3", json!({ "body_base64": "e30=" }), "given twice"),
        ("tc3", json!({ "query": "a=b" }), "no query"),
        ("tc3", json!({ "signed_headers": [kind] }), "signed_headers"),
        ("tc3", json!({ "signed_headers": [kind, host, host] }), "signed_headers"),
        ("tc3", json!({ "signed_headers": [kind, host, ["x-tc-action", "Other"]] }), "signed_headers"),
        ("tc3", get("unsigned_payload", json!(true)), "a GET has no body"),
        ("v1", param("Nonce", json!("0")), "Nonce is not positive"),
        ("v1", param("Nonce", json!("007")), "Nonce is not a decimal number"),
        ("v1", json!({ "sign_method": "HmacMD5" }), "SignatureMethod"),
        ("v1", json!({ "params": [] }), "params is not an object"),
    ] {
        let line = changed(signature, "refused", &fields);
        let refused = line["refused"].as_str().unwrap_or_default();
        assert!(refused.contains(reason), "{fields} is not refused because of {reason:?}: {line}");
    }
}
