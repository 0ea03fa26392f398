//! The caller's memory, which is all that a call uses beside its stack.

use super::{CallError, ExchangeError, Reply, incoming::Received};
use core::{fmt, ops::ControlFlow};
use zeroize::Zeroize;

/// Where a request is spelled and its answer received.
///
/// Each buffer serves twice. In `head` stands the request's head, wiped as soon as it is sent
/// because it may hold a token, and then the answer's; the longer of the two limits it. A request
/// takes some 400 bytes and whatever token, query and further headers it has, an answer of the
/// service less. In `body` stands the form of a v1 POST, wiped likewise, and then the answer's
/// body; a larger one is refused
/// ([`BodyTooLong`](crate::http::ResponseError::BodyTooLong)), or handed out
/// [in pieces](Self::in_pieces). Everything else of a request is sent from where it is.
pub struct Buffers<'b> {
    pub(super) head: &'b mut [u8],
    pub(super) body: &'b mut [u8],
    pub(super) pieces: Option<Pieces<'b>>,
}

/// Takes one piece of a body after the other.
pub(super) type Pieces<'b> = &'b mut dyn FnMut(&[u8]) -> ControlFlow<()>;

impl<'b> Buffers<'b> {
    /// Room for heads and for bodies.
    pub const fn new(head: &'b mut [u8], body: &'b mut [u8]) -> Self {
        Self { head, body, pieces: None }
    }

    /// Hands out the answer's body in pieces, of at most 50 MiB together.
    ///
    /// A piece is as long as the buffer for the body, the last one shorter; a zero-length one does
    /// not come. A full buffer is handed out when a further byte arrives, and not before. So
    /// * a body that fits the buffer is received whole and looked at: a failure of the service
    ///   comes back as [`CallError::Service`] and no piece was handed out; a success is one piece;
    /// * a larger body is handed out as it comes and nobody looks at it. A failure of the service
    ///   that does not fit would be in the pieces: give the buffer 1 KiB at least;
    /// * of an answer whose status is outside 2xx nothing is ever handed out.
    ///
    /// The pieces are the whole body only if the call succeeds in the end. `Break` ends the call
    /// ([`ExchangeError::Stopped`]).
    ///
    /// ```
    /// use core::ops::ControlFlow;
    /// use tc3_embedded::client::Buffers;
    ///
    /// let (mut head, mut body) = ([0; 512], [0; 1024]);
    /// let mut flash = Vec::new();
    /// let mut keep = |piece: &[u8]| {
    ///     flash.extend_from_slice(piece); // and Break if that fails
    ///     ControlFlow::Continue(())
    /// };
    /// let buffers = Buffers::new(&mut head, &mut body).in_pieces(&mut keep);
    /// # let _ = buffers;
    /// ```
    #[must_use]
    pub fn in_pieces(self, pieces: &'b mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Self {
        Self { pieces: Some(pieces), ..self }
    }

    /// The same buffers, lent for one exchange.
    pub(super) fn lend(&mut self) -> Buffers<'_> {
        // Not `as_deref_mut`, which would lend it for as long as the caller lent it.
        let pieces: Option<Pieces<'_>> = match &mut self.pieces {
            Some(pieces) => Some(&mut **pieces),
            None => None,
        };
        Buffers { head: self.head, body: self.body, pieces }
    }

    /// What was received, before anybody has decided about it.
    pub(super) fn view(&self, received: Received) -> Reply<'_> {
        reply(self.head, self.body, received)
    }

    /// Decides about what was received, and hands out what of it is still kept.
    pub(super) fn finish<E, C, N>(self, received: Received) -> Result<Reply<'b>, CallError<'b, E, C, N>> {
        let Self { head, body, pieces } = self;
        let reply = reply(head, body, received).judge()?;
        if let Some(pieces) = pieces {
            hand_out(pieces, reply.body, reply.before)?;
        }
        Ok(reply)
    }
}

fn reply<'b>(head: &'b [u8], body: &'b [u8], received: Received) -> Reply<'b> {
    let Received { status, head_len, body_len, before, .. } = received;
    let (head, body) = (head.get(..head_len), body.get(..body_len));
    Reply { status, head: head.unwrap_or_default(), body: body.unwrap_or_default(), before }
}

pub(super) fn hand_out<E>(
    pieces: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    piece: &[u8],
    before: u64,
) -> Result<(), ExchangeError<E>> {
    if !piece.is_empty() && pieces(piece).is_break() {
        return Err(ExchangeError::Stopped { before });
    }
    Ok(())
}

/// What is of no use after it was sent, however the sending ends, and may hold a token.
pub(super) struct Wiped<'b>(pub(super) &'b mut [u8]);

impl AsRef<[u8]> for Wiped<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Without the bytes: they may be anything.
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
