//! The envelope's scan against hand-written cases and against `serde_json` as a second opinion.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "response/bodies.rs"]
mod bodies;

use bodies::{Bodies, Told};
use serde_json::{Value, value::RawValue};
use tc3_core::response::{Answer, Field, MAX_DEPTH, Malformed, Reason, parse};

fn told(answer: Answer<'_>) -> Told {
    let request_id = answer.request_id().map(|id| id.to_string());
    let failure = match answer {
        Answer::Success { .. } => None,
        Answer::Failure(failure) => Some((failure.code.to_string(), failure.message.to_string())),
    };
    Told { failure, request_id }
}

fn success(request_id: &str) -> Told {
    Told { failure: None, request_id: Some(request_id.into()) }
}

fn failure(code: &str, message: &str) -> Told {
    Told { failure: Some((code.into(), message.into())), request_id: None }
}

#[test]
fn only_the_envelopes_own_fields_count() {
    let id = |id| Told { failure: None, request_id: id };
    let cases = [
        (r#"{"Response":{"RequestId":"r"}}"#, success("r")),
        (r#"{"Response":{}}"#, id(None)),
        (r#"{"Response":{"RequestId":null,"Error":null}}"#, id(None)),
        ("\t{ \"Response\"\r\n:\n{ \"RequestId\" : \"r\" } }\n", success("r")),
        // The product's own fields of the same names, at every other place.
        (r#"{"Error":{"Code":"x"},"Code":1,"RequestId":2,"Response":{"RequestId":"r"}}"#, success("r")),
        (r#"{"Response":{"RequestId":"r"},"Error":{"Code":"x"},"Message":[]}"#, success("r")),
        (
            r#"{"Response":{"Code":1,"Message":2,"Response":{"Error":{"Code":"x"}},"RequestId":"r"}}"#,
            success("r"),
        ),
        (r#"{"Response":{"A":{"Error":{"Code":"x"},"RequestId":"y"},"RequestId":"r"}}"#, success("r")),
        (r#"{"Response":{"A":[{"RequestId":1,"RequestId":2},{"Error":{}}],"RequestId":"r"}}"#, success("r")),
        (r#"{"A":{"Response":{"Error":{"Code":"x"}}},"Response":{"RequestId":"r"}}"#, success("r")),
        (r#"{"A":[{"Response":[]}],"Response":{"RequestId":"r"}}"#, success("r")),
        (r#"{"Response":{"error":{"Code":"x"},"Errors":1,"Erro":2,"":3,"RequestId":"r"}}"#, success("r")),
        (r#"{"Response":{"A":"\"Error\":{\"Code\":\"x\"}","RequestId":"r"}}"#, success("r")),
        // Failures.
        (r#"{"Response":{"Error":{"Code":"c","Message":"m"}}}"#, failure("c", "m")),
        (r#"{"Response":{"Error":{"Message":"m","Code":"c"},"A":1}}"#, failure("c", "m")),
        (r#"{"Response":{"Error":{"Code":"c"}}}"#, failure("c", "")),
        (r#"{"Response":{"Error":{"Code":"","Message":null}}}"#, failure("", "")),
        (
            r#"{"Response":{"Error":{"A":{"Code":1},"RequestId":3,"Error":[],"Code":"c","Message":"m"}}}"#,
            failure("c", "m"),
        ),
        (r#"{"Response":{"Error":{"Code":"c","A":[[{"Message":"x"}]],"Message":"m"}}}"#, failure("c", "m")),
        // Escapes, in keys and in values.
        (r#"{"\u0052esponse":{"Err\u006fr":{"\u0043ode":"\u0063","Messag\u0065":"m"}}}"#, failure("c", "m")),
        (
            r#"{"Response":{"Error":{"Code":"c","Message":"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDe00é😀"}}}"#,
            failure("c", "\"\\/\u{8}\u{c}\n\r\té😀é😀"),
        ),
        (
            r#"{"Response":{"Error":{"Code":"\ud83d","Message":"\udc00\ud83d\ud83d\ude00\ud83d\u0041"}}}"#,
            failure("\u{fffd}", "\u{fffd}\u{fffd}😀\u{fffd}A"),
        ),
        // Every shape of number and word.
        (
            r#"{"Response":{"A":[0,-0,1,-12,0.5,-0.05,1e5,1E+5,1.5e-05,true,false,null,{},[],""],"RequestId":"r"}}"#,
            success("r"),
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(parse(body.as_bytes()).map(told), Ok(expected), "{body}");
    }
}

#[test]
fn each_malformed_body_is_refused_at_the_byte_to_blame() {
    // `^` stands before that byte.
    let cases: &[(&[u8], Reason)] = &[
        (b"^[]", Reason::NotEnvelope),
        (b" ^\"Response\"", Reason::NotEnvelope),
        (b"\n^<html><body>502 Bad Gateway</body></html>", Reason::NotEnvelope),
        (b"^\xef\xbb\xbf{\"Response\":{}}", Reason::NotEnvelope),
        (b"^data: {\"Response\":{}}", Reason::NotEnvelope),
        (b"{^}", Reason::NotEnvelope),
        (br#"{"code":0,"message":""^}"#, Reason::NotEnvelope),
        (br#"{"A":{"Response":{}} ^}"#, Reason::NotEnvelope),
        (br#"{"Response":^null}"#, Reason::WrongType(Field::Response)),
        (br#"{"Response":^[]}"#, Reason::WrongType(Field::Response)),
        (br#"{"Response":{"Error":^"no"}}"#, Reason::WrongType(Field::Error)),
        (br#"{"Response":{"Error":^[{}]}}"#, Reason::WrongType(Field::Error)),
        (br#"{"Response":{"Error":^false}}"#, Reason::WrongType(Field::Error)),
        (br#"{"Response":{"RequestId":^7}}"#, Reason::WrongType(Field::RequestId)),
        (br#"{"Response":{"RequestId":^{}}}"#, Reason::WrongType(Field::RequestId)),
        (br#"{"Response":{"Error":{"Code":^-1}}}"#, Reason::WrongType(Field::Code)),
        (
            br#"{"Response":{"Error":{"Code":"c","Message":^{"Code":"x"}}}}"#,
            Reason::WrongType(Field::Message),
        ),
        (br#"{"Response":{"Error":{^}}}"#, Reason::NoCode),
        (br#"{"Response":{"Error":{"Code":null,"Message":"m"^}}}"#, Reason::NoCode),
        (br#"{"Response":{},^"Response":{}}"#, Reason::Duplicate(Field::Response)),
        (br#"{"Response":{"Error":null, ^"Err\u006fr":{"Code":"c"}}}"#, Reason::Duplicate(Field::Error)),
        (br#"{"Response":{"RequestId":"a",^"RequestId":"a"}}"#, Reason::Duplicate(Field::RequestId)),
        (br#"{"Response":{"Error":{"Code":"a",^"Code":"b"}}}"#, Reason::Duplicate(Field::Code)),
        (br#"{"Response":{"Error":{"Message":null,^"Message":"b"}}}"#, Reason::Duplicate(Field::Message)),
        (br#"{"Response":{}}^}"#, Reason::Trailing),
        (b"{\"Response\":{}}\n^{\"Response\":{}}", Reason::Trailing),
        (b"{\"Response\":{}} ^\0", Reason::Trailing),
        // RFC 8259, structure.
        (br#"{^,"Response":{}}"#, Reason::Syntax(b',')),
        (br#"{"Response":{},^}"#, Reason::Syntax(b'}')),
        (br#"{"Response":{"a":[1,^]}}"#, Reason::Syntax(b']')),
        (br#"{"Response":{"a":[^,1]}}"#, Reason::Syntax(b',')),
        (br#"{"Response":{"a":[1 ^2]}}"#, Reason::Syntax(b'2')),
        (br#"{"Response":{"a":[1^}}}"#, Reason::Syntax(b'}')),
        (br#"{"Response":{"a":1^]}"#, Reason::Syntax(b']')),
        (br#"{"Response":{"a":[^}]}}"#, Reason::Syntax(b'}')),
        (br#"{"Response":{^]}}"#, Reason::Syntax(b']')),
        (br#"{"Response":{"a":[1^:2]}}"#, Reason::Syntax(b':')),
        (br#"{"Response":{"a"^,1}}"#, Reason::Syntax(b',')),
        (br#"{"Response":{"a":^}}"#, Reason::Syntax(b'}')),
        (br#"{"Response":{"a":1^"b":2}}"#, Reason::Syntax(b'"')),
        (br#"{"Response":{^a:1}}"#, Reason::Syntax(b'a')),
        (br#"{"Response":{^'a':1}}"#, Reason::Syntax(b'\'')),
        (br#"{"Response":^x}"#, Reason::Syntax(b'x')),
        (br#"{"Response"^={}}"#, Reason::Syntax(b'=')),
        (b"{\"Response\":{^\x0c}}", Reason::Syntax(0x0c)),
        (b"{\"Response\":{^\xa0}}", Reason::Syntax(0xa0)),
        (br#"{"Response":{"a":1 ^/* b */}}"#, Reason::Syntax(b'/')),
        // Words and numbers.
        (br#"{"Response":{"a":tr^oe}}"#, Reason::Syntax(b'o')),
        (br#"{"Response":{"a":nul^}}"#, Reason::Syntax(b'}')),
        (br#"{"Response":{"a":null^s}}"#, Reason::Syntax(b's')),
        (br#"{"Response":{"a":^True}}"#, Reason::Syntax(b'T')),
        (br#"{"Response":{"a":^NaN}}"#, Reason::Syntax(b'N')),
        (br#"{"Response":{"Error":n^o}}"#, Reason::Syntax(b'o')),
        (br#"{"Response":{"a":0^1}}"#, Reason::Syntax(b'1')),
        (br#"{"Response":{"a":-^}}"#, Reason::Syntax(b'}')),
        (br#"{"Response":{"a":-^-1}}"#, Reason::Syntax(b'-')),
        (br#"{"Response":{"a":-^Infinity}}"#, Reason::Syntax(b'I')),
        (br#"{"Response":{"a":^+1}}"#, Reason::Syntax(b'+')),
        (br#"{"Response":{"a":^.5}}"#, Reason::Syntax(b'.')),
        (br#"{"Response":{"a":1.^}}"#, Reason::Syntax(b'}')),
        (br#"{"Response":{"a":1.^e5}}"#, Reason::Syntax(b'e')),
        (br#"{"Response":{"a":1.5^.5}}"#, Reason::Syntax(b'.')),
        (br#"{"Response":{"a":1e^}}"#, Reason::Syntax(b'}')),
        (br#"{"Response":{"a":1e+^-5}}"#, Reason::Syntax(b'-')),
        (br#"{"Response":{"a":1e5^.0}}"#, Reason::Syntax(b'.')),
        (br#"{"Response":{"a":0^x10}}"#, Reason::Syntax(b'x')),
        // Strings.
        (b"{\"Response\":{\"a\":\"^\n\"}}", Reason::Syntax(b'\n')),
        (b"{\"Response\":{\"a^\0\":1}}", Reason::Syntax(0)),
        (b"{\"Response\":{\"a\":\"\\^\x1f\"}}", Reason::Syntax(0x1f)),
        (br#"{"Response":{"a":"\^x41"}}"#, Reason::Syntax(b'x')),
        (br#"{"Response":{"a":"\u00^g0"}}"#, Reason::Syntax(b'g')),
        (br#"{"Response":{"a":"\ud83d\u12^"}}"#, Reason::Syntax(b'"')),
        (br#"{"Response":{"a":"\ud83d\^x"}}"#, Reason::Syntax(b'x')),
        (b"{\"Response\":{\"a\":\"^\x80\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"a\":\"\xc3^\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"a\":\"^\xc0\x80\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"^\xc1\xbf\":1}}", Reason::NotUtf8),
        (b"{\"Response\":{\"a\":\"\xe0^\x9f\xbf\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"a\":\"\xed^\xa0\x80\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"a\":\"\xe4\xb8^x\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"a\":\"\xf0^\x8f\xbf\xbf\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"a\":\"\xf4^\x90\x80\x80\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"a\":\"^\xf5\x80\x80\x80\"}}", Reason::NotUtf8),
        (b"{\"Response\":{\"Error\":{\"Code\":\"^\xff\"}}}", Reason::NotUtf8),
    ];
    for (marked, reason) in cases {
        let at = marked.iter().position(|byte| *byte == b'^').unwrap();
        let body = [&marked[..at], &marked[at + 1..]].concat();
        let expected = Malformed { at, reason: *reason };
        assert_eq!(parse(&body), Err(expected), "{}", body.escape_ascii());
    }
}

#[test]
fn every_character_of_unicode_is_read_back_raw_and_escaped() {
    for character in '\0'..=char::MAX {
        let mut units = [0; 2];
        let escaped: String =
            character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let raw = if character < ' ' || "\"\\".contains(character) { 'x' } else { character };
        let body = format!(r#"{{"Response":{{"Error":{{"Code":"{raw}","Message":"{escaped}"}}}}}}"#);
        let expected = failure(raw.encode_utf8(&mut [0; 4]), character.encode_utf8(&mut [0; 4]));
        assert_eq!(parse(body.as_bytes()).map(told), Ok(expected), "U+{:04X}", u32::from(character));
    }
}

#[test]
fn nesting_is_refused_one_past_the_limit() {
    let nested = |open: &str, close: &str, levels: usize| {
        format!(r#"{{"Response":{{"RequestId":"r","a":{}0{}}}}}"#, open.repeat(levels), close.repeat(levels))
    };
    for (open, close, per) in [("[", "]", 1), (r#"{"a":"#, "}", 1), (r#"[{"a":"#, "}]", 2)] {
        let body = nested(open, close, (MAX_DEPTH - 2) / per);
        assert_eq!(parse(body.as_bytes()).map(told), Ok(success("r")));
    }
    let body = nested("[", "]", MAX_DEPTH - 1);
    let at = body.rfind('[').unwrap();
    assert_eq!(parse(body.as_bytes()), Err(Malformed { at, reason: Reason::TooDeep }));
    let body = "{\"Response\":".to_owned() + &"[".repeat(100_000);
    assert_eq!(parse(body.as_bytes()).unwrap_err().reason, Reason::WrongType(Field::Response));
}

/// A prefix is truncated, unless only white space is missing.
fn every_prefix_of(body: &[u8]) {
    let whole = parse(body).unwrap();
    let complete = body.trim_ascii_end().len();
    for cut in 0..body.len() {
        let expected =
            if cut < complete { Err(Malformed { at: cut, reason: Reason::Truncated }) } else { Ok(whole) };
        assert_eq!(parse(&body[..cut]), expected, "{}", body[..cut].escape_ascii());
    }
}

#[test]
fn every_prefix_of_an_answer_is_truncated_and_never_another_answer() {
    for body in [
        r#"{"Response":{"RequestId":"b5b41468-520d-4192-b42f-595cc34b6c1c"}}"#,
        r#" {"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"签名 \ud83d\ude00 😀 \"\\"},"RequestId":"r"}}  "#,
        r#"{"Response":{"a":[-1.5e+10,true,false,null,[],{},"é"],"Error":null,"RequestId":null},"b":0}"#,
    ] {
        every_prefix_of(body.as_bytes());
    }
    let mut bodies = Bodies::from_seed(7);
    for _ in 0..300 {
        every_prefix_of(bodies.body().0.as_bytes());
    }
}

/// What `serde_json`'s tree says about a body; `None` where the tree does not have the envelope's shape.
fn told_by(tree: &Value) -> Option<Told> {
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    };
    let response = tree.get("Response")?.as_object()?;
    let failure = match response.get("Error") {
        None | Some(Value::Null) => None,
        Some(error) => {
            let error = error.as_object()?;
            Some((text(error.get("Code"))??, text(error.get("Message"))?.unwrap_or_default()))
        }
    };
    Some(Told { failure, request_id: text(response.get("RequestId"))? })
}

#[test]
fn twenty_thousand_generated_answers_read_as_they_were_written() {
    const SEED: u64 = 0x7463_3301;
    let mut bodies = Bodies::from_seed(SEED);
    let (mut failures, mut second_opinions) = (0, 0);
    for round in 0..20_000 {
        let (body, expected) = bodies.body();
        assert_eq!(
            parse(body.as_bytes()).map(told),
            Ok(expected.clone()),
            "seed {SEED} round {round}: {body}"
        );
        serde_json::from_str::<&RawValue>(&body).expect("the generator writes JSON");
        // The tree takes neither half surrogate pairs nor numbers beyond an f64; the grammar does.
        if let Ok(tree) = serde_json::from_str(&body) {
            assert_eq!(told_by(&tree).as_ref(), Some(&expected), "seed {SEED} round {round}: {body}");
            second_opinions += 1;
        }
        failures += usize::from(expected.failure.is_some());
    }
    assert!((5_000..15_000).contains(&failures), "{failures} failures");
    assert!(second_opinions > 10_000, "{second_opinions} second opinions");
}

#[test]
fn sixty_thousand_damaged_answers_are_accepted_or_refused_as_the_grammar_says() {
    const SEED: u64 = 0x7463_3302;
    let mut bodies = Bodies::from_seed(SEED);
    let [mut accepted, mut misshapen, mut refused] = [0; 3];
    for round in 0..60_000 {
        let body = bodies.damaged();
        let context = || format!("seed {SEED} round {round}: {}", body.escape_ascii());
        let grammar = serde_json::from_slice::<&RawValue>(&body);
        let tree = serde_json::from_slice(&body).ok();
        match parse(&body) {
            Ok(answer) => {
                accepted += 1;
                assert!(grammar.is_ok(), "accepted what is not JSON, {}", context());
                assert!(tree.is_none_or(|tree| told_by(&tree) == Some(told(answer))), "{}", context());
            }
            Err(Malformed { at, reason }) => match reason {
                Reason::Truncated | Reason::Syntax(_) | Reason::NotUtf8 | Reason::Trailing => {
                    refused += 1;
                    assert!(grammar.is_err(), "refused JSON, {reason:?} at {at}, {}", context());
                }
                _ => {
                    misshapen += 1;
                    assert!(
                        tree.is_none_or(|tree| told_by(&tree).is_none()),
                        "{reason:?} at {at}, {}",
                        context()
                    );
                }
            },
        }
    }
    let counts = [accepted, misshapen, refused];
    assert!(counts.iter().all(|count| *count > 1_000), "{counts:?}");
}
