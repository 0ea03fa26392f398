//! Reads a JSON body byte by byte, and its strings character by character.
//!
//! `scan` and [`JsonText`](super::JsonText) both decode with [`Cursor::character`]. So a string that passed the scan
//! can always be decoded. After `skip` or `character` returns `None`, `at` is the offset to report: that of the
//! invalid byte or character, or the end of a truncated body.

/// The escapes of RFC 8259, section 7, except `\u`: the byte after the backslash, and the character it encodes.
const ESCAPES: [(u8, u8); 8] = [
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b'/', b'/'),
    (b'b', 0x08),
    (b'f', 0x0c),
    (b'n', b'\n'),
    (b'r', b'\r'),
    (b't', b'\t'),
];

/// The difference between `(high << 10) + low` of a surrogate pair and the character that it encodes.
const SURROGATE_OFFSET: u32 = (0xd800 << 10) + 0xdc00 - 0x1_0000;

/// A position in a body.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    body: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(body: &'a [u8]) -> Self {
        Self { body, at: 0 }
    }

    pub(super) fn peek(self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    /// Moves past the byte that was peeked at.
    pub(super) fn advance(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// Moves past the next byte if it is `byte`.
    pub(super) fn skip(&mut self, byte: u8) -> Option<()> {
        self.peek().filter(|next| *next == byte)?;
        self.advance();
        Some(())
    }

    pub(super) fn since(self, start: usize) -> &'a [u8] {
        self.body.get(start..self.at).unwrap_or_default()
    }

    /// Reads one character of a string, unescaped. `"` is returned like any other character, so check for the closing
    /// quote first.
    pub(super) fn character(&mut self) -> Option<char> {
        let start = self.at;
        let lead = self.peek()?;
        let character = match lead {
            0..0x20 => return None,
            0x80.. => self.utf8_sequence(lead),
            b'\\' => self.escape(),
            _ => {
                self.advance();
                Some(char::from(lead))
            }
        };
        if character.is_none() && self.peek().is_some() {
            self.at = start;
        }
        character
    }

    fn escape(&mut self) -> Option<char> {
        self.advance();
        let byte = self.peek()?;
        self.advance();
        if byte == b'u' {
            return self.unicode_escape();
        }
        let (_, plain) = ESCAPES.iter().find(|(escape, _)| *escape == byte)?;
        Some(char::from(*plain))
    }

    /// Reads the four digits after `\u`, and a second `\u` escape if they are a high surrogate (RFC 8259, section 7).
    /// The RFC allows an unpaired surrogate. It is not a character, and becomes U+FFFD.
    fn unicode_escape(&mut self) -> Option<char> {
        let mut code = self.utf16_unit()?;
        let after = self.at;
        if let 0xd800..0xdc00 = code {
            match self.low_surrogate() {
                Some(low) => code = (code << 10).wrapping_add(low).wrapping_sub(SURROGATE_OFFSET),
                None => self.at = after,
            }
        }
        Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn low_surrogate(&mut self) -> Option<u32> {
        self.skip(b'\\')?;
        self.skip(b'u')?;
        self.utf16_unit().filter(|unit| matches!(unit, 0xdc00..0xe000))
    }

    /// Reads four hex digits.
    fn utf16_unit(&mut self) -> Option<u32> {
        let mut unit = 0u32;
        for _ in 0..4 {
            let digit = char::from(self.peek()?).to_digit(16)?;
            unit = digit.wrapping_add(unit.wrapping_mul(16));
            self.advance();
        }
        Some(unit)
    }

    /// Reads one multi-byte UTF-8 character. `least` rejects overlong forms. `char::from_u32` rejects surrogates and
    /// values above U+10FFFF.
    fn utf8_sequence(&mut self, lead: u8) -> Option<char> {
        let (more, least) = match lead {
            0xc0..0xe0 => (1, 0x80),
            0xe0..0xf0 => (2, 0x800),
            0xf0..0xf8 => (3, 0x1_0000),
            _ => return None,
        };
        self.advance();
        let mut code = u32::from(lead) & (0x3f >> more);
        for _ in 0..more {
            let byte = self.peek().filter(|byte| byte & 0xc0 == 0x80)?;
            code = code.wrapping_mul(64).wrapping_add(u32::from(byte & 0x3f));
            self.advance();
        }
        char::from_u32(code).filter(|_| code >= least)
    }
}
