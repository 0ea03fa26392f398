//! The response parser: received bytes in, events out.

use core::mem;

use super::chunked::Chunked;
use super::error::ResponseError;
use super::framing::{Framing, decide};
use super::head::{Fields, HeadBuffer, parse};
use super::input::{Input, wide};

/// What one [`ResponseParser::feed`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event<'i> {
    /// The input is used up and the response is not complete: receive more.
    NeedMore,
    /// The head is complete. Its fields can be read until the parser is reset.
    Head(Head),
    /// The next bytes of the body, never empty: a part of the input itself.
    Body(&'i [u8]),
    /// The response is complete. What is left of the input is not part of it.
    Done,
}

/// What a response's head says about the response as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Head {
    /// Status code, 200 to 599. The service answers 200 to everything it processed, refusals
    /// included: "200, not 401".
    pub status: u16,
    /// What will tell the end of the body.
    pub framing: Framing,
}

/// How much a peer may make us take, in bytes unless said otherwise.
///
/// The limit of the head is the length of its buffer, that of its fields
/// [`MAX_HEADERS`](super::MAX_HEADERS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Limits {
    /// The body, without what frames it.
    pub body: u64,
    /// One chunk-size line with its extensions, without its line end.
    pub chunk_line: usize,
    /// All trailers together, without their line ends.
    pub trailers: usize,
    /// Number of interim (1xx) responses before the real one.
    pub interim: u8,
}

impl Limits {
    /// 50 MiB of body, as the service itself has it ("Response ≤ 50 MB"); 256 bytes of chunk-size
    /// line, 1024 of trailers, 8 interim responses.
    pub const DEFAULT: Self = Self { body: 50 << 20, chunk_line: 256, trailers: 1024, interim: 8 };

    pub(super) const fn check_body(&self, size: u64) -> Result<(), ResponseError> {
        let limit = self.body;
        if size > limit {
            return Err(ResponseError::BodyTooLong { size, limit });
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A push parser for the response to a `GET` or `POST` ([example](super)).
///
/// The borrowed buffer holds the head, and its length limits it: 1 KiB is room for some two
/// dozen fields. The body is handed out as it comes, uncopied.
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
/// // The connection breaks down.
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
    /// Set once the head is complete: whether the connection outlives the response.
    persistent: Option<bool>,
    /// Bytes used of the response, interim ones included.
    at: u64,
    /// Bytes of body handed out.
    body: u64,
    interim: u8,
}

#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum State {
    Head,
    /// Bytes of the body to come.
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

    /// Starts over, for the next response of this connection or the first of another.
    pub fn reset(&mut self) {
        *self = Self::new(mem::take(&mut self.buffer.bytes), self.limits);
    }

    /// Uses up the front of `input` and tells what it found there.
    ///
    /// Call it until it says [`Event::NeedMore`] or [`Event::Done`], *then* receive: the body's end
    /// may be known although no byte is left to feed. `NeedMore` leaves no input over.
    ///
    /// # Errors
    /// Whatever is wrong with the response; the parser keeps saying so until it is reset, and the
    /// connection is of no further use.
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

    /// Tells that the peer closed the connection: `Ok` if that, or what came before, completed the
    /// response.
    ///
    /// # Errors
    /// What is missing; for a response that failed before, why.
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
    /// If input is left over then, the peer sent what nobody asked for: close.
    pub const fn is_reusable(&self) -> bool {
        matches!((&self.state, self.persistent), (State::Done, Some(true)))
    }

    /// The head as received so far, status line included, sound or not: evidence for a person.
    pub fn head_bytes(&self) -> &[u8] {
        self.buffer.received()
    }

    /// The header fields as received, without whitespace around the values; none before
    /// [`Event::Head`].
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields().map(|field| (field.name, field.value))
    }

    /// Value of the first field of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.fields().value(name)
    }

    /// `Content-Type`, if it is there and UTF-8.
    pub fn content_type(&self) -> Option<&str> {
        str::from_utf8(self.header("content-type")?).ok()
    }

    /// `Date`, if it is there and UTF-8: the server's time, to be trusted as far as the server.
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
                Ok(Event::piece(piece))
            }
            State::Chunked(chunked) => chunked.step(input, &self.limits, self.body),
            State::UntilClose => self.read_open_end(input),
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
                    return Ok(Event::Head(Head { status, framing }));
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

    /// A body declared too long fails only after the head was told: its status explains it.
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

    fn read_open_end<'i>(&self, input: &mut Input<'i>) -> Result<Event<'i>, ResponseError> {
        let piece = input.take(self.limits.body.saturating_sub(self.body));
        if piece.is_empty() && !input.rest.is_empty() {
            self.limits.check_body(self.body.saturating_add(1))?;
        }
        Ok(Event::piece(piece))
    }
}

impl<'i> Event<'i> {
    pub(super) const fn piece(piece: &'i [u8]) -> Self {
        if piece.is_empty() {
            return Self::NeedMore;
        }
        Self::Body(piece)
    }
}
