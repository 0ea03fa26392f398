//! Reads bytes and the characters of JSON strings, for the scan and for [`JsonText`](super::JsonText) alike.
//!
//! Checking a string and decoding it are one function, so a text that passed the scan cannot fail to decode later.
//! Nothing here says why it failed: whatever returns `None` has left the cursor on the byte to blame, or at the end.

/// RFC 8259 section 7, but for `\u` and four digits: the byte behind the backslash, and what it stands for.
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

/// What a surrogate pair's halves, the high one shifted by 10, add up to beyond the character they stand for.
const PAIR: u32 = (0xd800 << 10) + 0xdc00 - 0x1_0000;

/// A place in a body.
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

    /// Passes the byte just peeked at.
    pub(super) fn advance(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

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

    /// One character of the inside of a string, unescaped; the closing quote is the caller's to look for. A character
    /// that is wrong is wrong as a whole: its first byte is to blame.
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

    /// RFC 8259 section 7: "a 12-character sequence, encoding the UTF-16 surrogate pair". It also allows half a pair,
    /// which is no character: U+FFFD stands for it.
    fn code_point(&mut self) -> Option<char> {
        let mut code = self.unit()?;
        let after = self.at;
        if let 0xd800..0xdc00 = code {
            match self.low_half() {
                Some(low) => code = (code << 10).wrapping_add(low).wrapping_sub(PAIR),
                None => self.at = after,
            }
        }
        Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn low_half(&mut self) -> Option<u32> {
        self.skip(b'\\')?;
        self.skip(b'u')?;
        self.unit().filter(|unit| matches!(unit, 0xdc00..0xe000))
    }

    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0u32;
        for _ in 0..4 {
            let digit = char::from(self.peek()?).to_digit(16)?;
            unit = digit.wrapping_add(unit.wrapping_mul(16));
            self.advance();
        }
        Some(unit)
    }

    /// RFC 3629 section 3: "Implementations of the decoding algorithm MUST protect against decoding invalid sequences",
    /// which are those longer than their character needs, and those of half a surrogate pair, as `char` knows.
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
