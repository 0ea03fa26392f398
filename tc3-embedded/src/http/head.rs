//! Collects the head of a response byte by byte, then parses it with `httparse`.
//!
//! `httparse` accepts a bare LF as a line end and skips empty lines before the status line.
//! [`HeadBuffer`] refuses both while the bytes arrive.

use core::fmt;

use super::error::{Fault, ResponseError};
use super::input::wide;

/// The maximum number of header fields in one head.
///
/// `httparse` needs an array of this length on the stack while it parses a head.
pub const MAX_HEADERS: usize = 32;

/// A parsed status line.
#[derive(Clone, Copy)]
pub(super) struct StatusLine {
    pub(super) code: u16,
    /// The minor version: the x in HTTP/1.x.
    pub(super) minor: u8,
}

/// The caller's buffer. Its length limits the head.
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

    /// Appends one byte. Returns true if it completes the head.
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

/// Prints only received bytes: the rest of the buffer can contain secrets of the caller.
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

/// Parses a complete head that started at offset `start` of the response.
pub(super) fn parse(head: &[u8], start: u64) -> Result<StatusLine, ResponseError> {
    let (fault, at) = match parse_prefix(head) {
        Ok(Some(line)) => return Ok(line),
        // The status code is outside 100 to 599.
        Ok(None) => (Fault::StatusLine, b"HTTP/1.1 ".len()),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(ResponseError::TooManyHeaders { limit: MAX_HEADERS });
        }
        Err(error) => (fault_of(error), error_offset(head)),
    };
    let at = start.saturating_add(wide(at));
    Err(ResponseError::Malformed { fault, at })
}

/// Parses a head or its beginning. Returns `None` if the status code is not received yet or is outside
/// 100 to 599.
// Not inlined, so that the header array (512 bytes on a 32-bit target) is off the stack while the
// body is read.
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

/// The offset of the byte that `httparse` refused.
///
/// `httparse` does not report the offset, so this function bisects for the shortest prefix of the head that
/// `httparse` refuses; shorter prefixes are only incomplete.
fn error_offset(head: &[u8]) -> usize {
    let (mut valid, mut bad) = (0_usize, head.len());
    while valid < bad {
        let middle = valid.midpoint(bad);
        if parse_prefix(head.get(..=middle).unwrap_or(head)).is_err() {
            bad = middle;
        } else {
            valid = middle.saturating_add(1);
        }
    }
    bad
}

/// Compares a header name, token or media type with an ASCII word, ignoring case.
pub(crate) fn eq_ignore_case(bytes: &[u8], word: &str) -> bool {
    bytes.eq_ignore_ascii_case(word.as_bytes())
}

/// One header field. `Debug` omits the value, which can be a secret token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HeaderField<'h> {
    /// The name as received, in upper or lower case.
    pub name: &'h [u8],
    /// The value without the whitespace around it.
    pub value: &'h [u8],
    /// Offset of the field's line in the head.
    pub(super) at: usize,
}

impl HeaderField<'_> {
    /// Whether the field has this name. Case is ignored.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        eq_ignore_case(self.name, name)
    }
}

/// Iterates over the header fields of a request or response. Values are bytes, because they need not
/// be UTF-8.
///
/// This iterator also accepts lines that end with a bare LF. The iteration ends at the first line without a colon,
/// which in a well-formed head is the empty line.
///
/// ```
/// use tc3_embedded::http::Fields;
///
/// let head = b"HTTP/1.1 200 OK\r\nServer: \xe9\r\ncontent-type: text/plain\r\n\r\n";
/// assert_eq!(Fields::of(head).value("Content-Type"), Some(&b"text/plain"[..]));
/// assert!(Fields::of(head).any(|field| field.is("server")));
/// ```
#[derive(Clone)]
pub struct Fields<'h> {
    rest: &'h [u8],
    /// Offset of `rest` in the head.
    at: usize,
}

impl<'h> Fields<'h> {
    /// Skips the first line of `head`, which is the request line or status line.
    #[must_use]
    pub fn of(head: &'h [u8]) -> Self {
        let mut fields = Self { rest: head, at: 0 };
        // A colon in the reason phrase or the URL would make this line look like a field.
        fields.next_line();
        fields
    }

    /// The value of the first field with this name. Case is ignored.
    #[must_use]
    pub fn value(mut self, name: &str) -> Option<&'h [u8]> {
        Some(self.find(|field| field.is(name))?.value)
    }

    fn next_line(&mut self) -> Option<&'h [u8]> {
        let end = self.rest.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = self.rest.split_at_checked(end.saturating_add(1))?;
        self.rest = rest;
        self.at = self.at.saturating_add(line.len());
        Some(line)
    }
}

impl<'h> Iterator for Fields<'h> {
    type Item = HeaderField<'h>;

    fn next(&mut self) -> Option<HeaderField<'h>> {
        let at = self.at;
        let line = self.next_line()?;
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let value = value.strip_prefix(b":")?.trim_ascii();
        Some(HeaderField { name, value, at })
    }
}

impl fmt::Debug for HeaderField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, .. } = self;
        write!(f, "HeaderField({}: {} bytes)", name.escape_ascii(), value.len())
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").field("rest", &self.rest.len()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for HeaderField<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "HeaderField({=[u8]:a}: {} bytes)", self.name, self.value.len());
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Fields<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Fields {{ rest: {}, .. }}", self.rest.len());
    }
}
