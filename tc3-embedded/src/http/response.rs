//! Parses a response into events.

use core::mem;

use super::chunked::Chunked;
use super::error::ResponseError;
use super::event::{Event, Limits, ResponseHead};
use super::framing::{Framing, decide};
use super::head::{Fields, HeadBuffer, parse};
use super::input::{Input, wide};

/// A push parser for the response to a `GET` or `POST` ([example](super)).
///
/// The head must fit the borrowed buffer: 1 KiB is enough for about two dozen fields. The body is
/// returned as it arrives, without a copy.
///
/// ```
/// use tc3_embedded::http::{Event, Limits, ResponseError, ResponseParser};
///
/// let mut buffer = [0; 1024];
/// let mut response = ResponseParser::new(&mut buffer, Limits::DEFAULT);
/// let mut input: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"Resp";
/// assert!(matches!(response.feed(&mut input), Ok(Event::Head(head)) if head.status == 200));
/// assert_eq!(response.feed(&mut input), Ok(Event::Body(b"{\"Resp")));
/// assert_eq!(response.feed(&mut input), Ok(Event::NeedMore));
/// // The connection is closed.
/// let (received, expected) = (6, 17);
/// let error = ResponseError::BodyTruncated { received, expected };
/// assert_eq!(response.end_of_stream(), Err(error));
/// assert_eq!(error.to_string(), "connection closed after 6 of 17 bytes of body");
/// ```
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ResponseParser<'h> {
    buffer: HeadBuffer<'h>,
    limits: Limits,
    state: State,
    /// `None` until the head is complete, then whether the connection stays open.
    persistent: Option<bool>,
    /// Bytes consumed since the last reset, including interim responses.
    at: u64,
    /// Bytes of the body returned so far.
    body: u64,
    interim: u8,
}

#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum State {
    Head,
    /// `Content-Length`, less the bytes returned so far.
    Length(u64),
    Chunked(Chunked),
    UntilClose,
    Done,
    Failed(ResponseError),
}

impl<'h> ResponseParser<'h> {
    /// A parser for the first response of a connection.
    pub const fn new(head: &'h mut [u8], limits: Limits) -> Self {
        Self {
            buffer: HeadBuffer::new(head),
            limits,
            state: State::Head,
            persistent: None,
            at: 0,
            body: 0,
            interim: 0,
        }
    }

    /// Prepares for another response, on this connection or a new one.
    pub fn reset(&mut self) {
        *self = Self::new(mem::take(&mut self.buffer.bytes), self.limits);
    }

    /// Parses and consumes the beginning of `input`, up to the next event.
    ///
    /// Call `feed` until it returns [`Event::NeedMore`] or [`Event::Done`] before you read from the
    /// connection again. The response might already be complete, and the read would block. After
    /// `NeedMore`, `input` is empty.
    ///
    /// # Errors
    /// [`ResponseError`] if the response is malformed or exceeds a limit. Close the connection. The
    /// parser returns the same error until it is reset.
    pub fn feed<'i>(&mut self, input: &mut &'i [u8]) -> Result<Event<'i>, ResponseError> {
        let mut cursor = Input { rest: input, at: self.at };
        let outcome = self.step(&mut cursor);
        *input = cursor.rest;
        self.at = cursor.at;
        match outcome {
            Ok(Event::Body(piece)) => self.body = self.body.saturating_add(wide(piece.len())),
            Ok(Event::Done) => self.state = State::Done,
            Err(error) => self.state = State::Failed(error),
            Ok(_) => {}
        }
        outcome
    }

    /// Call this when the peer has closed the connection. Returns `Ok` if the response is complete. A
    /// close-delimited body always counts as complete: see
    /// [`AuthenticatedEnd`](super::AuthenticatedEnd).
    ///
    /// # Errors
    /// [`ResponseError`] if the response is incomplete, or the error that `feed` returned before.
    pub fn end_of_stream(&mut self) -> Result<(), ResponseError> {
        let received = self.body;
        let error = match self.state {
            State::Done | State::Length(0) | State::UntilClose => {
                self.state = State::Done;
                return Ok(());
            }
            State::Head if self.at == 0 => ResponseError::NoResponse,
            State::Head => ResponseError::HeadTruncated { received: self.at },
            State::Length(left) => {
                ResponseError::BodyTruncated { received, expected: received.saturating_add(left) }
            }
            State::Chunked(_) => ResponseError::ChunksTruncated { received },
            State::Failed(error) => error,
        };
        self.state = State::Failed(error);
        Err(error)
    }

    /// Whether another request can be sent on the connection: the response is complete, and its
    /// version, `Connection` field and framing keep the connection open.
    ///
    /// If `input` is not empty after [`Event::Done`], close the connection even if this is true: no
    /// request asked for those bytes.
    pub const fn is_reusable(&self) -> bool {
        matches!((&self.state, self.persistent), (State::Done, Some(true)))
    }

    /// The bytes of the head received so far, from the status line on, even if the head is malformed.
    pub fn head_bytes(&self) -> &[u8] {
        self.buffer.received()
    }

    /// Names and values of the header fields, without whitespace around the values. Empty before
    /// [`Event::Head`].
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields().map(|field| (field.name, field.value))
    }

    /// The value of the first field with this name. Case is ignored.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.fields().value(name)
    }

    /// The `Content-Type`, or `None` if it is missing or not UTF-8.
    pub fn content_type(&self) -> Option<&str> {
        str::from_utf8(self.header("content-type")?).ok()
    }

    /// The server's time, or `None` if `Date` is missing or not UTF-8. Trust it only if the connection
    /// authenticated the server.
    pub fn date(&self) -> Option<&str> {
        str::from_utf8(self.header("date")?).ok()
    }

    fn fields(&self) -> Fields<'_> {
        let complete = self.persistent.map(|_| self.buffer.received());
        Fields::of(complete.unwrap_or_default())
    }

    fn step<'i>(&mut self, input: &mut Input<'i>) -> Result<Event<'i>, ResponseError> {
        match &mut self.state {
            State::Head => self.read_head(input),
            State::Length(0) | State::Done => Ok(Event::Done),
            State::Length(left) => {
                let piece = input.take(*left);
                *left = left.saturating_sub(wide(piece.len()));
                Ok(Event::of_body(piece))
            }
            State::Chunked(chunked) => chunked.step(input, &self.limits, self.body),
            State::UntilClose => self.read_until_close(input),
            State::Failed(error) => Err(*error),
        }
    }

    fn read_head<'i>(&mut self, input: &mut Input<'i>) -> Result<Event<'i>, ResponseError> {
        while let Some((at, byte)) = input.next() {
            if !self.buffer.push(at, byte)? {
                continue;
            }
            let head = self.buffer.received();
            let start = input.at.saturating_sub(wide(head.len()));
            let line = parse(head, start)?;
            match line.code {
                101 => return Err(ResponseError::SwitchingProtocols),
                100..=199 => self.skip_interim()?,
                status => {
                    let (framing, persistent) = decide(line, head, start)?;
                    self.persistent = Some(persistent);
                    self.begin_body(framing);
                    return Ok(Event::Head(ResponseHead { status, framing }));
                }
            }
        }
        Ok(Event::NeedMore)
    }

    fn skip_interim(&mut self) -> Result<(), ResponseError> {
        let limit = self.limits.interim;
        if self.interim >= limit {
            return Err(ResponseError::TooManyInterim { limit });
        }
        self.interim = self.interim.saturating_add(1);
        self.buffer.clear();
        Ok(())
    }

    /// If `Content-Length` exceeds the limit, the head is still returned, because its status might
    /// explain why. The next `feed` fails.
    fn begin_body(&mut self, framing: Framing) {
        self.state = match framing {
            Framing::Empty => State::Done,
            Framing::Length(length) => match self.limits.check_body(length) {
                Ok(()) => State::Length(length),
                Err(error) => State::Failed(error),
            },
            Framing::Chunked => State::Chunked(Chunked::new()),
            Framing::UntilClose => State::UntilClose,
        };
    }

    fn read_until_close<'i>(&self, input: &mut Input<'i>) -> Result<Event<'i>, ResponseError> {
        let piece = input.take(self.limits.body.saturating_sub(self.body));
        if piece.is_empty() && !input.rest.is_empty() {
            self.limits.check_body(self.body.saturating_add(1))?;
        }
        Ok(Event::of_body(piece))
    }
}
