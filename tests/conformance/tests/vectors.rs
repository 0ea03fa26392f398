//! Compares every recorded case byte for byte, at every step of the signature.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conformance::{Arena, Case, Document, Kind, Tree, tc3, v1};
use serde::Deserialize;
use std::collections::BTreeMap;
use tc3_core::{Credentials, HashedPayload, Multipart, Part, Query, Signer, Timestamp, api};

const TC3: &str = include_str!("../../vectors/tc3.json");
const V1: &str = include_str!("../../vectors/v1.json");

/// The number of cases in each file: a file that lost some fails.
const TC3_CASES: usize = 43;
const V1_CASES: usize = 27;

/// Calls `check` with each case, and asserts their number.
fn each(json: &str, kind: Kind, count: usize, check: impl FnMut(&Case<'_>)) {
    let document = Document::parse(json.as_bytes()).unwrap();
    assert_eq!(document.kind, kind);
    let cases: Vec<_> = document.cases().collect();
    assert_eq!(cases.len(), count);
    cases.iter().for_each(check);
}

#[derive(Deserialize)]
struct Tc3Expect {
    hashed_payload: String,
    canonical_request: String,
    hashed_canonical_request: String,
    date: String,
    credential_scope: String,
    string_to_sign: String,
    signing_key_hex: String,
    signature: String,
    authorization: String,
    headers: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct V1Expect {
    string_to_sign: String,
    signature: String,
    signature_urlencoded: String,
    wire_python: Option<String>,
    wire_node: Option<String>,
}

#[test]
fn every_tc3_case_agrees_at_every_step() {
    each(TC3, Kind::Tc3, TC3_CASES, |case| {
        let expect: Tc3Expect = case.expect().unwrap();
        let input: tc3::Input = case.input().unwrap();
        let output = tc3::sign(&input).unwrap();
        let id = &case.id;

        assert_eq!(output.canonical_request, expect.canonical_request, "{id}");
        let payload = output.canonical_request.rsplit('\n').next();
        assert_eq!(payload, Some(expect.hashed_payload.as_str()), "{id}");

        assert_eq!(output.string_to_sign, expect.string_to_sign, "{id}");
        let lines: Vec<_> = output.string_to_sign.split('\n').collect();
        let [_, _, scope, hashed_canonical_request] = lines[..] else { panic!("{id}") };
        assert_eq!(scope, expect.credential_scope, "{id}");
        assert_eq!(scope.split('/').next(), Some(expect.date.as_str()), "{id}");
        assert_eq!(hashed_canonical_request, expect.hashed_canonical_request, "{id}");

        assert_eq!(hex(&output.signing_key), expect.signing_key_hex, "{id}");
        assert_eq!(output.authorization, expect.authorization, "{id}");
        let signature = output.authorization.split("Signature=").nth(1);
        assert_eq!(signature, Some(expect.signature.as_str()), "{id}");
    });
}

#[test]
fn the_headers_sent_are_those_of_the_sdks_and_content_length() {
    each(TC3, Kind::Tc3, TC3_CASES, |case| {
        let Some(expected) = case.expect::<Tc3Expect>().unwrap().headers else { return };
        let mut sent: BTreeMap<_, _> =
            tc3::sign(&case.input().unwrap()).unwrap().headers.into_iter().collect();
        sent.remove("Content-Length");
        assert_eq!(sent, expected, "{}", case.id);
    });
}

#[test]
fn structured_parameters_encode_to_the_query_that_both_sdks_built() {
    let mut seen = 0;
    each(TC3, Kind::Tc3, TC3_CASES, |case| {
        let input: tc3::Input = case.input().unwrap();
        let Some(Tree::Object(fields)) = &input.params else { return };
        let arena = Arena::default();
        let query = Query::params(arena.params(fields)).unwrap().to_string();
        assert_eq!(Some(&query), input.query.as_ref(), "{}", case.id);

        let mut structured = input.clone();
        structured.query = None;
        assert_eq!(tc3::sign(&structured).unwrap(), tc3::sign(&input).unwrap(), "{}", case.id);
        seen += 1;
    });
    assert_eq!(seen, 10);
}

#[test]
fn every_v1_case_agrees_in_string_to_sign_and_signature() {
    each(V1, Kind::V1, V1_CASES, |case| {
        let expect: V1Expect = case.expect().unwrap();
        let output = v1::sign(&case.input().unwrap()).unwrap();
        assert_eq!(output.string_to_sign, expect.string_to_sign, "{}", case.id);
        assert_eq!(output.signature, expect.signature, "{}", case.id);
        let sent = output.wire.split("Signature=").nth(1);
        assert_eq!(sent, Some(expect.signature_urlencoded.as_str()), "{}", case.id);
    });
}

#[test]
fn the_wire_form_decodes_to_the_parameters_and_the_signature_as_those_of_both_sdks() {
    each(V1, Kind::V1, V1_CASES, |case| {
        let expect: V1Expect = case.expect().unwrap();
        let input: v1::Input = case.input().unwrap();
        let wire = decoded(&v1::sign(&input).unwrap().wire);

        let Tree::Object(fields) = input.params else { panic!("{}", case.id) };
        let mut given: BTreeMap<_, _> = fields.into_iter().map(|(name, tree)| (name, string(tree))).collect();
        given.insert("Signature".to_owned(), expect.signature);
        assert_eq!(wire, given, "{}", case.id);
        for other in [expect.wire_python, expect.wire_node].into_iter().flatten() {
            assert_eq!(decoded(&other), wire, "{}", case.id);
        }
    });
}

#[test]
fn nested_and_flat_v1_parameters_have_the_same_signature() {
    let mut seen = 0;
    each(V1, Kind::V1, V1_CASES, |case| {
        let flat: v1::Input = case.input().unwrap();
        let (Some(Tree::Object(nested)), Tree::Object(all)) = (&flat.api_params, &flat.params) else {
            return;
        };
        let is_action = |name: &str| {
            nested.iter().any(|(outer, _)| name.split('.').next() == Some(outer.as_str()) || name == outer)
        };
        let common = all.iter().filter(|(name, _)| !is_action(name));
        let params = Tree::Object(nested.iter().chain(common).cloned().collect());
        let mut structured = flat.clone();
        structured.params = params;
        assert_eq!(v1::sign(&structured).unwrap(), v1::sign(&flat).unwrap(), "{}", case.id);
        seen += 1;
    });
    assert_eq!(seen, 22);
}

#[test]
fn multipart_parts_encode_to_the_bodies_of_both_sdks() {
    let python = [Part::text("Offset", "0"), Part::text("Limit", "10")];
    let data = Part { content_type: Some("application/octet-stream"), ..Part::text("Data", "") };
    let node = [Part::text("Name", "文件"), Part { data: b"\0\x01\xff\r\n--x", ..data }];
    let node_boundary = "--------------------------515890814546601021194782";
    for (id, boundary, parts) in
        [("multipart-text", "58731222010402", python), ("multipart-file", node_boundary, node)]
    {
        let mut seen = 0;
        each(TC3, Kind::Tc3, TC3_CASES, |case| {
            if case.id != id {
                return;
            }
            seen += 1;
            let body = case.input::<tc3::Input>().unwrap().body().unwrap();
            let form = Multipart::new(boundary, &parts).unwrap();
            let call = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");
            let request = call.multipart(form).unwrap();
            assert_eq!(request.body().flatten().copied().collect::<Vec<_>>(), body, "{id}");
            assert_eq!(request.body_len(), HashedPayload::of(&body).len(), "{id}");

            let expect: Tc3Expect = case.expect().unwrap();
            let id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
            let mut signer = Signer::new(Credentials::new(id, "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE").unwrap());
            let signed = signer.sign(&request, Timestamp::from_unix(1_551_113_065).unwrap());
            assert_eq!(signed.authorization().to_string(), expect.authorization);
        });
        assert_eq!(seen, 1);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn string(tree: Tree) -> String {
    match tree {
        Tree::Text(string) => string,
        other => panic!("{other:?}"),
    }
}

fn decoded(form: &str) -> BTreeMap<String, String> {
    let pairs = form.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (percent_decoded(name), percent_decoded(value))).collect()
}

fn percent_decoded(encoded: &str) -> String {
    let mut bytes = encoded.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(core::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(out).unwrap()
}
