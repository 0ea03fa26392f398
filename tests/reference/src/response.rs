//! The response scanner agrees with serde_json.

use crate::rows::{format_error, without_allocating};
use crate::tree::Tree;
use serde_json::value::RawValue;
use tc3_core::response::{Answer, Failure, JsonText, MAX_DEPTH, Malformed, Reason, parse};

/// Parses any bytes by both, and compares the response or the reason to refuse it.
pub fn check(data: &[u8]) {
    let is_json = serde_json::from_slice::<&RawValue>(data).is_ok();
    // `Tree` does not accept lone surrogates and some numbers, which are valid JSON.
    let tree = serde_json::from_slice::<Tree>(data).ok();
    match without_allocating("parsing a response", || parse(data)) {
        Ok(answer) => {
            assert!(is_json, "{answer:?} is not JSON");
            if let Some(tree) = tree {
                assert_eq!(Some(fields(answer)), expected(&tree));
            }
            assert_prefixes_are_truncated(data);
        }
        Err(malformed) => {
            assert_offset(data, malformed);
            match (malformed.reason, tree) {
                (Reason::TooDeep, tree) => {
                    let depth = tree.map(|tree| tree.depth());
                    assert!(depth.is_none_or(|depth| depth > MAX_DEPTH), "too deep: {depth:?}");
                }
                (_, Some(tree)) => assert_eq!(expected(&tree), None, "{malformed}"),
                (reason, None) => assert!(!is_json || !is_syntax_error(reason), "{malformed}"),
            }
        }
    }
}

fn is_syntax_error(reason: Reason) -> bool {
    use Reason::{BadEscape, NotUtf8, Syntax, Trailing, Truncated};
    matches!(reason, Truncated | Syntax(_) | BadEscape | NotUtf8 | Trailing)
}

/// Asserts that the error's offset fits its reason.
fn assert_offset(data: &[u8], malformed: Malformed) {
    let Malformed { at, reason } = malformed;
    assert!(at <= data.len(), "byte {at} of {}", data.len());
    format_error(&malformed);
    assert_eq!(reason == Reason::Truncated, at == data.len(), "{malformed}");
    if let Reason::Syntax(byte) = reason {
        assert_eq!(data[at], byte);
    }
    if reason == Reason::NotUtf8 {
        assert_eq!(str::from_utf8(data).map_err(|error| error.valid_up_to()), Err(at));
    }
}

/// Asserts that a prefix of a response is refused as truncated.
fn assert_prefixes_are_truncated(data: &[u8]) {
    let whole = data.trim_ascii_end().len();
    for cut in [0, 1, whole / 3, whole / 2, whole - 1] {
        let expected = Malformed { at: cut, reason: Reason::Truncated };
        assert_eq!(parse(&data[..cut]).map(drop), Err(expected));
    }
}

/// The error's code and message if there is one, and the request ID.
type Response = (Option<(String, String)>, Option<String>);

fn fields(answer: Answer<'_>) -> Response {
    let unescaped = |text: JsonText<'_>| {
        let string = text.to_string();
        assert!(text == string.as_str(), "{text:?} is not equal to {string:?}");
        assert!(!format!("{text:?}").contains('\n'), "{text:?}");
        string
    };
    let failure = match answer {
        Answer::Success { .. } => None,
        Answer::Failure(failure) => {
            let Failure { code, message, .. } = failure;
            assert!(failure.to_string().contains(&code.to_string()), "{failure} does not name {code}");
            without_allocating("advice", || failure.advice());
            format_error(&failure);
            Some((unescaped(code), unescaped(message)))
        }
    };
    (failure, answer.request_id().map(unescaped))
}

/// The fields of a response of the documented structure.
fn expected(tree: &Tree) -> Option<Response> {
    let response = field(tree, "Response")??;
    let failure = match field(response, "Error")? {
        None | Some(Tree::Null) => None,
        Some(error) => Some((string(error, "Code")??, string(error, "Message")?.unwrap_or_default())),
    };
    Some((failure, string(response, "RequestId")?))
}

/// `None` if the name is duplicate, or this is not an object.
fn field<'t>(tree: &'t Tree, name: &str) -> Option<Option<&'t Tree>> {
    let Tree::Object(fields) = tree else { return None };
    let mut named = fields.iter().filter(|(other, _)| other == name).map(|(_, value)| value);
    let first = named.next();
    named.next().is_none().then_some(first)
}

fn string(tree: &Tree, name: &str) -> Option<Option<String>> {
    match field(tree, name)? {
        None | Some(Tree::Null) => Some(None),
        Some(Tree::Text(string)) => Some(Some(string.clone())),
        Some(_) => None,
    }
}
