//! The memory that the caller provides. A call needs only these buffers and its stack.

use super::stored::{Pieces, hand_out_events};
use core::{fmt, ops::ControlFlow};

/// The buffers into which a request is encoded and its response received.
///
/// `head` holds the head of the request and later the head of the response. A request head takes
/// about 400 bytes plus token, query and extra headers. The service's response heads are shorter.
///
/// `body` holds the body of the response. A longer body is refused
/// ([`BodyTooLong`](crate::http::ResponseError::BodyTooLong)) unless it is handed out
/// [in pieces](Self::in_pieces). The form of a v1 POST is also encoded into `body`. Other request
/// bodies are sent from the caller's memory without a copy.
///
/// The request head and the form can contain a token, so they are wiped after sending.
pub struct Buffers<'b> {
    pub(super) head: &'b mut [u8],
    pub(super) body: &'b mut [u8],
    pub(super) pieces: Option<Pieces<'b>>,
}

impl<'b> Buffers<'b> {
    /// Uses one buffer for heads and one for bodies.
    pub const fn new(head: &'b mut [u8], body: &'b mut [u8]) -> Self {
        Self { head, body, pieces: None }
    }

    /// Hands out the response body in pieces, up to 50 MiB in total.
    ///
    /// Except in an event stream, each piece fills the buffer for bodies. Only the last piece can be shorter,
    /// and none is empty. A full buffer is handed out only when another byte arrives. Therefore:
    ///
    /// * A body that fits the buffer is received whole and [judged](super::judge). If it reports a
    ///   failure of the service, no piece is handed out and the call returns
    ///   [`CallError::Service`](super::CallError::Service). Otherwise the body is handed out as one
    ///   piece.
    /// * A larger body is handed out while it arrives and is not judged, so it can contain a failure
    ///   of the service. Failures fit if the buffer has at least 1 KiB.
    /// * The body of a response with a status outside 200 to 299 is never handed out.
    ///
    /// An event stream (`Content-Type: text/event-stream`) is handed out while it arrives. Each event is one
    /// piece, up to and including the empty line that ends it. An event longer than the buffer comes in
    /// several pieces. If the data of an event is the service's JSON envelope with an `Error`, the call fails
    /// with [`CallError::Service`](super::CallError::Service), also if the stream ends without the empty line
    /// after it, or if the envelope comes without `data:`. If the connection fails before that empty
    /// line, the call ends with [`CallError::Incomplete`](super::CallError::Incomplete), and
    /// [`Reply::found`](super::Reply::found) has the code. A product's own errors in a stream are handed
    /// out like any other event. Lines end with LF, CRLF or CR. An event that ends with a CR is handed out when
    /// the next byte shows that no LF belongs to it.
    ///
    /// The pieces are the complete body only if the call returns `Ok`. `Break` ends the call
    /// ([`ExchangeError::Stopped`](super::ExchangeError::Stopped)).
    ///
    /// ```
    /// use core::ops::ControlFlow;
    /// use tc3_embedded::client::Buffers;
    ///
    /// let (mut head, mut body) = ([0; 512], [0; 1024]);
    /// let mut flash = Vec::new();
    /// let mut store = |piece: &[u8]| {
    ///     flash.extend_from_slice(piece); // return `Break` if this fails
    ///     ControlFlow::Continue(())
    /// };
    /// let buffers = Buffers::new(&mut head, &mut body).in_pieces(&mut store);
    /// # let _ = buffers;
    /// ```
    #[must_use]
    pub fn in_pieces(self, on_piece: &'b mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Self {
        Self { pieces: Some(Pieces { on_piece, hand_out_events }), ..self }
    }

    /// The same buffers, reborrowed for one exchange.
    pub(super) fn reborrow(&mut self) -> Buffers<'_> {
        let pieces = self.pieces.as_mut().map(|Pieces { on_piece, hand_out_events }| Pieces {
            on_piece: &mut **on_piece,
            hand_out_events: *hand_out_events,
        });
        Buffers { head: self.head, body: self.body, pieces }
    }
}

/// Prints lengths only: the bytes can be secret.
impl fmt::Debug for Buffers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Buffers");
        shown.field("head", &self.head.len()).field("body", &self.body.len());
        shown.field("in_pieces", &self.pieces.is_some()).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Buffers<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let (head, body, pieces) = (self.head.len(), self.body.len(), self.pieces.is_some());
        defmt::write!(f, "Buffers {{ head: {}, body: {}, in_pieces: {} }}", head, body, pieces);
    }
}
