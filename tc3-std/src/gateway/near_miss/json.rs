//! The forms in which the same JSON is written.

use serde_json::Value;

/// Other forms of a JSON text, each with its description.
pub(super) fn forms(text: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let contents = [
        ("", text.to_owned()),
        (r"\u escapes and ", escape(text)),
        (r"no \u escapes and ", unescape(text)),
        ("sorted names and ", value.to_string()),
        (r"sorted names, \u escapes and ", escape(&value.to_string())),
        (r"/ as \/ and ", text.replace('/', r"\/")),
        (r"\/ as / and ", text.replace(r"\/", "/")),
        (r"<, > and & as \u escapes and ", escape_html(text)),
    ];
    let spaced = |(content, text): (&str, String)| {
        [
            (format!("JSON with {content}no spaces"), respace(&text, "").into_bytes()),
            (format!("JSON with {content}the same spaces"), text.clone().into_bytes()),
            (
                format!("JSON with {content}a space after each comma and colon"),
                respace(&text, " ").into_bytes(),
            ),
        ]
    };
    contents.into_iter().flat_map(spaced).filter(|(_, form)| form != text.as_bytes()).collect()
}

/// Writes `space`, and no other white space, after commas and colons outside of strings.
fn respace(text: &str, space: &str) -> String {
    let (mut respaced, mut in_string, mut is_escaped) = (String::with_capacity(text.len()), false, false);
    for character in text.chars() {
        if in_string || !character.is_ascii_whitespace() {
            respaced.push(character);
        }
        if !in_string && matches!(character, ',' | ':') {
            respaced.push_str(space);
        }
        in_string ^= character == '"' && !is_escaped;
        is_escaped = in_string && character == '\\' && !is_escaped;
    }
    respaced
}

/// Escapes everything but ASCII, as Python does.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_ascii() {
            true => escaped.push(character),
            false => {
                let units = character.encode_utf16(&mut [0; 2]).to_vec();
                units.iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
    escaped
}

/// Go escapes these in the JSON that it writes.
fn escape_html(text: &str) -> String {
    text.replace('<', r"\u003c").replace('>', r"\u003e").replace('&', r"\u0026")
}

/// Replaces escapes of four hex digits. Those of control characters, quotes and backslashes stay.
fn unescape(text: &str) -> String {
    let (mut units, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(character) = rest.chars().next() {
        let escape = rest.strip_prefix(r"\u").and_then(|hex| hex.get(..4));
        let unit = escape.and_then(|hex| u16::from_str_radix(hex, 16).ok());
        let unit = unit.filter(|unit| !matches!(unit, 0..=0x1f | 0x22 | 0x5c));
        let taken = match unit {
            Some(unit) => {
                units.push(unit);
                6
            }
            // The second character of an escape does not begin another one.
            None if character == '\\' => {
                1_usize.saturating_add(rest.chars().nth(1).map_or(0, char::len_utf8))
            }
            None => character.len_utf8(),
        };
        let (kept, others) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        if unit.is_none() {
            units.extend(kept.encode_utf16());
        }
        rest = others;
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::{escape, respace, unescape};

    #[test]
    fn the_forms_of_json_keep_what_is_in_strings() {
        let text = r#"{ "a\" ,:b" : [1,"é😀"] }"#;
        assert_eq!(respace(text, ""), r#"{"a\" ,:b":[1,"é😀"]}"#);
        assert_eq!(respace(text, " "), r#"{"a\" ,:b": [1, "é😀"]}"#);
        let escaped = r#"{ "a\" ,:b" : [1,"\u00e9\ud83d\ude00"] }"#;
        assert_eq!(escape(text), escaped);
        assert_eq!(unescape(escaped), text);
        assert_eq!(unescape(r#""\\u00e9\u0022\u000a""#), r#""\\u00e9\u0022\u000a""#);
    }
}
