//! Parses answers by hand-written cases. `conformance` compares drawn ones with `serde_json`.
#![allow(clippy::restriction, reason = "a test fails by panicking")]

use tc3_core::response::{Answer, EnvelopeField, MAX_DEPTH, Malformed, Reason, found, parse};

/// Code and message of a failure, and the request id of an answer, as unescaped strings.
type Content = (Option<(String, String)>, Option<String>);

fn content(answer: Answer<'_>) -> Content {
    let failure = match answer {
        Answer::Success { .. } => None,
        Answer::Failure(failure) => Some((failure.code.to_string(), failure.message.to_string())),
    };
    (failure, answer.request_id().map(|id| id.to_string()))
}

fn success(request_id: &str) -> Content {
    (None, Some(request_id.into()))
}

fn failure(code: &str, message: &str) -> Content {
    (Some((code.into(), message.into())), None)
}

#[test]
fn only_fields_of_the_envelope_are_found() {
    let escapes = failure("c", "\"\\/\u{8}\u{c}\n\r\té😀é😀");
    let cases = [
        (r#"{"Response":{}}"#, (None, None)),
        (r#"{"Response":{"RequestId":null,"Error":null}}"#, (None, None)),
        // Fields of the product with the same names, in every other place.
        (r#"{"Error":{"Code":"x"},"Code":1,"RequestId":2,"Response":{"RequestId":"r"}}"#, success("r")),
        (r#"{"A":[{"Response":[]}],"Response":{"A":{"Error":{}},"Code":1,"RequestId":"r"}}"#, success("r")),
        (r#"{"Response":{"error":{"Code":"x"},"Errors":1,"Erro":2,"":3,"RequestId":"r"}}"#, success("r")),
        (r#"{"Response":{"A":"\"Error\":{\"Code\":\"x\"}","RequestId":"r"}}"#, success("r")),
        // Failures.
        (r#"{"Response":{"Error":{"Message":"m","Code":"c"},"A":1}}"#, failure("c", "m")),
        (r#"{"Response":{"Error":{"Code":"c"}}}"#, failure("c", "")),
        (r#"{"Response":{"Error":{"Code":"","Message":null}}}"#, failure("", "")),
        // Escapes, in keys and in values.
        (r#"{"\u0052esponse":{"Err\u006fr":{"\u0043ode":"\u0063","Messag\u0065":"m"}}}"#, failure("c", "m")),
        (r#"{"Response":{"Error":{"Code":"c","Message":"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDe00é😀"}}}"#, escapes),
        (
            r#"{"Response":{"Error":{"Code":"\ud83d","Message":"\udc00\ud83d\ud83d\ude00\ud83d\u0041"}}}"#,
            failure("\u{fffd}", "\u{fffd}\u{fffd}😀\u{fffd}A"),
        ),
        // The characters next to the surrogates are none.
        (
            r#"{"Response":{"Error":{"Code":"\ud7ff\udc00","Message":"\udc00\udc00\udbff\udfff\ue000"}}}"#,
            failure("\u{d7ff}\u{fffd}", "\u{fffd}\u{fffd}\u{10ffff}\u{e000}"),
        ),
        // Every shape of number and word.
        (r#"{"Response":{"A":[0,-0,1,-12,0.5,-0.05,1e5,1E+5,1.5e-05,1e999],"RequestId":"r"}}"#, success("r")),
        (r#"{"Response":{"A":[true,false,null,{},[],""],"RequestId":"r"}}"#, success("r")),
    ];
    for (body, expected) in cases {
        assert_eq!(parse(body.as_bytes()).map(content), Ok(expected), "{body}");
    }
}

/// All characters of one or two bytes in UTF-8, and of the longer ones the first and last of each run of 64 that
/// differ only in the last byte.
#[test]
fn characters_of_every_utf8_block_are_read_back_raw_and_escaped() {
    let is_tested = |character: &char| *character < '\u{800}' || matches!(u32::from(*character) % 64, 0 | 63);
    let text: String = ('\0'..=char::MAX).filter(is_tested).collect();
    let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let plain = text.replace(|character| character < ' ' || "\"\\".contains(character), "");
    let body = format!(r#"{{"Response":{{"Error":{{"Code":"{plain}","Message":"{escaped}"}}}}}}"#);
    assert_eq!(parse(body.as_bytes()).map(content), Ok(failure(&plain, &text)));
}

#[test]
fn a_failure_is_shown_with_its_request_id_if_it_has_one() {
    let error = r#""Error":{"Code":"InternalError","Message":"Try \u0061gain."}"#;
    let shown = "the service answered InternalError: Try again.";
    for (more, shown) in
        [("", shown.to_owned()), (r#","RequestId":"r-1""#, format!("{shown} (request id r-1)"))]
    {
        let body = format!(r#"{{"Response":{{{error}{more}}}}}"#);
        let Ok(Answer::Failure(failure)) = parse(body.as_bytes()) else { panic!("not a failure: {body}") };
        assert_eq!(failure.to_string(), shown, "{body}");
    }
}

/// Also if the code is escaped, which changes nothing.
#[test]
fn each_code_of_the_sdk_gets_the_advice_that_was_chosen_by_hand() {
    let lines = include_str!("codes.txt").lines().filter(|line| !line.starts_with('#'));
    let codes: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
    assert_eq!(codes.len(), 272);
    for (advice, code) in codes {
        let escaped: String = code.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        for code in [code, &escaped] {
            let body = format!(r#"{{"Response":{{"Error":{{"Code":"{code}"}}}}}}"#);
            let Ok(Answer::Failure(failure)) = parse(body.as_bytes()) else {
                panic!("not a failure: {body}")
            };
            assert_eq!(format!("{:?}", failure.advice()), advice, "{code}");
        }
    }
}

#[test]
fn nesting_is_refused_one_past_the_limit() {
    let nested = |open: &str, close: &str, levels: usize| {
        format!(r#"{{"Response":{{"RequestId":"r","a":{}0{}}}}}"#, open.repeat(levels), close.repeat(levels))
    };
    for (open, close, per) in [("[", "]", 1), (r#"{"a":"#, "}", 1), (r#"[{"a":"#, "}]", 2)] {
        let body = nested(open, close, (MAX_DEPTH - 2) / per);
        assert_eq!(parse(body.as_bytes()).map(content), Ok(success("r")));
    }
    let body = nested("[", "]", MAX_DEPTH - 1);
    let at = body.rfind('[').unwrap();
    assert_eq!(parse(body.as_bytes()), Err(Malformed { at, reason: Reason::TooDeep, is_envelope: true }));
    let body = "{\"Response\":".to_owned() + &"[".repeat(100_000);
    assert_eq!(parse(body.as_bytes()).unwrap_err().reason, Reason::WrongType(EnvelopeField::Response));
}

/// In the list, `^` stands before the wrong byte, and `%0a` for the byte 0x0a.
#[test]
fn each_malformed_body_is_refused_at_the_wrong_byte() {
    let cases: Vec<_> = include_str!("malformed.txt").lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(cases.len(), 94);
    for line in cases {
        let (reason, marked) = line.split_once(": ").unwrap();
        let mut pieces = marked.split('%');
        let mut body = pieces.next().unwrap().as_bytes().to_vec();
        for piece in pieces {
            body.push(u8::from_str_radix(&piece[..2], 16).unwrap());
            body.extend(&piece.as_bytes()[2..]);
        }
        let at = body.iter().position(|byte| *byte == b'^').unwrap();
        body.remove(at);
        let expected = match reason {
            "Syntax" => format!("{:?}", Reason::Syntax(body[at])),
            reason => reason.to_owned(),
        };
        let refused = parse(&body).map_err(|error| (error.at, format!("{:?}", error.reason)));
        assert_eq!(refused.map(drop), Err((at, expected)), "{line}");
    }
    for (wrong, shown) in [("!", "'!'"), ("~", "'~'"), ("\x7f", "0x7f")] {
        let sentence = parse(format!("{{{wrong}").as_bytes()).unwrap_err().to_string();
        assert!(sentence.contains(shown), "{shown} is not in `{sentence}`");
    }
}

#[test]
fn of_a_cut_or_malformed_body_each_whole_string_is_found() {
    let whole = r#"{"A":["Code"],"Response":{"Error":{"Code":"c.\u0064","Message":"m"},"RequestId":"r"}} "#;
    let strings = [r#""c.\u0064""#, r#""m""#, r#""r""#].map(|text| whole.find(text).unwrap() + text.len());
    let envelope = whole.find(r#""Response""#).unwrap() + r#""Response""#.len();
    for at in 0..whole.len() {
        // Cut there, or broken there by a byte that JSON allows nowhere.
        for tail in ["", "\u{1}"] {
            let body = whole[..at].to_owned() + tail;
            let found = found(body.as_bytes());
            let texts = [found.code(), found.message(), found.request_id()];
            let expected = [0, 1, 2].map(|text| (at >= strings[text]).then_some(["c.d", "m", "r"][text]));
            assert_eq!(
                texts.map(|text| text.map(|text| text.to_string())),
                expected.map(|text| text.map(str::to_owned)),
                "{body}"
            );
            let expected = parse(body.as_bytes()).err();
            assert_eq!(found.malformed(), expected, "{body}");
            assert_eq!(
                expected.map(|malformed| malformed.is_envelope).unwrap_or(true),
                at >= envelope,
                "{body}"
            );
        }
    }
    for (body, is_envelope) in [
        ("<html>", false),
        ("[]", false),
        ("{}", false),
        (r#"{"Response":[]}"#, true),
        (r#"{"Response":{}}x"#, true),
    ] {
        assert_eq!(parse(body.as_bytes()).unwrap_err().is_envelope, is_envelope, "{body}");
    }
}
