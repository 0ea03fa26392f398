//! A JSON string, borrowed without unescaping it.

use super::cursor::Cursor;
use core::fmt::{self, Write as _};

/// A JSON string of a response, borrowed from the body and still escaped.
///
/// UTF-8 and escapes were checked when the body was parsed. [`Display`](fmt::Display) and comparisons use the unescaped
/// string. An unpaired surrogate, which RFC 8259 allows, becomes U+FFFD.
///
/// The string can contain line feeds and other control characters. `Display` writes them unchanged. `Debug` escapes
/// them, so a log entry stays on one line.
///
/// ```
/// use tc3_core::response::{self, Answer};
///
/// let body = br#"{"Response":{"RequestId":"\u0061b\u00e9\ud83d\ude00"}}"#;
/// let request_id = response::parse(body)?.request_id().unwrap();
/// assert!(request_id == "abé😀");
/// assert_eq!(request_id.raw(), br"\u0061b\u00e9\ud83d\ude00");
/// # Ok::<(), response::Malformed>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct JsonText<'a> {
    raw: &'a [u8],
}

impl<'a> JsonText<'a> {
    /// Wraps the bytes between the quotes of a string that [`Cursor::character`] has decoded without an error.
    pub(super) const fn checked(raw: &'a [u8]) -> Self {
        Self { raw }
    }

    /// The bytes between the quotes: UTF-8, still escaped.
    pub const fn raw(self) -> &'a [u8] {
        self.raw
    }

    /// The unescaped characters.
    pub fn chars(self) -> impl Iterator<Item = char> + Clone + use<'a> {
        let mut cursor = Cursor::new(self.raw);
        core::iter::from_fn(move || cursor.character())
    }
}

impl PartialEq for JsonText<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.chars().eq(other.chars())
    }
}

impl Eq for JsonText<'_> {}

impl PartialEq<str> for JsonText<'_> {
    fn eq(&self, other: &str) -> bool {
        self.chars().eq(other.chars())
    }
}

impl PartialEq<&str> for JsonText<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for JsonText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| f.write_char(character))
    }
}

impl fmt::Debug for JsonText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        self.chars().flat_map(char::escape_debug).try_for_each(|character| f.write_char(character))?;
        f.write_char('"')
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for JsonText<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[u8]:a}", self.raw);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;

    #[test]
    fn display_unescapes_and_debug_keeps_the_log_on_one_line() {
        let text = JsonText::checked(br#"a\n\u001b[2J\"\u00e9"#);
        assert_eq!(format!("{text}"), "a\n\u{1b}[2J\"é");
        assert_eq!(format!("{text:?}"), r#""a\n\u{1b}[2J\"é""#);
    }

    #[test]
    fn strings_are_compared_unescaped() {
        let text = JsonText::checked(br"\u0045rror");
        assert_eq!(text, JsonText::checked(b"Error"));
        assert_ne!(text, JsonText::checked(b"error"));
        assert_eq!(text, "Error");
        assert_ne!(text, "Erro");
        assert_ne!(text, "Errors");
    }
}
