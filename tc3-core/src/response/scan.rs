//! One pass over the envelope: all of its JSON is checked, five fields are found.

use super::cursor::Cursor;
use super::{Field, JsonText, MAX_DEPTH, Reason};

/// What was found of the envelope's text fields.
#[derive(Clone, Copy, Default)]
pub(super) struct Found<'a> {
    pub(super) request_id: Option<JsonText<'a>>,
    pub(super) code: Option<JsonText<'a>>,
    pub(super) message: Option<JsonText<'a>>,
}

/// What the grammar allows next.
#[derive(Clone, Copy)]
enum Next {
    Key,
    KeyOrEnd,
    Value,
    ValueOrEnd,
    CommaOrEnd,
}

/// The containers of the envelope, by how many are open: only in these, and directly in them, has a key a meaning.
const ENVELOPE: u8 = 1;
const RESPONSE: u8 = 2;
const ERROR: u8 = 3;

pub(super) struct Scan<'a> {
    pub(super) cursor: Cursor<'a>,
    found: Found<'a>,
    /// The field whose value comes next.
    field: Option<Field>,
    /// A bit per field met, for [`Reason::Duplicate`].
    seen: u8,
    depth: u8,
    /// How many of the open containers, from the outside, are the envelope's own.
    known: u8,
    /// A bit per open container, the innermost lowest: 1 for a list. This is the whole stack.
    lists: u64,
}

impl<'a> Scan<'a> {
    pub(super) fn new(body: &'a [u8]) -> Self {
        Self {
            cursor: Cursor(body),
            found: Found::default(),
            field: None,
            seen: 0,
            depth: 0,
            known: 0,
            lists: 0,
        }
    }

    pub(super) fn envelope(&mut self) -> Result<Found<'a>, Reason> {
        if self.token()? != b'{' {
            return Err(Reason::NotEnvelope);
        }
        self.known = ENVELOPE;
        let mut next = self.open(Next::KeyOrEnd)?;
        while self.depth != 0 {
            next = self.step(next)?;
        }
        match self.token() {
            Ok(_) => Err(Reason::Trailing),
            Err(_) => Ok(self.found),
        }
    }

    fn step(&mut self, next: Next) -> Result<Next, Reason> {
        let byte = self.token()?;
        let in_list = self.lists & 1 == 1;
        match (next, byte) {
            (Next::Key | Next::KeyOrEnd, b'"') => self.key(),
            (Next::Value, _) => self.value(byte),
            (Next::CommaOrEnd, b',') => {
                self.cursor.advance();
                Ok(if in_list { Next::Value } else { Next::Key })
            }
            (Next::KeyOrEnd | Next::CommaOrEnd, b'}') if !in_list => self.close(),
            (Next::ValueOrEnd | Next::CommaOrEnd, b']') if in_list => self.close(),
            (Next::ValueOrEnd, _) => self.value(byte),
            _ => Err(Reason::Syntax(byte)),
        }
    }

    /// The next byte that is not white space; it stays unread.
    fn token(&mut self) -> Result<u8, Reason> {
        loop {
            match self.cursor.peek()? {
                b' ' | b'\t' | b'\n' | b'\r' => self.cursor.advance(),
                byte => return Ok(byte),
            }
        }
    }

    fn key(&mut self) -> Result<Next, Reason> {
        let start = self.cursor;
        let key = self.string()?;
        self.field = if self.depth == self.known { field_of(self.known, key) } else { None };
        if let Some(field) = self.field {
            let bit = bit_of(field);
            if self.seen & bit != 0 {
                self.cursor = start;
                return Err(Reason::Duplicate(field));
            }
            self.seen |= bit;
        }
        match self.token()? {
            b':' => self.cursor.advance(),
            byte => return Err(Reason::Syntax(byte)),
        }
        Ok(Next::Value)
    }

    fn value(&mut self, byte: u8) -> Result<Next, Reason> {
        match (byte, self.field.take()) {
            (b'{', None) => return self.open(Next::KeyOrEnd),
            (b'{', Some(Field::Response | Field::Error)) => {
                self.known = self.depth.saturating_add(1);
                return self.open(Next::KeyOrEnd);
            }
            (b'"', None) => {
                self.string()?;
            }
            (b'"', Some(Field::RequestId)) => self.found.request_id = Some(self.string()?),
            (b'"', Some(Field::Code)) => self.found.code = Some(self.string()?),
            (b'"', Some(Field::Message)) => self.found.message = Some(self.string()?),
            (b'n', field) if field != Some(Field::Response) => self.word(b"null")?,
            (b'{' | b'[' | b'"' | b'n' | b't' | b'f' | b'-' | b'0'..=b'9', Some(field)) => {
                return Err(Reason::WrongType(field));
            }
            (b'[', None) => return self.open(Next::ValueOrEnd),
            (b't', None) => self.word(b"true")?,
            (b'f', None) => self.word(b"false")?,
            (b'-' | b'0'..=b'9', None) => self.number()?,
            _ => return Err(Reason::Syntax(byte)),
        }
        Ok(Next::CommaOrEnd)
    }

    fn open(&mut self, first: Next) -> Result<Next, Reason> {
        if usize::from(self.depth) == MAX_DEPTH {
            return Err(Reason::TooDeep);
        }
        self.cursor.advance();
        self.depth = self.depth.saturating_add(1);
        self.lists = (self.lists << 1) | u64::from(matches!(first, Next::ValueOrEnd));
        Ok(first)
    }

    fn close(&mut self) -> Result<Next, Reason> {
        if self.depth == self.known {
            match self.known {
                ENVELOPE if self.seen == 0 => return Err(Reason::NotEnvelope),
                ERROR if self.found.code.is_none() => return Err(Reason::NoCode),
                _ => self.known = self.known.saturating_sub(1),
            }
        }
        self.cursor.advance();
        self.depth = self.depth.saturating_sub(1);
        self.lists >>= 1;
        Ok(Next::CommaOrEnd)
    }

    fn string(&mut self) -> Result<JsonText<'a>, Reason> {
        self.cursor.advance();
        let start = self.cursor;
        while self.cursor.peek()? != b'"' {
            self.cursor.character()?;
        }
        let text = JsonText::checked(self.cursor.since(start));
        self.cursor.advance();
        Ok(text)
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Reason> {
        for expected in word {
            let byte = self.cursor.peek()?;
            if byte != *expected {
                return Err(Reason::Syntax(byte));
            }
            self.cursor.advance();
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Reason> {
        self.cursor.skip(b'-');
        if !self.cursor.skip(b'0') {
            self.digits()?;
        }
        if self.cursor.skip(b'.') {
            self.digits()?;
        }
        if self.cursor.skip(b'e') || self.cursor.skip(b'E') {
            if !self.cursor.skip(b'+') {
                self.cursor.skip(b'-');
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Reason> {
        let mut byte = self.cursor.peek()?;
        if !byte.is_ascii_digit() {
            return Err(Reason::Syntax(byte));
        }
        while byte.is_ascii_digit() {
            self.cursor.advance();
            byte = self.cursor.peek()?;
        }
        Ok(())
    }
}

fn field_of(container: u8, key: JsonText<'_>) -> Option<Field> {
    let fields: &[Field] = match container {
        ENVELOPE => &[Field::Response],
        RESPONSE => &[Field::RequestId, Field::Error],
        ERROR => &[Field::Code, Field::Message],
        _ => &[],
    };
    fields.iter().copied().find(|field| key == field.name())
}

const fn bit_of(field: Field) -> u8 {
    match field {
        Field::Response => 1,
        Field::RequestId => 2,
        Field::Error => 4,
        Field::Code => 8,
        Field::Message => 16,
    }
}
