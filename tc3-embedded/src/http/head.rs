//! A response's head: gathered byte by byte, then read once by `httparse`.
//!
//! `httparse` is lenient where a client must not be: it takes a bare LF for a line end and skips
//! empty lines before the status line. Both are refused here, while the bytes come in.

use core::fmt;

use super::error::{Fault, ResponseError};
use super::input::wide;

/// How many header fields one head may have.
///
/// `httparse` wants its array in advance. It lies on the stack for as long as one head is read, which
/// is what keeps this number small.
pub const MAX_HEADERS: usize = 32;

/// What the status line says.
#[derive(Clone, Copy)]
pub(super) struct StatusLine {
    pub(super) code: u16,
    /// The x of HTTP/1.x.
    pub(super) minor: u8,
}

/// The caller's buffer; its length is the limit of a head.
pub(super) struct HeadBuffer<'h> {
    pub(super) bytes: &'h mut [u8],
    filled: usize,
}

impl<'h> HeadBuffer<'h> {
    pub(super) const fn new(bytes: &'h mut [u8]) -> Self {
        Self { bytes, filled: 0 }
    }

    pub(super) fn received(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    pub(super) const fn clear(&mut self) {
        self.filled = 0;
    }

    /// Adds one byte; true when it was the head's last one.
    pub(super) fn push(&mut self, at: u64, byte: u8) -> Result<bool, ResponseError> {
        let limit = self.bytes.len();
        let slot = self.bytes.get_mut(self.filled);
        *slot.ok_or(ResponseError::HeadTooLong { limit })? = byte;
        self.filled = self.filled.saturating_add(1);
        let fault = match self.received() {
            [first] if *first != b'H' => Fault::StatusLine,
            [.., b'\r', b'\n', b'\r', b'\n'] => return Ok(true),
            [.., b'\r', b'\n', b' ' | b'\t'] => Fault::Folding,
            [.., b'\r', b'\n'] => return Ok(false),
            [.., b'\r', _] | [.., b'\n'] => Fault::LineEnd,
            _ => return Ok(false),
        };
        Err(ResponseError::Malformed { fault, at })
    }
}

/// Only what was received: the rest of the buffer is whatever the caller had in it.
impl fmt::Debug for HeadBuffer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.received().escape_ascii())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for HeadBuffer<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[u8]:a}", self.received());
    }
}

/// Reads a complete head that began at offset `start` of the response.
pub(super) fn parse(head: &[u8], start: u64) -> Result<StatusLine, ResponseError> {
    let (fault, at) = match parse_prefix(head) {
        Ok(Some(line)) => return Ok(line),
        Ok(None) => (Fault::StatusLine, b"HTTP/1.1 ".len()),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(ResponseError::TooManyHeaders { limit: MAX_HEADERS });
        }
        Err(error) => (fault_of(error), offence(head)),
    };
    let at = start.saturating_add(wide(at));
    Err(ResponseError::Malformed { fault, at })
}

// Not inlined: the header array must be off the stack again when the body is read.
#[inline(never)]
fn parse_prefix(head: &[u8]) -> Result<Option<StatusLine>, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    response.parse(head)?;
    Ok(match (response.version, response.code) {
        (Some(minor), Some(code @ 100..=599)) => Some(StatusLine { code, minor }),
        _ => None,
    })
}

const fn fault_of(error: httparse::Error) -> Fault {
    match error {
        httparse::Error::Version => Fault::Version,
        httparse::Error::HeaderName => Fault::HeaderName,
        httparse::Error::HeaderValue => Fault::HeaderValue,
        _ => Fault::StatusLine,
    }
}

/// `httparse` says what is wrong but not where: it is the first byte whose arrival turns
/// "incomplete" into an error.
fn offence(head: &[u8]) -> usize {
    let (mut sound, mut bad) = (0_usize, head.len());
    while sound < bad {
        let middle = sound.midpoint(bad);
        if parse_prefix(head.get(..=middle).unwrap_or(head)).is_err() {
            bad = middle;
        } else {
            sound = middle.saturating_add(1);
        }
    }
    bad
}

/// One header field; `at` is the offset of its line in the head.
pub(crate) struct Field<'p> {
    pub(super) at: usize,
    pub(crate) name: &'p [u8],
    pub(crate) value: &'p [u8],
}

/// Whether a header or an option is `known`, in any case.
// Not inlined: it is asked for every name, and costs more code than its callers.
#[inline(never)]
pub(crate) fn is(name: &[u8], known: &str) -> bool {
    name.eq_ignore_ascii_case(known.as_bytes())
}

/// The fields of a head that [`parse`] found sound.
pub(crate) struct Fields<'p> {
    rest: &'p [u8],
    at: usize,
}

impl<'p> Fields<'p> {
    pub(crate) fn of(head: &'p [u8]) -> Self {
        let mut fields = Self { rest: head, at: 0 };
        // The status line is none of them, though its reason may have a colon.
        fields.next_line();
        fields
    }

    fn next_line(&mut self) -> Option<&'p [u8]> {
        let end = self.rest.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = self.rest.split_at_checked(end.saturating_add(1))?;
        self.rest = rest;
        self.at = self.at.saturating_add(line.len());
        Some(line)
    }
}

impl<'p> Iterator for Fields<'p> {
    type Item = Field<'p>;

    fn next(&mut self) -> Option<Field<'p>> {
        let at = self.at;
        let line = self.next_line()?;
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let value = value.strip_prefix(b":")?.trim_ascii();
        Some(Field { at, name, value })
    }
}
