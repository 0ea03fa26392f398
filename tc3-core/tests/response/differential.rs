//! Compares the parser with `serde_json`, over random answers and randomly damaged ones.

use crate::{
    bodies::{Bodies, Content},
    content,
};
use serde_json::{Value, value::RawValue};
use tc3_core::response::{Malformed, Reason, parse};

/// The content of a tree of `serde_json`; `None` if the tree does not have the envelope's shape.
fn content_of(tree: &Value) -> Option<Content> {
    let string = |value: Option<&Value>| match value {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(string)) => Some(Some(string.clone())),
        Some(_) => None,
    };
    let response = tree.get("Response")?.as_object()?;
    let failure = match response.get("Error") {
        None | Some(Value::Null) => None,
        Some(error) => {
            let error = error.as_object()?;
            Some((string(error.get("Code"))??, string(error.get("Message"))?.unwrap_or_default()))
        }
    };
    Some(Content { failure, request_id: string(response.get("RequestId"))? })
}

#[test]
fn utf8_is_accepted_exactly_where_the_standard_library_accepts_it() {
    const EDGES: [u8; 10] = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    const TAILS: [u8; 4] = [0x41, 0x80, 0xbf, 0xc0];
    for lead in 0x80..=0xff {
        for second in EDGES {
            for third in TAILS {
                for fourth in TAILS {
                    let sequence = [lead, second, third, fourth];
                    let body = [br#"{"Response":{"a":""#.as_slice(), &sequence, br#""}}"#].concat();
                    let expected = str::from_utf8(&body).map(drop).map_err(|error| error.valid_up_to());
                    assert_eq!(parse(&body).map(drop).map_err(|error| error.at), expected, "{sequence:x?}");
                }
            }
        }
    }
}

#[test]
fn twenty_thousand_generated_answers_are_parsed_to_what_they_contain() {
    const SEED: u64 = 0x7463_3301;
    let mut bodies = Bodies::from_seed(SEED);
    let (mut failures, mut compared) = (0, 0);
    for round in 0..20_000 {
        let (body, expected) = bodies.body();
        assert_eq!(
            parse(body.as_bytes()).map(content),
            Ok(expected.clone()),
            "seed {SEED} round {round}: {body}"
        );
        serde_json::from_str::<&RawValue>(&body).expect("the generator writes JSON");
        // The tree has neither unpaired surrogates nor numbers beyond an f64; the grammar allows both.
        if let Ok(tree) = serde_json::from_str(&body) {
            assert_eq!(content_of(&tree).as_ref(), Some(&expected), "seed {SEED} round {round}: {body}");
            compared += 1;
        }
        failures += usize::from(expected.failure.is_some());
    }
    assert!((5_000..15_000).contains(&failures), "{failures} failures");
    assert!(compared > 15_000, "{compared} compared");
}

#[test]
fn twenty_thousand_damaged_answers_are_accepted_or_refused_as_the_grammar_says() {
    const SEED: u64 = 0x7463_3302;
    let mut bodies = Bodies::from_seed(SEED);
    let [mut accepted, mut misshapen, mut refused] = [0; 3];
    for round in 0..20_000 {
        let body = bodies.damaged();
        let context = || format!("seed {SEED} round {round}: {}", body.escape_ascii());
        let grammar = serde_json::from_slice::<&RawValue>(&body);
        let tree = serde_json::from_slice(&body).ok();
        match parse(&body) {
            Ok(answer) => {
                accepted += 1;
                assert!(grammar.is_ok(), "accepted invalid JSON, {}", context());
                assert!(tree.is_none_or(|tree| content_of(&tree) == Some(content(answer))), "{}", context());
            }
            Err(Malformed { at, reason }) => match reason {
                Reason::Truncated
                | Reason::Syntax(_)
                | Reason::BadEscape
                | Reason::NotUtf8
                | Reason::Trailing => {
                    refused += 1;
                    let utf8 = str::from_utf8(&body).map_err(|error| error.valid_up_to());
                    assert!(reason != Reason::NotUtf8 || utf8 == Err(at), "{}", context());
                    assert!(grammar.is_err(), "refused JSON, {reason:?} at {at}, {}", context());
                }
                _ => {
                    misshapen += 1;
                    assert!(
                        tree.is_none_or(|tree| content_of(&tree).is_none()),
                        "{reason:?} at {at}, {}",
                        context()
                    );
                }
            },
        }
    }
    let counts = [accepted, misshapen, refused];
    assert!(counts.iter().all(|count| *count > 500), "{counts:?}");
}
