//! The caller's memory: all that a call uses besides its stack.

use core::{fmt, ops::ControlFlow};

/// The memory into which a request is encoded and its answer received.
///
/// Each buffer serves twice. `head` holds the head of the request, which is wiped as soon as it is
/// sent because it may hold a token, and then the head of the answer. Its length must suffice for
/// the longer of the two: a request takes about 400 bytes plus token, query and extra headers, an
/// answer of the service less. `body` holds the form of a v1 POST, wiped likewise, and then the
/// body of the answer. A longer body is refused
/// ([`BodyTooLong`](crate::http::ResponseError::BodyTooLong)) or handed out
/// [in pieces](Self::in_pieces). Any other body of a request is sent from the caller's memory
/// without a copy.
pub struct Buffers<'b> {
    pub(super) head: &'b mut [u8],
    pub(super) body: &'b mut [u8],
    pub(super) on_piece: Option<OnPiece<'b>>,
}

/// Receives the pieces of a body, one after the other.
pub(super) type OnPiece<'b> = &'b mut dyn FnMut(&[u8]) -> ControlFlow<()>;

impl<'b> Buffers<'b> {
    /// Takes a buffer for heads and one for bodies.
    pub const fn new(head: &'b mut [u8], body: &'b mut [u8]) -> Self {
        Self { head, body, on_piece: None }
    }

    /// Hands out the body of the answer in pieces, of at most 50 MiB in total.
    ///
    /// A piece is as long as the buffer for the body; the last one may be shorter, and none is
    /// empty. A full buffer is handed out only when another byte arrives. Therefore
    /// * a body that fits the buffer is received whole and [judged](super::judge). A failure of the
    ///   service comes back as [`CallError::Service`](super::CallError::Service), and no piece is
    ///   handed out. A success is one piece;
    /// * a larger body is handed out as it comes and not judged. Its pieces may hold a failure of
    ///   the service: make the buffer at least 1 KiB, so that failures fit;
    /// * an answer with a status outside 200 to 299 is never handed out.
    ///
    /// The pieces are the whole body only if the call succeeds in the end. `Break` ends the call
    /// ([`ExchangeError::Stopped`](super::ExchangeError::Stopped)).
    ///
    /// ```
    /// use core::ops::ControlFlow;
    /// use tc3_embedded::client::Buffers;
    ///
    /// let (mut head, mut body) = ([0; 512], [0; 1024]);
    /// let mut flash = Vec::new();
    /// let mut store = |piece: &[u8]| {
    ///     flash.extend_from_slice(piece); // and Break if that fails
    ///     ControlFlow::Continue(())
    /// };
    /// let buffers = Buffers::new(&mut head, &mut body).in_pieces(&mut store);
    /// # let _ = buffers;
    /// ```
    #[must_use]
    pub fn in_pieces(self, on_piece: &'b mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Self {
        Self { on_piece: Some(on_piece), ..self }
    }

    /// The same buffers, reborrowed for one exchange.
    pub(super) fn reborrow(&mut self) -> Buffers<'_> {
        // Not `as_deref_mut`, which would borrow for the whole of `'b`.
        let on_piece: Option<OnPiece<'_>> = match &mut self.on_piece {
            Some(on_piece) => Some(&mut **on_piece),
            None => None,
        };
        Buffers { head: self.head, body: self.body, on_piece }
    }
}

/// Without the bytes, which may be secret.
impl fmt::Debug for Buffers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Buffers");
        shown.field("head", &self.head.len()).field("body", &self.body.len());
        shown.field("in_pieces", &self.on_piece.is_some()).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Buffers<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let (head, body, pieces) = (self.head.len(), self.body.len(), self.on_piece.is_some());
        defmt::write!(f, "Buffers {{ head: {}, body: {}, in_pieces: {} }}", head, body, pieces);
    }
}
