//! Receives a response into the caller's buffers, for the blocking and the asynchronous client.

use super::{
    buffers::{Buffers, OnPiece},
    error::{CallError, ExchangeError},
    outcome::{Outcome, is_error},
    reply::Reply,
};
use crate::http::{Event, Framing, Limits, ResponseError, ResponseHead, ResponseParser, wide};

/// A response that is being received.
pub(super) struct Incoming<'b> {
    parser: ResponseParser<'b>,
    body: &'b mut [u8],
    on_piece: Option<OnPiece<'b>>,
    end: StreamEnd,
    /// `None` until the head is complete.
    status: Option<u16>,
    /// Bytes of `body` in use.
    filled: usize,
    /// Bytes passed to `on_piece` so far.
    handed_out: u64,
}

/// Whether the end of the stream proves that the peer sent no more bytes.
#[derive(Clone, Copy)]
pub(super) enum StreamEnd {
    Authenticated,
    /// An attacker on the path might have truncated the response.
    Unauthenticated,
}

/// The lengths of a received response in the buffers. Does not borrow the buffers, so that a retry
/// can use them again.
#[derive(Clone, Copy)]
pub(super) struct ReplyLayout {
    status: u16,
    head_len: usize,
    body_len: usize,
    handed_out: u64,
    pub(super) reusable: bool,
}

impl<'b> Incoming<'b> {
    pub(super) fn new(buffers: Buffers<'b>, end: StreamEnd) -> Self {
        let Buffers { head, body, on_piece } = buffers;
        let mut limits = Limits::DEFAULT;
        if on_piece.is_none() {
            limits.body = wide(body.len());
        }
        let parser = ResponseParser::new(head, limits);
        Self { parser, body, on_piece, end, status: None, filled: 0, handed_out: 0 }
    }

    /// Processes received bytes. An empty slice means that the stream ended. Returns `Some` once the
    /// response is complete.
    ///
    /// With a status outside 200 to 299, a response whose body is malformed, truncated or too large
    /// counts as complete: its status is the more useful error.
    pub(super) fn receive<E>(&mut self, bytes: &[u8]) -> Result<Option<ReplyLayout>, ExchangeError<E>> {
        match if bytes.is_empty() { self.end_of_stream() } else { self.feed(bytes) } {
            Err(ExchangeError::Response(_) | ExchangeError::UnauthenticatedEnd)
                if self.status.is_some_and(is_error) =>
            {
                Ok(Some(self.layout(&[])))
            }
            received => received,
        }
    }

    fn feed<E>(&mut self, mut bytes: &[u8]) -> Result<Option<ReplyLayout>, ExchangeError<E>> {
        loop {
            match self.parser.feed(&mut bytes)? {
                Event::NeedMore => return Ok(None),
                Event::Head(head) => self.check_head(head)?,
                Event::Body(piece) => self.store(piece)?,
                Event::Done => return Ok(Some(self.layout(bytes))),
            }
        }
    }

    fn end_of_stream<E>(&mut self) -> Result<Option<ReplyLayout>, ExchangeError<E>> {
        self.parser.end_of_stream()?;
        Ok(Some(self.layout(&[])))
    }

    fn check_head<E>(&mut self, head: ResponseHead) -> Result<(), ExchangeError<E>> {
        self.status = Some(head.status);
        match (head.framing, self.end) {
            (Framing::UntilClose, StreamEnd::Unauthenticated) => Err(ExchangeError::UnauthenticatedEnd),
            _ => Ok(()),
        }
    }

    fn store<E>(&mut self, mut piece: &[u8]) -> Result<(), ExchangeError<E>> {
        while !piece.is_empty() {
            if self.filled == self.body.len() {
                self.hand_out_full()?;
            }
            let free = self.body.get_mut(self.filled..).unwrap_or_default();
            let (fitting, rest) = piece.split_at_checked(free.len()).unwrap_or((piece, &[]));
            for (to, from) in free.iter_mut().zip(fitting) {
                *to = *from;
            }
            self.filled = self.filled.saturating_add(fitting.len());
            piece = rest;
        }
        Ok(())
    }

    /// Passes the full buffer to `on_piece`, to make space for another byte. Fails if the body must not
    /// be handed out.
    fn hand_out_full<E>(&mut self) -> Result<(), ExchangeError<E>> {
        let limit = wide(self.filled);
        match &mut self.on_piece {
            Some(on_piece) if limit > 0 && !self.status.is_some_and(is_error) => {
                hand_out(*on_piece, self.body, self.handed_out)?;
                self.handed_out = self.handed_out.saturating_add(limit);
                self.filled = 0;
                Ok(())
            }
            _ => Err(ResponseError::BodyTooLong { size: limit.saturating_add(1), limit }.into()),
        }
    }

    /// `surplus` are the bytes received after the response. On a reused connection they would be
    /// parsed as the next response.
    fn layout(&self, surplus: &[u8]) -> ReplyLayout {
        ReplyLayout {
            status: self.status.unwrap_or_default(),
            head_len: self.parser.head_bytes().len(),
            body_len: self.filled,
            handed_out: self.handed_out,
            reusable: self.parser.is_reusable() && surplus.is_empty(),
        }
    }
}

impl ReplyLayout {
    /// The response before it is judged.
    pub(super) fn reply<'b>(self, buffers: &'b Buffers<'_>) -> Reply<'b> {
        self.within(buffers.head, buffers.body)
    }

    /// Judges the response. If it is a success, passes the last piece to `on_piece`.
    pub(super) fn finish<E, C, N>(self, buffers: Buffers<'_>) -> Result<Reply<'_>, CallError<'_, E, C, N>> {
        let Buffers { head, body, on_piece } = buffers;
        let reply = self.within(head, body);
        match reply.outcome() {
            Outcome::Success => {}
            Outcome::Service(failure) => return Err(CallError::Service(failure)),
            Outcome::Status => return Err(CallError::Status(reply)),
            Outcome::Malformed(malformed) => return Err(CallError::Malformed(malformed, reply)),
        }
        if let Some(on_piece) = on_piece {
            hand_out(on_piece, reply.body, reply.handed_out)?;
        }
        Ok(reply)
    }

    fn within<'b>(self, head: &'b [u8], body: &'b [u8]) -> Reply<'b> {
        let Self { status, head_len, body_len, handed_out, .. } = self;
        let (head, body) = (head.get(..head_len), body.get(..body_len));
        Reply { status, head: head.unwrap_or_default(), body: body.unwrap_or_default(), handed_out }
    }
}

fn hand_out<E>(on_piece: OnPiece<'_>, piece: &[u8], handed_out: u64) -> Result<(), ExchangeError<E>> {
    if !piece.is_empty() && on_piece(piece).is_break() {
        return Err(ExchangeError::Stopped { handed_out });
    }
    Ok(())
}
