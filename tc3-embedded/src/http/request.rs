//! Writes a request and checks that the body has the declared length.

use core::fmt;

use super::error::RequestError;
use super::input::wide;
use tc3_core::{BufferTooSmall, Signed, v1};

/// Returns the bytes of one request in order: the head, then the body, which must have the declared
/// length.
///
/// The head is sent exactly as it was signed. The body is passed in one or more pieces, and each piece
/// is borrowed only until it is sent ([example](super)).
///
/// ```
/// use tc3_embedded::http::{RequestError, RequestWriter};
///
/// let mut request = RequestWriter::new(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n", 2);
/// let mut outgoing = request.head();
/// outgoing.advance(outgoing.pending().len())?;
/// // One byte more than declared.
/// let (declared, offered) = (2, 3);
/// let refused = request.body(b"{} ").unwrap_err();
/// assert_eq!(refused, RequestError::SurplusBody { declared, offered });
/// # Ok::<(), RequestError>(())
/// ```
pub struct RequestWriter<'h> {
    head: &'h [u8],
    declared: u64,
    /// Bytes of head and body that the transport accepted.
    sent: u64,
}

/// Bytes to be written to the transport.
#[must_use = "nothing is sent unless `pending()` is written to the transport"]
pub struct Outgoing<'w, 'p> {
    pending: &'p [u8],
    sent: &'w mut u64,
}

impl<'h> RequestWriter<'h> {
    /// `head` is a complete request head. `body_len` is its `Content-Length`, or 0 if it has none.
    pub const fn new(head: &'h [u8], body_len: u64) -> Self {
        Self { head, declared: body_len, sent: 0 }
    }

    /// Encodes the head of a request signed with TC3-HMAC-SHA256 into `buffer`. The body to send is
    /// [`Request::body`](tc3_core::Request::body), unless the request does not contain its body
    /// ([`streamed`](tc3_core::Call::streamed), [`unsigned`](tc3_core::Call::unsigned)).
    ///
    /// # Errors
    /// [`BufferTooSmall`], with the length of the head.
    pub fn tc3(signed: Signed<'_>, buffer: &'h mut [u8]) -> Result<Self, BufferTooSmall> {
        Ok(Self::new(signed.head().encode(buffer)?, signed.request().body_len()))
    }

    /// Encodes the head of a request signed with signature v1 into `buffer`. The body to send is
    /// [`Signed::wire`](tc3_core::v1::Signed::wire) for a POST and empty for a GET.
    ///
    /// # Errors
    /// [`BufferTooSmall`], with the length of the head.
    pub fn v1(signed: v1::Signed<'_>, buffer: &'h mut [u8]) -> Result<Self, BufferTooSmall> {
        Ok(Self::new(signed.head().encode(buffer)?, signed.body_len()))
    }

    /// The part of the head that is not sent yet.
    pub fn head(&mut self) -> Outgoing<'_, 'h> {
        let sent = usize::try_from(self.sent).unwrap_or(usize::MAX);
        Outgoing { pending: self.head.get(sent..).unwrap_or_default(), sent: &mut self.sent }
    }

    /// The next piece of the body.
    ///
    /// # Errors
    /// [`RequestError::HeadUnsent`] if the head is not sent yet. [`RequestError::SurplusBody`] if the
    /// body would exceed the declared length: do not send the piece.
    pub fn body<'p>(&mut self, piece: &'p [u8]) -> Result<Outgoing<'_, 'p>, RequestError> {
        let offered = self.body_sent()?.saturating_add(wide(piece.len()));
        let declared = self.declared;
        if offered > declared {
            return Err(RequestError::SurplusBody { declared, offered });
        }
        Ok(Outgoing { pending: piece, sent: &mut self.sent })
    }

    /// Checks that the whole request was sent.
    ///
    /// # Errors
    /// [`RequestError::HeadUnsent`] or [`RequestError::MissingBody`].
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
    /// The bytes that the transport has not accepted yet, empty when all are sent.
    pub const fn pending(&self) -> &'p [u8] {
        self.pending
    }

    /// Records that the transport accepted the first `count` bytes of [`pending`](Self::pending).
    ///
    /// # Errors
    /// [`RequestError::Overrun`] if `count` exceeds the length of `pending`.
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

/// Omits the head, which contains the signature and perhaps a token.
impl fmt::Debug for RequestWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RequestWriter");
        shown.field("declared", &self.declared);
        shown.field("sent", &self.sent).finish_non_exhaustive()
    }
}

/// Prints lengths only: the bytes can be those of the head.
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
