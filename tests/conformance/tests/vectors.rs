//! Compares every recorded case byte for byte, at every step of the signature.
#![allow(clippy::restriction, reason = "a test fails by panicking")]

use conformance::{Case, Document, Kind, Values, tc3, v1};
use reference::{Arena, Tree, verify::decoded};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tc3_core::{Multipart, Part, Query, api};

/// Signs each case, calls `check` with what was computed, and asserts the number of cases.
fn each(kind: Kind, mut check: impl FnMut(&Case<'_>, &Values)) {
    let (json, count) = match kind {
        Kind::Tc3 => (include_str!("../../vectors/tc3.json"), 43),
        Kind::V1 => (include_str!("../../vectors/v1.json"), 27),
    };
    let document = Document::parse(json.as_bytes()).unwrap();
    assert_eq!((document.kind, document.cases().count()), (kind, count));
    for case in document.cases() {
        let computed = match kind {
            Kind::Tc3 => tc3::sign(&case.field("input").unwrap()),
            Kind::V1 => v1::sign(&case.field("input").unwrap()),
        };
        check(&case, &computed.unwrap());
    }
}

/// The recorded values, without those that are null.
fn recorded(case: &Case<'_>) -> Values {
    let mut values: Values = case.field("expect").unwrap();
    values.retain(|_, value| !value.is_null());
    values
}

/// The names of the recorded values that differ, or that are not computed.
fn differing(recorded: &Values, computed: &Values) -> Vec<String> {
    let normalized = |name: &str, value: &Value| match value.as_str() {
        Some(wire) if name.starts_with("wire_") => json!(parameters(wire)),
        _ => value.clone(),
    };
    let differs = |(name, value): &(&String, &Value)| {
        computed.get(*name).is_none_or(|other| normalized(name, other) != normalized(name, value))
    };
    recorded.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// The decoded parameters of a query or form.
fn parameters(form: &str) -> BTreeMap<String, String> {
    let text = |encoded: &str| String::from_utf8(decoded(encoded.as_bytes())).unwrap();
    let pairs = form.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (text(name), text(value))).collect()
}

fn assert_agreement(case: &Case<'_>, computed: &Values) -> usize {
    let recorded = recorded(case);
    if let Some(name) = differing(&recorded, computed).first() {
        let (computed, recorded) = (json!(computed.get(name)), &recorded[name]);
        panic!("{}: {name}\ncomputed {computed:#}\nrecorded {recorded:#}", case.id);
    }
    recorded.len()
}

#[test]
fn every_tc3_case_agrees_at_every_step() {
    let mut values = 0;
    each(Kind::Tc3, |case, computed| values += assert_agreement(case, computed));
    assert_eq!(values, 427, "recorded values");
}

#[test]
fn every_v1_case_agrees_at_every_step() {
    let mut values = 0;
    each(Kind::V1, |case, computed| {
        values += assert_agreement(case, computed);
        let Tree::Object(given) = case.field::<v1::Input>("input").unwrap().params else {
            panic!("{}", case.id)
        };
        let text = |tree| if let Tree::Text(text) = tree { text } else { panic!("{}: {tree:?}", case.id) };
        let mut sent: BTreeMap<_, _> = given.into_iter().map(|(name, tree)| (name, text(tree))).collect();
        sent.insert("Signature".to_owned(), computed["signature"].as_str().unwrap().to_owned());
        assert_eq!(parameters(computed["wire_node"].as_str().unwrap()), sent, "{}", case.id);
    });
    assert_eq!(values, 125, "recorded values");
}

/// Changes the first and then the last character of a recorded string, or of each string of an object.
fn spoiled(value: &Value) -> Vec<Value> {
    if let Some(fields) = value.as_object() {
        let with = |name: &String, value| {
            let mut fields = fields.clone();
            fields.insert(name.clone(), value);
            Value::Object(fields)
        };
        let spoiled_field = |(name, value)| spoiled(value).into_iter().map(move |it| with(name, it));
        return fields.iter().flat_map(spoiled_field).collect();
    }
    let string: Vec<_> = value.as_str().expect("recorded values are strings and objects").chars().collect();
    let with = |at: usize| {
        let mut characters = string.clone();
        characters[at] = if characters[at] == 'x' { 'y' } else { 'x' };
        json!(characters.into_iter().collect::<String>())
    };
    vec![with(0), with(string.len() - 1)]
}

/// Without this, a comparison that leaves out a value would pass.
#[test]
fn a_spoiled_value_of_a_recorded_case_is_reported_by_its_name() {
    let check = |case: &Case<'_>, computed: &Values| {
        for (name, value) in recorded(case) {
            for wrong in spoiled(&value) {
                let mut recorded = recorded(case);
                recorded.insert(name.clone(), wrong.clone());
                assert_eq!(differing(&recorded, computed), [name.as_str()], "{}: {wrong:#}", case.id);
            }
        }
    };
    [Kind::Tc3, Kind::V1].into_iter().for_each(|kind| each(kind, check));
}

#[test]
fn structured_parameters_encode_to_the_query_that_both_sdks_built() {
    let mut seen = 0;
    each(Kind::Tc3, |case, computed| {
        let input: tc3::Input = case.field("input").unwrap();
        let Some(Tree::Object(fields)) = &input.params else { return };
        let arena = Arena::default();
        let query = Query::params(arena.params(fields)).unwrap().to_string();
        assert_eq!(Some(&query), input.query.as_ref(), "{}", case.id);

        let mut structured = input.clone();
        structured.query = None;
        assert_eq!(tc3::sign(&structured).unwrap(), *computed, "{}", case.id);
        seen += 1;
    });
    assert_eq!(seen, 10);
}

#[test]
fn nested_and_flat_v1_parameters_have_the_same_signature() {
    let mut seen = 0;
    each(Kind::V1, |case, computed| {
        let flat: v1::Input = case.field("input").unwrap();
        let (Some(Tree::Object(nested)), Tree::Object(all)) = (&flat.api_params, &flat.params) else {
            return;
        };
        let is_action = |name: &str| {
            nested.iter().any(|(outer, _)| name.split('.').next() == Some(outer.as_str()) || name == outer)
        };
        let common = all.iter().filter(|(name, _)| !is_action(name));
        let mut structured = flat.clone();
        structured.params = Tree::Object(nested.iter().chain(common).cloned().collect());
        assert_eq!(v1::sign(&structured).unwrap(), *computed, "{}", case.id);
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
    let forms = [("multipart-text", "58731222010402", python), ("multipart-file", node_boundary, node)];
    let mut seen = Vec::new();
    each(Kind::Tc3, |case, _| {
        let Some((id, boundary, parts)) = forms.iter().find(|(id, ..)| *id == case.id) else { return };
        let body = case.field::<tc3::Input>("input").unwrap().body().unwrap();
        let call = api!("cvm", "2017-03-12").action("DescribeInstances");
        let request = call.multipart(Multipart::new(boundary, parts).unwrap()).unwrap();
        assert_eq!(request.body().flatten().copied().collect::<Vec<_>>(), body, "{id}");
        seen.push(*id);
    });
    seen.sort_unstable();
    assert_eq!(seen, ["multipart-file", "multipart-text"]);
}

#[test]
fn names_are_escaped_as_browsers_do() {
    let part = Part {
        content_type: Some("a/b; c=\"d\\\""),
        ..Part::file("\"\r\n", "C:\\my \"re\nport\".pdf\"", b"\"\n")
    };
    let (parts, call) = ([part], api!("cvm", "2017-03-12").action("Upload"));
    let request = call.multipart(Multipart::new("b", &parts).unwrap()).unwrap();
    let body = b"--b\r\nContent-Disposition: form-data; name=\"%22%0D%0A\"; filename=\"C:\\my %22re%0Aport%22.pdf%22\"\r\n\
        Content-Type: a/b; c=\"d\\\"\r\n\r\n\"\n\r\n--b--\r\n";
    assert_eq!(
        request.body().flatten().copied().collect::<Vec<_>>().escape_ascii().to_string(),
        body.escape_ascii().to_string()
    );
}

#[test]
fn every_genuine_sample_of_the_documents_is_reproduced_as_printed() {
    let lines = include_str!("printed.txt").lines().filter(|line| !line.starts_with('#'));
    let samples: Vec<_> = lines.map(|line| line.split_once(' ').unwrap()).collect();
    let mut found = Vec::new();
    let mut check = |case: &Case<'_>, computed: &Values| {
        for (id, printed) in samples.iter().filter(|(id, _)| *id == case.id) {
            let (start, end) = printed.split_once('…').unwrap_or((printed, ""));
            let is_printed = |value: &str| value.starts_with(start) && value.ends_with(end);
            let is_computed = computed.values().filter_map(Value::as_str).any(is_printed);
            assert!(is_computed, "{id}: {printed} is none of {computed:#?}");
            found.push(*printed);
        }
    };
    [Kind::Tc3, Kind::V1].into_iter().for_each(|kind| each(kind, &mut check));
    assert_eq!((found.len(), samples.len()), (15, 15), "found {found:?}");
}
