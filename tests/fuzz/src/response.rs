//! The response scanner agrees with serde_json.

use core::fmt;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tc3_core::response::{Answer, Failure, JsonText, MAX_DEPTH, Malformed, Reason, parse};

/// Parses any bytes by both, and compares the response or the reason to refuse it.
pub fn check(data: &[u8]) {
    let is_json = serde_json::from_slice::<&RawValue>(data).is_ok();
    // `Json` does not accept lone surrogates and numbers beyond an f64, which are valid JSON.
    let tree = serde_json::from_slice::<Json>(data).ok();
    match parse(data) {
        Ok(answer) => {
            assert!(is_json);
            assert!(tree.is_none_or(|tree| tree.fields() == Some(fields(answer))));
            assert_prefixes_are_truncated(data);
        }
        Err(malformed) => {
            assert_offset(data, malformed);
            match (malformed.reason, tree) {
                (Reason::TooDeep, tree) => assert!(tree.is_none_or(|tree| tree.depth() > MAX_DEPTH)),
                (_, Some(tree)) => assert_eq!(tree.fields(), None, "{malformed}"),
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
    assert!(at <= data.len() && !malformed.to_string().is_empty());
    assert_eq!(reason == Reason::Truncated, at == data.len());
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
type Fields = (Option<(String, String)>, Option<String>);

fn fields(answer: Answer<'_>) -> Fields {
    let unescaped = |text: JsonText<'_>| {
        assert!(text == text.to_string().as_str() && !format!("{text:?}").contains('\n'));
        text.to_string()
    };
    let failure = match answer {
        Answer::Success { .. } => None,
        Answer::Failure(failure) => {
            let Failure { code, message, .. } = failure;
            assert!(failure.to_string().contains(&code.to_string()));
            let _ = failure.advice();
            Some((unescaped(code), unescaped(message)))
        }
    };
    (failure, answer.request_id().map(unescaped))
}

/// A JSON value. Objects preserve duplicate names; numbers and booleans are not stored.
enum Json {
    Null,
    String(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    Other,
}

impl Json {
    /// The fields of a response of the documented structure.
    fn fields(&self) -> Option<Fields> {
        let response = self.field("Response")??;
        let failure = match response.field("Error")? {
            None | Some(Self::Null) => None,
            Some(error) => Some((error.string("Code")??, error.string("Message")?.unwrap_or_default())),
        };
        matches!(response, Self::Object(_)).then_some((failure, response.string("RequestId")?))
    }

    /// `None` if the name is duplicate, or this is not an object.
    fn field(&self, name: &str) -> Option<Option<&Self>> {
        let Self::Object(fields) = self else { return None };
        let mut named = fields.iter().filter(|(other, _)| other == name).map(|(_, value)| value);
        let first = named.next();
        named.next().is_none().then_some(first)
    }

    fn string(&self, name: &str) -> Option<Option<String>> {
        match self.field(name)? {
            None | Some(Self::Null) => Some(None),
            Some(Self::String(string)) => Some(Some(string.clone())),
            Some(_) => None,
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or_default(),
            Self::Object(fields) => 1 + fields.iter().map(|(_, it)| it.depth()).max().unwrap_or_default(),
            _ => 0,
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_str<E>(self, string: &str) -> Result<Json, E> {
        Ok(Json::String(string.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(field) = fields.next_entry()? {
            object.push(field);
        }
        Ok(Json::Object(object))
    }
}
