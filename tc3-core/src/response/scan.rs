//! Scans a body once: checks all of its JSON and finds the five fields of the envelope.

use super::cursor::Cursor;
use super::{EnvelopeField, JsonText, MAX_DEPTH, Malformed, Reason};

/// The strings found in the envelope.
#[derive(Clone, Copy, Default)]
pub(super) struct Strings<'a> {
    pub(super) request_id: Option<JsonText<'a>>,
    pub(super) code: Option<JsonText<'a>>,
    pub(super) message: Option<JsonText<'a>>,
}

pub(super) fn scan(body: &[u8]) -> Result<Strings<'_>, Malformed> {
    let mut scan = Scan::new(body);
    match scan.envelope() {
        Some(()) => Ok(scan.found),
        None => Err(scan.malformed()),
    }
}

/// Like [`scan`], but keeps the strings found before an error.
pub(super) fn scan_all(body: &[u8]) -> (Strings<'_>, Option<Malformed>) {
    let mut scan = Scan::new(body);
    let is_whole = scan.envelope().is_some();
    (scan.found, if is_whole { None } else { Some(scan.malformed()) })
}

/// What the JSON grammar allows next.
#[derive(Clone, Copy)]
enum Next {
    Key,
    KeyOrEnd,
    Value,
    ValueOrEnd,
    CommaOrEnd,
}

// The depth of each object of the envelope. Only keys directly in one of these objects can be fields of the envelope.
const ENVELOPE: u8 = 1;
const RESPONSE: u8 = 2;
const ERROR: u8 = 3;

/// The fields of the envelope, and the depth of the object that contains them.
const FIELDS: [(u8, EnvelopeField); 5] = [
    (ENVELOPE, EnvelopeField::Response),
    (RESPONSE, EnvelopeField::RequestId),
    (RESPONSE, EnvelopeField::Error),
    (ERROR, EnvelopeField::Code),
    (ERROR, EnvelopeField::Message),
];

/// The state of the scan. After an error, its functions return `None` with the cursor on the byte to report.
struct Scan<'a> {
    cursor: Cursor<'a>,
    found: Strings<'a>,
    /// The reason of the error, unless it is a syntax error or the end of the body.
    error: Option<Reason>,
    /// The field whose value comes next.
    field: Option<EnvelopeField>,
    /// One bit for each field found, for [`Reason::Duplicate`].
    seen: u8,
    /// Number of open objects and arrays.
    depth: u8,
    /// Number of open objects that belong to the envelope. They are the outermost ones.
    envelope_depth: u8,
    /// One bit for each open object (0) or array (1), the innermost in the lowest bit. It has [`MAX_DEPTH`] bits.
    arrays: u64,
}

impl<'a> Scan<'a> {
    fn new(body: &'a [u8]) -> Self {
        Self {
            cursor: Cursor::new(body),
            found: Strings::default(),
            error: None,
            field: None,
            seen: 0,
            depth: 0,
            envelope_depth: 0,
            arrays: 0,
        }
    }

    fn malformed(&self) -> Malformed {
        let reason = match (self.error, self.cursor.peek()) {
            (Some(reason), _) => reason,
            (None, Some(byte)) => Reason::Syntax(byte),
            (None, None) => Reason::Truncated,
        };
        // `seen` is 0 only without a `Response`: all other fields are inside it.
        Malformed { at: self.cursor.at, reason, is_envelope: self.seen != 0 }
    }

    fn fail<T>(&mut self, reason: Reason) -> Option<T> {
        self.error = Some(reason);
        None
    }

    fn envelope(&mut self) -> Option<()> {
        if self.token()? != b'{' {
            return self.fail(Reason::NotEnvelope);
        }
        self.envelope_depth = ENVELOPE;
        let mut next = self.open(Next::KeyOrEnd)?;
        while self.depth != 0 {
            next = self.step(next)?;
        }
        match self.token() {
            Some(_) => self.fail(Reason::Trailing),
            None => Some(()),
        }
    }

    fn step(&mut self, next: Next) -> Option<Next> {
        let byte = self.token()?;
        let in_array = self.arrays & 1 == 1;
        let end = if in_array { b']' } else { b'}' };
        match (next, byte) {
            (Next::Key | Next::KeyOrEnd, b'"') => self.key(),
            (Next::CommaOrEnd, b',') => {
                self.cursor.advance();
                Some(if in_array { Next::Value } else { Next::Key })
            }
            // Only an object begins with `KeyOrEnd`, and only an array with `ValueOrEnd`.
            (Next::KeyOrEnd | Next::ValueOrEnd | Next::CommaOrEnd, _) if byte == end => self.close(),
            (Next::Value | Next::ValueOrEnd, _) => self.value(byte),
            _ => None,
        }
    }

    /// Skips white space and peeks at the next byte.
    fn token(&mut self) -> Option<u8> {
        loop {
            match self.cursor.peek()? {
                b' ' | b'\t' | b'\n' | b'\r' => self.cursor.advance(),
                byte => return Some(byte),
            }
        }
    }

    fn key(&mut self) -> Option<Next> {
        let start = self.cursor.at;
        self.string()?;
        if self.depth == self.envelope_depth {
            let end = self.cursor.at;
            let mut fields = FIELDS.iter();
            let mut is_named = |field: EnvelopeField| {
                // Reads the key again with the only cursor: a second one would take 8 B of stack on a Cortex-M0.
                self.cursor.at = start.wrapping_add(1);
                let mut name = field.name().bytes();
                name.all(|byte| self.cursor.character() == Some(char::from(byte)))
                    && self.cursor.at.wrapping_add(1) == end
            };
            let field = fields.find(|(depth, field)| *depth == self.envelope_depth && is_named(*field));
            self.field = field.map(|(_, field)| *field);
            self.cursor.at = end;
        }
        if let Some(field) = self.field {
            let seen = self.seen | bit_of(field);
            if seen == self.seen {
                self.cursor.at = start;
                return self.fail(Reason::Duplicate(field));
            }
            self.seen = seen;
        }
        self.token()?;
        self.cursor.skip(b':')?;
        Some(Next::Value)
    }

    fn value(&mut self, byte: u8) -> Option<Next> {
        let field = self.field.take();
        match (byte, field) {
            (b'n', _) if field != Some(EnvelopeField::Response) => self.literal(b"null")?,
            (b'{', None) => return self.open(Next::KeyOrEnd),
            (b'{', Some(EnvelopeField::Response | EnvelopeField::Error)) => {
                self.envelope_depth = self.depth.wrapping_add(1);
                return self.open(Next::KeyOrEnd);
            }
            (b'"', None | Some(EnvelopeField::RequestId | EnvelopeField::Code | EnvelopeField::Message)) => {
                let text = Some(self.string()?);
                match field {
                    Some(EnvelopeField::RequestId) => self.found.request_id = text,
                    Some(EnvelopeField::Code) => self.found.code = text,
                    Some(EnvelopeField::Message) => self.found.message = text,
                    _ => {}
                }
            }
            (_, Some(field)) => return self.fail(Reason::WrongType(field)),
            (b'[', None) => return self.open(Next::ValueOrEnd),
            (b't', None) => self.literal(b"true")?,
            (b'f', None) => self.literal(b"false")?,
            (_, None) => self.number()?,
        }
        Some(Next::CommaOrEnd)
    }

    fn open(&mut self, first: Next) -> Option<Next> {
        if usize::from(self.depth) == MAX_DEPTH {
            return self.fail(Reason::TooDeep);
        }
        self.cursor.advance();
        self.depth = self.depth.wrapping_add(1);
        self.arrays = self.arrays.wrapping_mul(2).wrapping_add(u64::from(matches!(first, Next::ValueOrEnd)));
        Some(first)
    }

    fn close(&mut self) -> Option<Next> {
        if self.depth == self.envelope_depth {
            match self.envelope_depth {
                // `seen` is 0 only without a `Response`: all other fields are inside it.
                ENVELOPE if self.seen == 0 => return self.fail(Reason::NotEnvelope),
                ERROR if self.found.code.is_none() => return self.fail(Reason::NoCode),
                _ => self.envelope_depth = self.envelope_depth.wrapping_sub(1),
            }
        }
        self.cursor.advance();
        self.depth = self.depth.wrapping_sub(1);
        self.arrays >>= 1;
        Some(Next::CommaOrEnd)
    }

    fn string(&mut self) -> Option<JsonText<'a>> {
        self.cursor.advance();
        let start = self.cursor.at;
        while self.cursor.peek()? != b'"' {
            if self.cursor.character().is_none() {
                return match self.cursor.peek()? {
                    b'\\' => self.fail(Reason::BadEscape),
                    0x80.. => self.fail(Reason::NotUtf8),
                    _ => None,
                };
            }
        }
        let text = JsonText::checked(self.cursor.since(start));
        self.cursor.advance();
        Some(text)
    }

    /// Moves past `null`, `true` or `false`.
    fn literal(&mut self, word: &[u8]) -> Option<()> {
        word.iter().try_for_each(|byte| self.cursor.skip(*byte))
    }

    fn number(&mut self) -> Option<()> {
        self.cursor.skip(b'-');
        if self.cursor.skip(b'0').is_none() {
            self.digits()?;
        }
        if self.cursor.skip(b'.').is_some() {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.cursor.peek() {
            self.cursor.advance();
            if let Some(b'+' | b'-') = self.cursor.peek() {
                self.cursor.advance();
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.cursor.at;
        while self.cursor.peek()?.is_ascii_digit() {
            self.cursor.advance();
        }
        (self.cursor.at != start).then_some(())
    }
}

const fn bit_of(field: EnvelopeField) -> u8 {
    match field {
        EnvelopeField::Response => 1,
        EnvelopeField::RequestId => 2,
        EnvelopeField::Error => 4,
        EnvelopeField::Code => 8,
        EnvelopeField::Message => 16,
    }
}
