//! Event streams: `text/event-stream` (WHATWG HTML, section 9.2, "Server-sent events").

use crate::http::eq_ignore_case;
use tc3_core::response::{self, Advice, Answer, Failure, Malformed};

/// Compares only the media type, without the parameters after `;`.
pub(super) fn is_event_stream(content_type: &[u8]) -> bool {
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    eq_ignore_case(media_type.trim_ascii(), "text/event-stream")
}

/// The length of the first event and the empty line after it, or `None` if it is not complete.
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

/// A failure that the service reports in an event: the data of one line is its envelope with an `Error`.
///
/// A line that is not such an envelope belongs to the product.
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

/// The failure that an answer reports. A dry run that would have succeeded is none.
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
