//! Received bytes in, an answer out: what the blocking client and the asynchronous one share.

use super::{
    ExchangeError,
    buffers::{Buffers, Pieces, hand_out},
    connection::End,
    outcome::is_error,
};
use crate::http::{Event, Framing, Head, Limits, ResponseError, ResponseParser, wide};

/// An answer on its way into the caller's buffers.
pub(super) struct Incoming<'b> {
    parser: ResponseParser<'b>,
    body: &'b mut [u8],
    pieces: Option<Pieces<'b>>,
    end: End,
    status: Option<u16>,
    /// Bytes of `body` in use, and bytes handed out before them.
    filled: usize,
    before: u64,
}

/// Where an answer lies in its buffers, without borrowing them.
#[derive(Clone, Copy)]
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) head_len: usize,
    pub(super) body_len: usize,
    pub(super) before: u64,
    pub(super) reusable: bool,
}

impl<'b> Incoming<'b> {
    pub(super) fn new(buffers: Buffers<'b>, end: End) -> Self {
        let Buffers { head, body, pieces } = buffers;
        let mut limits = Limits::DEFAULT;
        if pieces.is_none() {
            limits.body = wide(body.len());
        }
        let parser = ResponseParser::new(head, limits);
        Self { parser, body, pieces, end, status: None, filled: 0, before: 0 }
    }

    /// Takes the next bytes, or none at the end of the stream; says so once the answer is complete.
    ///
    /// One with a status outside 2xx is evidence, and need be neither whole nor small: what is
    /// wrong with an error page must not hide that it is one.
    pub(super) fn take<E>(&mut self, bytes: &[u8]) -> Result<Option<Received>, ExchangeError<E>> {
        match if bytes.is_empty() { self.end() } else { self.feed(bytes) } {
            Err(ExchangeError::Response(_) | ExchangeError::Unproven)
                if self.status.is_some_and(is_error) =>
            {
                Ok(Some(self.received(&[])))
            }
            taken => taken,
        }
    }

    fn feed<E>(&mut self, mut bytes: &[u8]) -> Result<Option<Received>, ExchangeError<E>> {
        loop {
            match self.parser.feed(&mut bytes)? {
                Event::NeedMore => return Ok(None),
                Event::Head(head) => self.begin(head)?,
                Event::Body(piece) => self.keep(piece)?,
                Event::Done => return Ok(Some(self.received(bytes))),
            }
        }
    }

    fn end<E>(&mut self) -> Result<Option<Received>, ExchangeError<E>> {
        self.parser.end_of_stream()?;
        Ok(Some(self.received(&[])))
    }

    fn begin<E>(&mut self, head: Head) -> Result<(), ExchangeError<E>> {
        self.status = Some(head.status);
        match (head.framing, self.end) {
            (Framing::UntilClose, End::Unproven) => Err(ExchangeError::Unproven),
            _ => Ok(()),
        }
    }

    fn keep<E>(&mut self, mut piece: &[u8]) -> Result<(), ExchangeError<E>> {
        while !piece.is_empty() {
            if self.filled == self.body.len() {
                self.empty()?;
            }
            let room = self.body.get_mut(self.filled..).unwrap_or_default();
            let (fitting, rest) = piece.split_at_checked(room.len()).unwrap_or((piece, &[]));
            for (to, from) in room.iter_mut().zip(fitting) {
                *to = *from;
            }
            self.filled = self.filled.saturating_add(fitting.len());
            piece = rest;
        }
        Ok(())
    }

    /// Makes room for a further byte, if the full buffer may be handed out.
    fn empty<E>(&mut self) -> Result<(), ExchangeError<E>> {
        let limit = wide(self.filled);
        match &mut self.pieces {
            Some(pieces) if limit > 0 && !self.status.is_some_and(is_error) => {
                hand_out(*pieces, self.body, self.before)?;
                self.before = self.before.saturating_add(limit);
                self.filled = 0;
                Ok(())
            }
            _ => Err(ResponseError::BodyTooLong { size: limit.saturating_add(1), limit }.into()),
        }
    }

    /// What the peer sent beyond the answer, nobody asked for: the connection is out of step.
    fn received(&self, surplus: &[u8]) -> Received {
        Received {
            status: self.status.unwrap_or_default(),
            head_len: self.parser.head_bytes().len(),
            body_len: self.filled,
            before: self.before,
            reusable: self.parser.is_reusable() && surplus.is_empty(),
        }
    }
}
