//! The chunked transfer coding: RFC 9112 section 7.1, extensions and trailers read over.

use super::error::{Fault, ResponseError};
use super::input::{Input, wide, with_digit};
use super::response::{Event, Limits};

/// The decoder: it holds numbers only, so a split at any byte costs nothing.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Chunked {
    phase: Phase,
    /// Bytes left in the chunk; while its size is read, the size so far.
    left: u64,
    /// Bytes of the current chunk-size line, or of all trailers; line ends are not counted.
    text: usize,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Phase {
    FirstDigit,
    Digits,
    /// "Bad whitespace", which only an extension may follow.
    Blank,
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
        Self { phase: Phase::FirstDigit, left: 0, text: 0 }
    }

    /// The next event; `body` bytes were handed out before.
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
            self.phase = self.after(byte).ok_or_else(|| self.phase.malformed(at, byte))?;
            self.check(limits, body)?;
        }
    }

    fn data<'i>(&mut self, input: &mut Input<'i>) -> Event<'i> {
        let piece = input.take(self.left);
        self.left = self.left.saturating_sub(wide(piece.len()));
        if self.left == 0 {
            self.phase = Phase::DataCr;
        }
        Event::piece(piece)
    }

    /// The phase that `byte` leads to, if it may stand here at all.
    fn after(&mut self, byte: u8) -> Option<Phase> {
        use Phase::*;
        Some(match (self.phase, byte) {
            (FirstDigit | Digits, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.left = with_digit(self.left, byte, 16)?;
                Digits
            }
            (Digits | Blank, b' ' | b'\t') => Blank,
            (Digits | Blank, b';') => Extension,
            (Digits | Extension, b'\r') => SizeLf,
            (Extension, _) if is_text(byte) => Extension,
            (SizeLf, b'\n') if self.left == 0 => Line,
            (SizeLf, b'\n') => Data,
            (DataCr, b'\r') => DataLf,
            (DataLf, b'\n') => FirstDigit,
            (Line, b'\r') => EndLf,
            (Line | Name, _) if is_token(byte) => Name,
            (Name, b':') => Value,
            (Value, _) if is_text(byte) => Value,
            (Value, b'\r') => ValueLf,
            (ValueLf, b'\n') => Line,
            (EndLf, b'\n') => End,
            _ => return None,
        })
    }

    /// Applies the limits to the phase just entered.
    fn check(&mut self, limits: &Limits, body: u64) -> Result<(), ResponseError> {
        match self.phase {
            Phase::Digits | Phase::Blank | Phase::Extension => {
                let limit = limits.chunk_line;
                self.count(limit).ok_or(ResponseError::ChunkLineTooLong { limit })
            }
            Phase::Name | Phase::Value => {
                let limit = limits.trailers;
                self.count(limit).ok_or(ResponseError::TrailersTooLong { limit })
            }
            Phase::SizeLf => {
                self.text = 0;
                limits.check_body(body.saturating_add(self.left))
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, limit: usize) -> Option<()> {
        self.text = self.text.checked_add(1)?;
        (self.text <= limit).then_some(())
    }
}

impl Phase {
    const fn malformed(self, at: u64, byte: u8) -> ResponseError {
        let fault = match (self, byte) {
            (Self::DataCr | Self::DataLf, _) => Fault::ChunkEnd,
            (Self::SizeLf | Self::ValueLf | Self::EndLf, _) | (_, b'\n') => Fault::LineEnd,
            (Self::FirstDigit | Self::Digits | Self::Blank, _) => Fault::ChunkSize,
            (Self::Extension, _) => Fault::ChunkExtension,
            (Self::Line, b' ' | b'\t') => Fault::Folding,
            _ => Fault::Trailer,
        };
        ResponseError::Malformed { fault, at }
    }
}

/// What a field value or a quoted string may hold (RFC 9110 section 5.5).
const fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

/// What a field name may hold (RFC 9110 section 5.6.2).
const fn is_token(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'^'..=b'z' | b'!' | b'#'..=b'\'')
        || matches!(byte, b'*' | b'+' | b'-' | b'.' | b'|' | b'~')
}
