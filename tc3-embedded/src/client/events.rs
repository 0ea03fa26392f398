//! Event streams: `text/event-stream` (WHATWG HTML, section 9.2, "Server-sent events").
//!
//! One thing that the section allows is not supported: the data of an event is not joined from several lines.

use crate::http::eq_ignore_case;
use tc3_core::response::{self, Advice, Answer, Failure, Malformed};

/// Compares only the media type, without the parameters after `;`.
pub(super) fn is_event_stream(content_type: &[u8]) -> bool {
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    eq_ignore_case(media_type.trim_ascii(), "text/event-stream")
}

/// A place in an event stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the first byte of a line.
    LineStart,
    WithinLine,
    /// After a CR that ended a line. An LF is part of the same line end.
    AfterCr,
    /// The same, and that line was empty.
    AfterLastCr,
}

/// What comes after received bytes.
#[derive(Clone, Copy)]
pub(super) enum Next {
    /// Not received yet.
    Unknown,
    /// The buffer has no space for this byte.
    Byte(u8),
    /// The body is complete.
    End,
    /// The body is cut short.
    Cut,
}

/// The length of the first event with the empty line that ends it. If the event is not complete, the place after
/// the stream. `place`: where the stream begins.
pub(super) fn first_event(stream: &[u8], mut place: Place, next: Next) -> Result<usize, Place> {
    let mut rest = stream;
    while let Some((byte, after)) = rest.split_first() {
        // Until the next byte has come, a CR may be the first half of a line end.
        let is_half =
            matches!((after, next), ([b'\n', ..], _) | ([], Next::Byte(b'\n') | Next::Unknown | Next::Cut));
        let (then, is_end) = match (place, byte) {
            (Place::LineStart | Place::AfterLastCr, b'\n') => (Place::LineStart, true),
            (_, b'\n') => (Place::LineStart, false),
            (Place::WithinLine, b'\r') => (Place::AfterCr, false),
            (_, b'\r') => (Place::AfterLastCr, !is_half),
            _ => (Place::WithinLine, false),
        };
        (rest, place) = (after, then);
        if is_end {
            return Ok(stream.len().saturating_sub(rest.len()));
        }
    }
    Err(place)
}

/// The lines that begin in the stream. `place`: where it begins.
pub(super) fn whole_lines(stream: &[u8], place: Place) -> &[u8] {
    if place == Place::WithinLine { after_line(stream).unwrap_or_default() } else { stream }
}

/// The first failure that the service reports in the events: a line that is its JSON envelope, with or without
/// `data:`, which has an `Error`. Any other line is data of the product.
pub(super) fn failure_in(events: &[u8]) -> Option<Failure<'_>> {
    events.split(is_line_end).find_map(|line| failure_of(response::parse(json_of(line))))
}

/// The events from the first JSON envelope in a line, which may be cut short.
pub(super) fn envelope_in(mut events: &[u8]) -> Option<&[u8]> {
    loop {
        let json = json_of(events);
        if response::found(json).malformed().is_none_or(|malformed| malformed.is_envelope) {
            return Some(json);
        }
        events = after_line(events)?;
    }
}

/// Strips `data:` from a line, if it is there.
fn json_of(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"data:").unwrap_or(line)
}

/// What follows the first line. An LF after its CR may still be there: it is white space, or an empty line.
fn after_line(stream: &[u8]) -> Option<&[u8]> {
    let end = stream.iter().position(is_line_end)?;
    stream.get(end.saturating_add(1)..)
}

const fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// The failure that a response reports. The report of a successful dry run is not a failure.
pub(super) fn failure_of(answer: Result<Answer<'_>, Malformed>) -> Option<Failure<'_>> {
    match answer {
        Ok(Answer::Failure(failure)) if failure.advice() != Advice::Success => Some(failure),
        _ => None,
    }
}
