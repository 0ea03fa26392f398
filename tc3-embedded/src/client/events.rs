//! Event streams: `text/event-stream` (WHATWG HTML, section 9.2, "Server-sent events").

use crate::http::eq_ignore_case;
use tc3_core::response::{self, Advice, Answer, Failure};

/// Compares only the media type, without the parameters after `;`.
pub(super) fn is_event_stream(content_type: &[u8]) -> bool {
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    eq_ignore_case(media_type.trim_ascii(), "text/event-stream")
}

/// The length of the first event and the empty line after it, or `None` if it is not complete.
pub(super) fn first_event(stream: &[u8]) -> Option<usize> {
    let mut is_empty = true;
    let end = stream.iter().position(|byte| match byte {
        b'\n' if is_empty => true,
        b'\n' => {
            is_empty = true;
            false
        }
        b'\r' => false,
        _ => {
            is_empty = false;
            false
        }
    })?;
    end.checked_add(1)
}

/// A failure that the service reports in an event: the data of one line is its envelope with an `Error`.
///
/// A line that is not such an envelope belongs to the product.
pub(super) fn failure_in(events: &[u8]) -> Option<Failure<'_>> {
    events.split(|byte| *byte == b'\n').find_map(|line| {
        let data = line.strip_prefix(b"data:")?.trim_ascii();
        match response::parse(data) {
            Ok(Answer::Failure(failure)) if failure.advice() != Advice::Success => Some(failure),
            _ => None,
        }
    })
}
