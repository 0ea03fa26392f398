//! Event streams: `text/event-stream` (WHATWG HTML, section 9.2, "Server-sent events").
//!
//! Two things that the section allows are not supported: a lone CR does not count as a line end, and the
//! data of an event is not joined from several lines.

use crate::http::eq_ignore_case;
use tc3_core::response::{self, Advice, Answer, Failure, Malformed};

/// Compares only the media type, without the parameters after `;`.
pub(super) fn is_event_stream(content_type: &[u8]) -> bool {
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    eq_ignore_case(media_type.trim_ascii(), "text/event-stream")
}

/// The length of the first event with the empty line that ends it, or `None` if the event is not complete.
pub(super) fn first_event(stream: &[u8]) -> Option<usize> {
    let mut rest = stream;
    loop {
        let (line, after) = first_line(rest)?;
        rest = after;
        if matches!(line, b"\n" | b"\r\n") {
            return stream.len().checked_sub(rest.len());
        }
    }
}

/// The first failure that the service reports in the events: a line with `data:` and its JSON envelope, which
/// has an `Error`. Any other line is data of the product.
pub(super) fn failure_in(mut events: &[u8]) -> Option<Failure<'_>> {
    while !events.is_empty() {
        let (line, after) = first_line(events).unwrap_or((events, &[]));
        events = after;
        // JSON may have white space around it, also a line end.
        if let Some(failure) = line.strip_prefix(b"data:").map(response::parse).and_then(failure_of) {
            return Some(failure);
        }
    }
    None
}

/// The failure that a response reports. The report of a successful dry run is not a failure.
pub(super) fn failure_of(answer: Result<Answer<'_>, Malformed>) -> Option<Failure<'_>> {
    match answer {
        Ok(Answer::Failure(failure)) if failure.advice() != Advice::Success => Some(failure),
        _ => None,
    }
}

/// The first line with its line end, and what follows.
fn first_line(stream: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = stream.iter().position(|byte| *byte == b'\n')?;
    stream.split_at_checked(end.saturating_add(1))
}
