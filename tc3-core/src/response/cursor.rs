//! Reads bytes and the characters of JSON strings, for the scan and for [`JsonText`](super::JsonText) alike.
//!
//! Checking a string and decoding it are one function, so a text that passed the scan cannot fail to decode later.

use super::Reason;

/// What is left to read. On an error it stands on the byte to blame.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn peek(self) -> Result<u8, Reason> {
        self.0.first().copied().ok_or(Reason::Truncated)
    }

    pub(super) fn advance(&mut self) {
        self.0 = self.0.get(1..).unwrap_or_default();
    }

    pub(super) fn skip(&mut self, byte: u8) -> bool {
        let found = self.0.first() == Some(&byte);
        if found {
            self.advance();
        }
        found
    }

    /// The bytes read since `start`.
    pub(super) fn since(self, start: Self) -> &'a [u8] {
        let read = start.0.len().saturating_sub(self.0.len());
        start.0.get(..read).unwrap_or_default()
    }

    /// One character of the inside of a string, unescaped; the closing quote is the caller's to look for.
    pub(super) fn character(&mut self) -> Result<char, Reason> {
        let byte = self.peek()?;
        match byte {
            b'\\' => {
                self.advance();
                self.escape()
            }
            0x20..0x80 => {
                self.advance();
                Ok(char::from(byte))
            }
            0x80.. => self.sequence(byte),
            _ => Err(Reason::Syntax(byte)),
        }
    }

    fn escape(&mut self) -> Result<char, Reason> {
        let byte = self.peek()?;
        let plain = match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                self.advance();
                return self.code_point();
            }
            _ => return Err(Reason::Syntax(byte)),
        };
        self.advance();
        Ok(char::from(plain))
    }

    /// RFC 8259 section 7: "a 12-character sequence, encoding the UTF-16 surrogate pair". It also allows half a pair,
    /// which is no character: U+FFFD stands for it.
    fn code_point(&mut self) -> Result<char, Reason> {
        let unit = self.unit()?;
        if let Some(whole) = char::from_u32(unit) {
            return Ok(whole);
        }
        let mut ahead = *self;
        if unit < 0xdc00
            && ahead.skip(b'\\')
            && ahead.skip(b'u')
            && let Ok(low @ 0xdc00..0xe000) = ahead.unit()
        {
            *self = ahead;
            let pair = (((unit & 0x3ff) << 10) | (low & 0x3ff)).wrapping_add(0x1_0000);
            return Ok(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn unit(&mut self) -> Result<u32, Reason> {
        let mut unit = 0;
        for _ in 0..4 {
            let byte = self.peek()?;
            let digit = char::from(byte).to_digit(16).ok_or(Reason::Syntax(byte))?;
            unit = (unit << 4) | digit;
            self.advance();
        }
        Ok(unit)
    }

    /// The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences": only the second byte's range varies.
    fn sequence(&mut self, lead: u8) -> Result<char, Reason> {
        let (more, mut allowed) = match lead {
            0xc2..=0xdf => (1, 0x80..=0xbf),
            0xe0 => (2, 0xa0..=0xbf),
            0xed => (2, 0x80..=0x9f),
            0xe1..=0xef => (2, 0x80..=0xbf),
            0xf0 => (3, 0x90..=0xbf),
            0xf1..=0xf3 => (3, 0x80..=0xbf),
            0xf4 => (3, 0x80..=0x8f),
            _ => return Err(Reason::NotUtf8),
        };
        self.advance();
        let mut code = u32::from(lead) & (0x3f >> more);
        for _ in 0..more {
            let byte = self.peek()?;
            if !allowed.contains(&byte) {
                return Err(Reason::NotUtf8);
            }
            code = (code << 6) | u32::from(byte & 0x3f);
            allowed = 0x80..=0xbf;
            self.advance();
        }
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}
