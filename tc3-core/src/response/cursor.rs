//! Reads bytes and the characters of JSON strings.
//!
//! The scan and [`JsonText`](super::JsonText) decode strings with the same function. So a string that passed the scan
//! can always be decoded. A function that returns `None` leaves the cursor on the wrong byte, or at the end.

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

    pub(super) fn rest(self) -> &'a [u8] {
        self.body.get(self.at..).unwrap_or_default()
    }

    /// Reads one character of a string, unescaped. The caller must check for the closing quote first. After an invalid
    /// character, the cursor is on its first byte.
    pub(super) fn character(&mut self) -> Option<char> {
        let start = self.at;
        let lead = self.peek()?;
        let character = match lead {
            0..0x20 => return None,
            0x80.. => self.sequence(lead),
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
            return self.code_point();
        }
        let (_, plain) = ESCAPES.iter().find(|(escape, _)| *escape == byte)?;
        Some(char::from(*plain))
    }

    /// RFC 8259, section 7: "a 12-character sequence, encoding the UTF-16 surrogate pair". The RFC also allows an
    /// unpaired surrogate, which is not a character and becomes U+FFFD.
    fn code_point(&mut self) -> Option<char> {
        let mut code = self.unit()?;
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
        self.unit().filter(|unit| matches!(unit, 0xdc00..0xe000))
    }

    /// Four hex digits.
    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0u32;
        for _ in 0..4 {
            let digit = char::from(self.peek()?).to_digit(16)?;
            unit = digit.wrapping_add(unit.wrapping_mul(16));
            self.advance();
        }
        Some(unit)
    }

    /// RFC 3629, section 3: "Implementations of the decoding algorithm MUST protect against decoding invalid
    /// sequences". These are overlong sequences, and surrogates, which `char` refuses.
    fn sequence(&mut self, lead: u8) -> Option<char> {
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
