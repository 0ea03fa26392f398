//! Receives a response into the caller's buffers, for the blocking and the asynchronous client.

use super::{
    buffers::Buffers,
    error::{CallError, ExchangeError},
    events::{Next, is_event_stream},
    judgement::{Judgement, is_error},
    outcome::Outcome,
    reply::Reply,
    stored::{HandedOut, OnPiece, Pieces, Stored},
};
use crate::{
    http::{Event, Framing, Limits, ResponseError, ResponseHead, ResponseParser, wide},
    stream::is_closed,
};
use core::mem;
use tc3_core::response;

/// A response that is being received.
pub(super) struct Incoming<'b> {
    parser: ResponseParser<'b>,
    stored: Stored<'b>,
    pieces: Option<Pieces<'b>>,
    end: StreamEnd,
    /// `None` until the head is complete.
    head: Option<ResponseHead>,
    /// Whether a byte was received.
    pub(super) has_begun: bool,
    /// Whether the body is an event stream that is handed out event by event.
    is_stream: bool,
}

/// What became of received bytes.
enum Progress {
    Incomplete,
    Complete {
        /// Whether another request can be sent on the connection.
        reusable: bool,
    },
    /// An event of a stream reports a failure.
    FailedEvent,
}

/// Why there is no complete response, and what was received.
pub struct Failed<E> {
    error: ExchangeError<E>,
    /// `None` if not even the status was received.
    layout: Option<ReplyLayout>,
    /// Whether a byte of the response was received.
    has_begun: bool,
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
pub struct ReplyLayout {
    status: u16,
    head_len: usize,
    body_len: usize,
    handed_out: u64,
    judged_from: usize,
    pub(super) reusable: bool,
}

impl<'b> Incoming<'b> {
    pub(super) fn new(buffers: Buffers<'b>, end: StreamEnd) -> Self {
        let Buffers { head, body, pieces } = buffers;
        let mut limits = Limits::DEFAULT;
        if pieces.is_none() {
            limits.body = wide(body.len());
        }
        let (parser, stored) = (ResponseParser::new(head, limits), Stored::new(body));
        Self { parser, stored, pieces, end, head: None, has_begun: false, is_stream: false }
    }

    /// Processes received bytes, or the error of the stream. Zero bytes mean that the stream ended. Returns
    /// `Some` once the response is complete or [`is_sufficient`](Self::is_sufficient).
    pub(super) fn receive<E>(
        &mut self,
        received: Result<&[u8], ExchangeError<E>>,
    ) -> Result<Option<ReplyLayout>, Failed<E>> {
        let progress = match received {
            Ok([]) => self.end_of_stream(),
            Ok(bytes) => self.feed(bytes),
            Err(error) => Err(error),
        };
        let reusable = match progress {
            Ok(Progress::Incomplete) => return Ok(None),
            Ok(Progress::Complete { reusable }) => reusable,
            Ok(Progress::FailedEvent) => false,
            Err(error) => match self.hand_out_events(Next::Cut) {
                Ok(true) => false,
                Ok(false) if self.is_sufficient(&error) => false,
                Ok(false) => return Err(self.failed(error)),
                Err(stopped) => return Err(self.failed(stopped)),
            },
        };
        Ok(Some(self.layout(reusable)))
    }

    /// Whether a response counts as complete in spite of an error:
    ///
    /// * Its connection ended, and its body is a complete JSON envelope of the service. Nothing of it can be missing,
    ///   because a complete JSON object is never the beginning of a longer one.
    /// * Its status is outside 200 to 299. The caller learns more from the status than from the error.
    fn is_sufficient<E>(&self, error: &ExchangeError<E>) -> bool {
        let has_ended = match error {
            ExchangeError::Stream(_) | ExchangeError::UnauthenticatedEnd => true,
            ExchangeError::Response(error) => error.is_truncated() || self.is_error(),
            _ => false,
        };
        let is_whole = || self.stored.handed_out == 0 && response::parse(self.stored.bytes()).is_ok();
        has_ended && self.head.is_some() && (self.is_error() || is_whole())
    }

    fn is_error(&self) -> bool {
        self.head.is_some_and(|head| is_error(head.status))
    }

    fn failed<E>(&self, error: ExchangeError<E>) -> Failed<E> {
        // A caller that stopped already has the pieces it wanted.
        let is_stopped = matches!(error, ExchangeError::Stopped { .. });
        let layout = self.status().filter(|_| !is_stopped).map(|_| self.layout(false));
        Failed { error, layout, has_begun: self.has_begun }
    }

    /// The status, even if the head is not complete.
    fn status(&self) -> Option<u16> {
        match self.head {
            Some(head) => Some(head.status),
            None => status_of(self.parser.head_bytes()),
        }
    }

    fn feed<E>(&mut self, mut bytes: &[u8]) -> Result<Progress, ExchangeError<E>> {
        self.has_begun = true;
        loop {
            let event = self.parser.feed(&mut bytes)?;
            let has_failed = match event {
                Event::Head(head) => {
                    self.begin_body(head);
                    false
                }
                Event::Body(piece) => self.store(piece)?,
                Event::NeedMore => self.hand_out_events(Next::Unknown)?,
                Event::Done => self.hand_out_events(Next::End)?,
            };
            match event {
                _ if has_failed => return Ok(Progress::FailedEvent),
                Event::NeedMore => return Ok(Progress::Incomplete),
                // On a reused connection, surplus bytes would be parsed as the next response.
                Event::Done => {
                    return Ok(Progress::Complete {
                        reusable: self.parser.is_reusable() && bytes.is_empty(),
                    });
                }
                Event::Head(_) | Event::Body(_) => {}
            }
        }
    }

    fn end_of_stream<E>(&mut self) -> Result<Progress, ExchangeError<E>> {
        self.parser.end_of_stream()?;
        match (self.head, self.end) {
            (Some(ResponseHead { framing: Framing::UntilClose, .. }), StreamEnd::Unauthenticated) => {
                Err(ExchangeError::UnauthenticatedEnd)
            }
            _ if self.hand_out_events(Next::End)? => Ok(Progress::FailedEvent),
            _ => Ok(Progress::Complete { reusable: false }),
        }
    }

    fn begin_body(&mut self, head: ResponseHead) {
        self.head = Some(head);
        let is_stream = self.parser.header("content-type").is_some_and(is_event_stream);
        self.is_stream = is_stream && self.pieces.is_some() && !self.is_error();
    }

    /// Hands out each complete event of an event stream, up to one that reports a failure. Returns whether
    /// there is such an event.
    fn hand_out_events<E>(&mut self, next: Next) -> Result<bool, ExchangeError<E>> {
        let Some(pieces) = self.pieces.as_mut().filter(|_| self.is_stream) else { return Ok(false) };
        match (pieces.hand_out_events)(&mut self.stored, &mut *pieces.on_piece, next) {
            HandedOut::All => Ok(false),
            HandedOut::BeforeFailure => Ok(true),
            HandedOut::BeforeStop => {
                self.is_stream = false;
                Err(ExchangeError::Stopped { handed_out: self.stored.handed_out })
            }
        }
    }

    /// Stores a piece of the body, and hands out stored bytes to make space. Returns whether an event reports
    /// a failure.
    fn store<E>(&mut self, mut piece: &[u8]) -> Result<bool, ExchangeError<E>> {
        loop {
            piece = self.stored.put(piece);
            let [next, ..] = piece else { return Ok(false) };
            if !self.is_stream || self.stored.filled == 0 {
                self.hand_out_full()?;
            } else if self.hand_out_events(Next::Byte(*next))? {
                return Ok(true);
            }
        }
    }

    /// Passes the full buffer to `on_piece`, to make space for another byte. Fails if the body must not
    /// be handed out.
    fn hand_out_full<E>(&mut self) -> Result<(), ExchangeError<E>> {
        let (limit, is_error) = (wide(self.stored.filled), self.is_error());
        match &mut self.pieces {
            Some(pieces) if limit > 0 && !is_error => {
                hand_out(&mut *pieces.on_piece, self.stored.bytes(), self.stored.handed_out)?;
                self.stored.clear();
                Ok(())
            }
            _ => Err(ResponseError::BodyTooLong { size: limit.saturating_add(1), limit }.into()),
        }
    }

    fn layout(&self, reusable: bool) -> ReplyLayout {
        ReplyLayout {
            status: self.status().unwrap_or_default(),
            head_len: self.parser.head_bytes().len(),
            body_len: self.stored.filled,
            handed_out: self.stored.handed_out,
            judged_from: self.stored.judged_from,
            reusable,
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
        let Buffers { head, body, pieces } = buffers;
        let reply = self.within(head, body);
        match reply.judge() {
            Judgement::Success => {}
            Judgement::Service(failure) => return Err(CallError::Service(failure)),
            Judgement::Status => return Err(CallError::Status(reply)),
            Judgement::Malformed(malformed) => return Err(CallError::Malformed(malformed, reply)),
        }
        if let Some(pieces) = pieces {
            hand_out(pieces.on_piece, reply.body, reply.handed_out)?;
        }
        Ok(reply)
    }

    fn within<'b>(self, head: &'b [u8], body: &'b [u8]) -> Reply<'b> {
        let Self { status, head_len, body_len, handed_out, judged_from, .. } = self;
        let (head, body) = (head.get(..head_len), body.get(..body_len));
        let (head, body) = (head.unwrap_or_default(), body.unwrap_or_default());
        Reply { status, head, body, handed_out, judged_from }
    }
}

impl<E> Failed<E> {
    /// The error for the caller, with what was received.
    pub(super) fn finish<C, N>(self, buffers: Buffers<'_>) -> CallError<'_, E, C, N> {
        let error = self.error;
        match self.layout {
            Some(layout) => CallError::Incomplete { error, reply: layout.within(buffers.head, buffers.body) },
            None => CallError::Exchange(error),
        }
    }

    /// Converts the error of the stream.
    pub(super) fn map<T>(self, change: impl Fn(E) -> T) -> Failed<T> {
        Failed { error: self.error.map(change), layout: self.layout, has_begun: self.has_begun }
    }

    /// Changes the error to that of a failed write, after which this read found no whole response. Keeps what was
    /// received. A caller that stopped has seen its response.
    fn after_failed_write(&mut self, error: ExchangeError<E>)
    where
        E: embedded_io::Error,
    {
        if matches!(self.error, ExchangeError::Stopped { .. }) {
            return;
        }
        // Only the end of the connection proves that no byte came: over TLS, bytes of a cut record came too.
        self.has_begun |= !self.error.is_closed();
        self.error = error;
    }

    pub(super) const fn is_stale(&self) -> bool {
        matches!(self.error, ExchangeError::Stale { .. })
    }

    pub(super) fn into_error(self) -> ExchangeError<E> {
        self.error
    }

    pub(super) fn is_unsent(&self) -> bool {
        self.error.outcome() == Outcome::NotSent
    }

    /// Changes the error of a connection that carried an earlier exchange to `Stale`, if the connection was
    /// closed before a byte of the response came.
    // Works in place, because moving all other errors would take more code.
    pub(super) fn on_used_connection(&mut self)
    where
        E: embedded_io::Error,
    {
        if self.error.is_closed() && !self.has_begun {
            let error = match mem::replace(&mut self.error, ExchangeError::NotReusable) {
                ExchangeError::Stream(error) => Some(error),
                _ => None,
            };
            self.error = ExchangeError::Stale { error };
        }
    }
}

impl<E: embedded_io::Error> ExchangeError<E> {
    /// Whether the connection was closed before or within the request, or before the response.
    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Response(ResponseError::NoResponse) => true,
            Self::Stream(error) => is_closed(error.kind()),
            _ => false,
        }
    }
}

/// The result of an exchange whose request was sent, or whose connection was closed meanwhile: a server may answer
/// and close before it has read a request, for example one that is too long.
pub(super) fn after_sending<E: embedded_io::Error>(
    sent: Result<(), ExchangeError<E>>,
    mut received: Result<ReplyLayout, Failed<E>>,
) -> Result<ReplyLayout, Failed<E>> {
    if let Err(error) = sent {
        match &mut received {
            Ok(layout) => layout.reusable = false,
            Err(failed) => failed.after_failed_write(error),
        }
    }
    received
}

impl<E> From<ExchangeError<E>> for Failed<E> {
    fn from(error: ExchangeError<E>) -> Self {
        Self { error, layout: None, has_begun: false }
    }
}

/// The status in a head that may be cut short.
fn status_of(head: &[u8]) -> Option<u16> {
    let [_, b' ', a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] = head.strip_prefix(b"HTTP/1.")?
    else {
        return None;
    };
    let append = |number: u16, digit: &u8| number.wrapping_mul(10).wrapping_add(u16::from(digit & 15));
    Some([*a, *b, *c].iter().fold(0, append))
}

/// Passes a piece to the caller, unless it is empty. `handed_out`: the bytes in the pieces before it.
fn hand_out<E>(on_piece: OnPiece<'_>, piece: &[u8], handed_out: u64) -> Result<(), ExchangeError<E>> {
    if !piece.is_empty() && on_piece(piece).is_break() {
        return Err(ExchangeError::Stopped { handed_out });
    }
    Ok(())
}
