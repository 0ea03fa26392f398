//! The body of a response in the caller's buffer, and how it is handed out.

use super::events::{Next, Place, envelope_in, failure_in, first_event, whole_lines};
use crate::http::wide;
use core::{cell::Cell, ops::ControlFlow};

/// Receives the pieces of a response body, in order.
pub(super) type OnPiece<'b> = &'b mut dyn FnMut(&[u8]) -> ControlFlow<()>;

/// The part of a body that is in the caller's buffer.
pub(super) struct Stored<'b> {
    pub(super) buffer: &'b mut [u8],
    /// Bytes of the buffer in use.
    pub(super) filled: usize,
    /// Bytes of the body that were handed out before these.
    pub(super) handed_out: u64,
    /// Offset of the part that is judged; past the end if no part is, because bytes were handed out.
    pub(super) judged_from: usize,
    /// In an event stream, where these bytes begin.
    place: Place,
}

/// How a body is handed out in pieces.
pub(super) struct Pieces<'b> {
    pub(super) on_piece: OnPiece<'b>,
    /// Always [`hand_out_events`].
    // A function pointer, so that a program without `in_pieces` does not link it.
    pub(super) hand_out_events: fn(&mut Stored<'_>, OnPiece<'_>, Next) -> HandedOut,
}

/// Which of the complete events in a buffer were handed out.
pub(super) enum HandedOut {
    All,
    /// The events before one that reports a failure. The buffer now contains only that one.
    BeforeFailure,
    /// The events before the one at which the caller stopped.
    BeforeStop,
}

impl<'b> Stored<'b> {
    pub(super) const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, filled: 0, handed_out: 0, judged_from: 0, place: Place::LineStart }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    /// Stores what fits the buffer. Returns the rest.
    pub(super) fn put<'p>(&mut self, piece: &'p [u8]) -> &'p [u8] {
        let free = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let (fitting, rest) = piece.split_at_checked(free.len()).unwrap_or((piece, &[]));
        for (to, from) in free.iter_mut().zip(fitting) {
            *to = *from;
        }
        self.filled = self.filled.saturating_add(fitting.len());
        rest
    }

    /// Notes that the first `len` bytes were handed out.
    pub(super) fn count(&mut self, len: usize) {
        self.handed_out = self.handed_out.saturating_add(wide(len));
        self.judged_from = usize::MAX;
    }

    /// Notes that all stored bytes were handed out.
    pub(super) fn clear(&mut self) {
        self.count(self.filled);
        self.filled = 0;
    }

    /// Removes the first `len` bytes. Moves the rest to the front.
    fn remove(&mut self, len: usize) {
        let filled = self.buffer.get_mut(..self.filled).unwrap_or_default();
        let cells = Cell::from_mut(filled).as_slice_of_cells();
        for (to, from) in cells.iter().zip(cells.get(len..).unwrap_or_default()) {
            to.set(from.get());
        }
        self.filled = self.filled.saturating_sub(len);
    }
}

/// Passes each complete event to `on_piece`, up to one that reports a failure. If there is none and the buffer is
/// full, passes all of it.
pub(super) fn hand_out_events(stored: &mut Stored<'_>, on_piece: OnPiece<'_>, next: Next) -> HandedOut {
    let mut start: usize = 0;
    let result = loop {
        let rest = stored.bytes().get(start..).unwrap_or_default();
        let (len, place) = match first_event(rest, stored.place, next) {
            Ok(len) => (len, Place::LineStart),
            Err(place) if start == 0 && matches!(next, Next::Byte(_)) => (rest.len(), place),
            Err(_) => break HandedOut::All,
        };
        let (piece, end) = (rest.get(..len).unwrap_or_default(), start.saturating_add(len));
        let lines = whole_lines(piece, stored.place);
        if failure_in(lines).is_some() {
            start = end.saturating_sub(lines.len());
            stored.filled = end;
            break HandedOut::BeforeFailure;
        }
        if on_piece(piece).is_break() {
            break HandedOut::BeforeStop;
        }
        stored.count(len);
        (start, stored.place) = (end, place);
    };
    // Once for all events, because their number is not bounded by their length.
    stored.remove(start);
    let lines = whole_lines(stored.bytes(), stored.place);
    let judged = match (&result, next) {
        (HandedOut::BeforeFailure, _) => Some(stored.bytes()),
        (HandedOut::All, Next::End) => Some(lines),
        (HandedOut::All, Next::Cut) => envelope_in(lines),
        _ => None,
    };
    if let Some(judged) = judged {
        stored.judged_from = stored.filled.saturating_sub(judged.len());
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{Next, Stored, hand_out_events};
    use core::ops::ControlFlow;

    #[test]
    fn what_follows_the_received_bytes_is_not_moved() {
        let mut buffer = *b"0123456789";
        let mut stored = Stored::new(&mut buffer);
        assert!(stored.put(b"a\n\nb\n\nc").is_empty());
        hand_out_events(&mut stored, &mut |_| ControlFlow::Continue(()), Next::Unknown);
        assert_eq!((stored.bytes(), stored.handed_out), (&b"c"[..], 6));
        assert_eq!(&buffer, b"c\n\nb\n\nc789");
    }
}
