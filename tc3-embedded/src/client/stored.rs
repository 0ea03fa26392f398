//! The body of a response in the caller's buffer, and how it is handed out.

use super::events::{failure_in, first_event};
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
    /// Whether these bytes continue an event whose beginning was handed out.
    is_within_event: bool,
}

/// How a body is handed out in pieces.
pub(super) struct Pieces<'b> {
    pub(super) on_piece: OnPiece<'b>,
    /// Always [`hand_out_events`].
    // A function pointer, so that a program without `in_pieces` does not link it.
    pub(super) hand_out_events: fn(&mut Stored<'_>, OnPiece<'_>) -> HandedOut,
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
        Self { buffer, filled: 0, handed_out: 0, is_within_event: false }
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

    /// Notes that all stored bytes were handed out. In an event stream, they ended within an event.
    pub(super) fn clear(&mut self) {
        self.handed_out = self.handed_out.saturating_add(wide(self.filled));
        (self.filled, self.is_within_event) = (0, true);
    }

    /// Notes that the first `len` bytes, which are an event, were handed out. Moves the rest to the front.
    fn drop_event(&mut self, len: usize) {
        self.handed_out = self.handed_out.saturating_add(wide(len));
        (self.filled, self.is_within_event) = (self.filled.saturating_sub(len), false);
        let cells = Cell::from_mut(&mut *self.buffer).as_slice_of_cells();
        for (to, from) in cells.iter().zip(cells.get(len..).unwrap_or_default()) {
            to.set(from.get());
        }
    }
}

/// Passes each complete event to `on_piece`, up to one that reports a failure.
pub(super) fn hand_out_events(stored: &mut Stored<'_>, on_piece: OnPiece<'_>) -> HandedOut {
    while let Some(len) = first_event(stored.bytes()) {
        let event = stored.buffer.get(..len).unwrap_or_default();
        if !stored.is_within_event && failure_in(event).is_some() {
            stored.filled = len;
            return HandedOut::BeforeFailure;
        }
        if on_piece(event).is_break() {
            return HandedOut::BeforeStop;
        }
        stored.drop_event(len);
    }
    HandedOut::All
}
