//! Strings and numbers of a JSON object, read without copies of secrets that are not wiped.

use serde_json::value::RawValue;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// An object, whose values are still JSON.
pub(super) struct Object<'a>(BTreeMap<String, &'a RawValue>);

/// Where the text is not a JSON object. The error of `serde_json` is not kept, because it can quote a value.
pub(super) struct NotAnObject {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl<'a> Object<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, NotAnObject> {
        let fields = serde_json::from_str(text);
        fields.map(Self).map_err(|error| NotAnObject { line: error.line(), column: error.column() })
    }

    #[cfg(feature = "tls")]
    pub(super) fn object(&self, name: &str) -> Option<Self> {
        Self::read(self.0.get(name)?.get()).ok()
    }

    /// The string with this name. `None` if it is absent or null, an error if it is something else.
    pub(super) fn string(&self, name: &'static str) -> Result<Option<Zeroizing<String>>, &'static str> {
        match self.0.get(name).map(|value| value.get()) {
            None | Some("null") => Ok(None),
            Some(raw) => unescaped(raw).map(Some).ok_or(name),
        }
    }

    /// The whole number with this name. tccli also writes it as a string or with a fraction.
    pub(super) fn seconds(&self, name: &'static str) -> Result<Option<u64>, &'static str> {
        match self.0.get(name).map(|value| value.get().trim_matches('"')) {
            None | Some("null" | "") => Ok(None),
            Some(raw) => raw.split('.').next().and_then(|whole| whole.parse().ok()).map(Some).ok_or(name),
        }
    }
}

/// The characters of a JSON string. `serde_json` has checked the syntax. It would unescape in a buffer that it does not
/// wipe.
fn unescaped(raw: &str) -> Option<Zeroizing<String>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = Zeroizing::new(String::with_capacity(inner.len()));
    let mut rest = inner.chars();
    while let Some(character) = rest.next() {
        let decoded = match character {
            '\\' => match rest.next()? {
                'u' => {
                    let digits: String = rest.by_ref().take(4).collect();
                    // No credential has a character that needs two of these.
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            },
            other => other,
        };
        text.push(decoded);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn escapes_of_json_are_decoded() {
        for (raw, text) in [
            (r#""a\/b\u002b\"\\""#, Some("a/b+\"\\")),
            (r#""\b\f\n\r\t\u00e9""#, Some("\u{8}\u{c}\n\r\té")),
            (r#""\ud83d\ude00""#, None),
            ("7", None),
        ] {
            assert_eq!(unescaped(raw).as_deref().map(String::as_str), text, "{raw}");
        }
    }
}
