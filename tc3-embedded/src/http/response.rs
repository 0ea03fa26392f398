//! The response parser: takes received bytes, returns events.

use core::mem;

use super::chunked::Chunked;
use super::error::ResponseError;
use super::event::{Event, Limits, ResponseHead};
use super::framing::{Framing, decide};
use super::head::{Fields, HeadBuffer, parse};
use super::input::{Input, wide};

/// A push parser for the response to a `GET` or `POST` ([example](super)).
///
/// The borrowed buffer holds the head and limits its length: 1 KiB holds about two dozen fields. The
/// body is returned as it comes, without a copy.
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
    /// Set once the head is complete: whether the connection stays open after the response.
    persistent: Option<bool>,
    /// Bytes of the response consumed, interim responses included.
    at: u64,
    /// Bytes of body returned.
    body: u64,
    interim: u8,
}

#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum State {
    Head,
    /// Bytes of the body left.
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

    /// Prepares for the next response of this connection or the first one of another.
    pub fn reset(&mut self) {
        *self = Self::new(mem::take(&mut self.buffer.bytes), self.limits);
    }

    /// Consumes a part of `input` and reports what it found there.
    ///
    /// Call it until it returns [`Event::NeedMore`] or [`Event::Done`], and only *then* receive: the
    /// end of the body may be known without another byte. `NeedMore` leaves no input over.
    ///
    /// # Errors
    /// What is wrong with the response. The parser returns the same error until it is reset, and the
    /// connection must be closed.
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

    /// Reports that the peer closed the connection. Returns `Ok` if the response is complete.
    ///
    /// # Errors
    /// What is missing, or the earlier error of a response that failed.
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

    /// Whether the next request may use this connection: the response is complete, and neither its
    /// version, its `Connection` field nor its framing ends the connection.
    ///
    /// If input is left over as well, the peer sent bytes that belong to no request: close the
    /// connection.
    pub const fn is_reusable(&self) -> bool {
        matches!((&self.state, self.persistent), (State::Done, Some(true)))
    }

    /// The head as received so far, from the status line on, even if malformed.
    pub fn head_bytes(&self) -> &[u8] {
        self.buffer.received()
    }

    /// The header fields as received, without whitespace around the values; none before
    /// [`Event::Head`].
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields().map(|field| (field.name, field.value))
    }

    /// Value of the first field of that name, ignoring case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.fields().value(name)
    }

    /// `Content-Type`, if present and UTF-8.
    pub fn content_type(&self) -> Option<&str> {
        str::from_utf8(self.header("content-type")?).ok()
    }

    /// `Date`, if present and UTF-8: the server's time, as trustworthy as the server.
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

    /// A body that is declared too long fails only after the head was returned, because its status
    /// may explain it.
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
