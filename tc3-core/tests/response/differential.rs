//! The scan against `serde_json`, over answers made at random and damaged at random.

use crate::{
    bodies::{Bodies, Told},
    told,
};
use serde_json::{Value, value::RawValue};
use tc3_core::response::{Malformed, Reason, parse};

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
fn a_string_is_utf8_where_the_standard_library_says_so() {
    const EDGES: [u8; 10] = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    const TAILS: [u8; 4] = [0x41, 0x80, 0xbf, 0xc0];
    for lead in 0x80..=0xff {
        for second in EDGES {
            for third in TAILS {
                for fourth in TAILS {
                    let text = [lead, second, third, fourth];
                    let body = [br#"{"Response":{"a":""#.as_slice(), &text, br#""}}"#].concat();
                    let expected = str::from_utf8(&body).map(drop).map_err(|error| error.valid_up_to());
                    assert_eq!(parse(&body).map(drop).map_err(|error| error.at), expected, "{text:x?}");
                }
            }
        }
    }
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
    assert!(second_opinions > 15_000, "{second_opinions} second opinions");
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
                assert!(grammar.is_ok(), "accepted what is not JSON, {}", context());
                assert!(tree.is_none_or(|tree| told_by(&tree) == Some(told(answer))), "{}", context());
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
                        tree.is_none_or(|tree| told_by(&tree).is_none()),
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
