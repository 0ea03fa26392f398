//! Decodes the chunked transfer coding (RFC 9112, section 7.1). Extensions and trailers are checked
//! and skipped.

use super::error::{Fault, ResponseError};
use super::event::{Event, Limits};
use super::input::{Input, wide, with_digit};

/// A decoder without a buffer. The input can be split at any byte.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Chunked {
    phase: Phase,
    /// Bytes left in the current chunk. While the chunk size is parsed: the size so far.
    left: u64,
    /// Length of the current chunk-size line, or of all trailers together, without line ends.
    line_len: usize,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Phase {
    FirstDigit,
    Digits,
    /// Whitespace between the size and an extension ("BWS", bad whitespace, in RFC 9112).
    Whitespace,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// Start of a trailer line, or of the empty line that ends the body.
    Line,
    Name,
    Value,
    ValueLf,
    EndLf,
    End,
}

impl Chunked {
    pub(super) const fn new() -> Self {
        Self { phase: Phase::FirstDigit, left: 0, line_len: 0 }
    }

    /// The next event. `body` is the number of bytes of the body returned so far.
    pub(super) fn step<'i>(
        &mut self,
        input: &mut Input<'i>,
        limits: &Limits,
        body: u64,
    ) -> Result<Event<'i>, ResponseError> {
        loop {
            match self.phase {
                Phase::End => return Ok(Event::Done),
                Phase::Data => return Ok(self.data(input)),
                _ => {}
            }
            let Some((at, byte)) = input.next() else {
                return Ok(Event::NeedMore);
            };
            self.phase = self.next_phase(byte).ok_or_else(|| self.phase.malformed(at, byte))?;
            self.check(limits, body)?;
        }
    }

    fn data<'i>(&mut self, input: &mut Input<'i>) -> Event<'i> {
        let piece = input.take(self.left);
        self.left = self.left.saturating_sub(wide(piece.len()));
        if self.left == 0 {
            self.phase = Phase::DataCr;
        }
        Event::of_body(piece)
    }

    /// Processes one byte outside the data. Returns the next phase, or `None` if the current phase does
    /// not allow the byte.
    fn next_phase(&mut self, byte: u8) -> Option<Phase> {
        use Phase::*;
        Some(match (self.phase, byte) {
            (FirstDigit | Digits, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.left = with_digit(self.left, byte, 16)?;
                Digits
            }
            (Digits | Whitespace, b' ' | b'\t') => Whitespace,
            (Digits | Whitespace, b';') => Extension,
            (Digits | Extension, b'\r') => SizeLf,
            (Extension, _) if is_field_value(byte) => Extension,
            (SizeLf, b'\n') if self.left == 0 => Line,
            (SizeLf, b'\n') => Data,
            (DataCr, b'\r') => DataLf,
            (DataLf, b'\n') => FirstDigit,
            (Line, b'\r') => EndLf,
            (Line | Name, _) if is_tchar(byte) => Name,
            (Name, b':') => Value,
            (Value, _) if is_field_value(byte) => Value,
            (Value, b'\r') => ValueLf,
            (ValueLf, b'\n') => Line,
            (EndLf, b'\n') => End,
            _ => return None,
        })
    }

    /// Enforces the limits after a change of phase.
    fn check(&mut self, limits: &Limits, body: u64) -> Result<(), ResponseError> {
        match self.phase {
            Phase::Digits | Phase::Whitespace | Phase::Extension => {
                let limit = limits.chunk_line;
                self.lengthen_line(limit).ok_or(ResponseError::ChunkLineTooLong { limit })
            }
            Phase::Name | Phase::Value => {
                let limit = limits.trailers;
                self.lengthen_line(limit).ok_or(ResponseError::TrailersTooLong { limit })
            }
            Phase::SizeLf => {
                self.line_len = 0;
                limits.check_body(body.saturating_add(self.left))
            }
            _ => Ok(()),
        }
    }

    /// Adds one byte to `line_len`. Returns `None` above the limit.
    fn lengthen_line(&mut self, limit: usize) -> Option<()> {
        self.line_len = self.line_len.checked_add(1)?;
        (self.line_len <= limit).then_some(())
    }
}

impl Phase {
    const fn malformed(self, at: u64, byte: u8) -> ResponseError {
        let fault = match (self, byte) {
            (Self::DataCr | Self::DataLf, _) => Fault::ChunkEnd,
            (Self::SizeLf | Self::ValueLf | Self::EndLf, _) | (_, b'\n') => Fault::LineEnd,
            (Self::FirstDigit | Self::Digits | Self::Whitespace, _) => Fault::ChunkSize,
            (Self::Extension, _) => Fault::ChunkExtension,
            (Self::Line, b' ' | b'\t') => Fault::Folding,
            _ => Fault::Trailer,
        };
        ResponseError::Malformed { fault, at }
    }
}

/// Whether a field value or a quoted string can contain the byte (RFC 9110, section 5.5).
const fn is_field_value(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

/// Whether a field name can contain the byte: a "tchar" (RFC 9110, section 5.6.2).
const fn is_tchar(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'^'..=b'z' | b'!' | b'#'..=b'\'')
        || matches!(byte, b'*' | b'+' | b'-' | b'.' | b'|' | b'~')
}
