//! The request writer: keeps the count, so that exactly what was declared is sent.

use core::fmt;

use super::error::RequestError;
use super::input::wide;
use tc3_core::{BufferTooSmall, Signed, v1};

/// The bytes of one request, in order: the head, then as much body as it declares.
///
/// The head is taken as it was spelled and signed; nothing is added to it or changed in it. The
/// body comes in one piece or in many, each borrowed only until it is sent
/// ([example](super)).
///
/// ```
/// use tc3_embedded::http::{RequestError, RequestWriter};
///
/// let mut request = RequestWriter::new(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n", 2);
/// let mut outgoing = request.head();
/// outgoing.advance(outgoing.pending().len())?;
/// // One byte more than was declared, and signed.
/// let (declared, offered) = (2, 3);
/// let refused = request.body(b"{} ").unwrap_err();
/// assert_eq!(refused, RequestError::SurplusBody { declared, offered });
/// # Ok::<(), RequestError>(())
/// ```
pub struct RequestWriter<'h> {
    head: &'h [u8],
    declared: u64,
    /// Bytes the transport took, head and body together.
    sent: u64,
}

/// Bytes on their way out, until the transport has taken all of them.
#[must_use = "nothing is sent until the transport has taken `pending()`"]
pub struct Outgoing<'w, 'p> {
    pending: &'p [u8],
    sent: &'w mut u64,
}

impl<'h> RequestWriter<'h> {
    /// A request of this head, whose `Content-Length` is `body_len` (0 for none).
    pub const fn new(head: &'h [u8], body_len: u64) -> Self {
        Self { head, declared: body_len, sent: 0 }
    }

    /// A request signed with TC3-HMAC-SHA256, its head written to `buffer`. Its body follows from
    /// [`Request::body`](tc3_core::Request::body), or from where it was hashed.
    ///
    /// # Errors
    /// [`BufferTooSmall`], with the bytes that the head needs.
    pub fn tc3(signed: Signed<'_>, buffer: &'h mut [u8]) -> Result<Self, BufferTooSmall> {
        Ok(Self::new(signed.head().encode(buffer)?, signed.request().body_len()))
    }

    /// A request signed with signature v1, its head written to `buffer`. The body of a POST is
    /// its [`wire`](tc3_core::v1::Signed::wire).
    ///
    /// # Errors
    /// [`BufferTooSmall`], with the bytes that the head needs.
    pub fn v1(signed: v1::Signed<'_>, buffer: &'h mut [u8]) -> Result<Self, BufferTooSmall> {
        Ok(Self::new(signed.head().encode(buffer)?, signed.body_len()))
    }

    /// What is left to send of the head.
    pub fn head(&mut self) -> Outgoing<'_, 'h> {
        let sent = usize::try_from(self.sent).unwrap_or(usize::MAX);
        Outgoing { pending: self.head.get(sent..).unwrap_or_default(), sent: &mut self.sent }
    }

    /// The next piece of the body.
    ///
    /// # Errors
    /// [`RequestError::HeadUnsent`], and [`RequestError::SurplusBody`] if this piece would exceed
    /// the declared length: none of it is handed out.
    pub fn body<'p>(&mut self, piece: &'p [u8]) -> Result<Outgoing<'_, 'p>, RequestError> {
        let offered = self.body_sent()?.saturating_add(wide(piece.len()));
        let declared = self.declared;
        if offered > declared {
            return Err(RequestError::SurplusBody { declared, offered });
        }
        Ok(Outgoing { pending: piece, sent: &mut self.sent })
    }

    /// Confirms that the request went out whole.
    ///
    /// # Errors
    /// [`RequestError::HeadUnsent`], [`RequestError::MissingBody`].
    pub fn finish(self) -> Result<(), RequestError> {
        let sent = self.body_sent()?;
        let declared = self.declared;
        if sent < declared {
            return Err(RequestError::MissingBody { declared, sent });
        }
        Ok(())
    }

    fn body_sent(&self) -> Result<u64, RequestError> {
        let head = wide(self.head.len());
        let left = head.saturating_sub(self.sent);
        let sent = self.sent.checked_sub(head);
        sent.ok_or(RequestError::HeadUnsent { left })
    }
}

impl<'p> Outgoing<'_, 'p> {
    /// What the transport has not taken yet; empty when all is sent.
    pub const fn pending(&self) -> &'p [u8] {
        self.pending
    }

    /// Notes that the transport took the first `count` bytes of [`pending`](Self::pending).
    ///
    /// # Errors
    /// [`RequestError::Overrun`]: a transport cannot take more than it was given.
    pub fn advance(&mut self, count: usize) -> Result<(), RequestError> {
        let Some((_, rest)) = self.pending.split_at_checked(count) else {
            let given = self.pending.len();
            return Err(RequestError::Overrun { given, count });
        };
        self.pending = rest;
        *self.sent = self.sent.saturating_add(wide(count));
        Ok(())
    }
}

/// Without the head: it holds the signature and perhaps a token.
impl fmt::Debug for RequestWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RequestWriter");
        shown.field("declared", &self.declared);
        shown.field("sent", &self.sent).finish_non_exhaustive()
    }
}

/// Without the bytes, which may be the head's.
impl fmt::Debug for Outgoing<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Outgoing");
        shown.field("pending", &self.pending.len());
        shown.field("sent", &self.sent).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for RequestWriter<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let Self { declared, sent, .. } = self;
        defmt::write!(f, "RequestWriter {{ declared: {}, sent: {}, .. }}", declared, sent);
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Outgoing<'_, '_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let pending = self.pending.len();
        defmt::write!(f, "Outgoing {{ pending: {}, sent: {}, .. }}", pending, *self.sent);
    }
}
