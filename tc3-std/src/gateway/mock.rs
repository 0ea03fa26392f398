//! Answers that a test sets for an action.

use super::answer::Answer;
use bytes::Bytes;
use serde_json::Value;
use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// An answer for [`Gateway::answer`](super::Gateway::answer): what is sent, with which HTTP status, and after which
/// time. Made from an [`Answer`] or from a body. `Debug` shows only the length of a body.
#[derive(Clone)]
pub struct MockAnswer {
    pub(super) content: Content,
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) delay: Duration,
}

#[derive(Clone)]
pub(super) enum Content {
    Envelope(Answer),
    Body(Bytes),
}

impl MockAnswer {
    /// A body. It is sent as it is, except that a JSON object without `Response` is wrapped in `Response`, with a
    /// `RequestId`.
    pub fn body(body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let content = match serde_json::from_slice(&body) {
            Ok(Value::Object(fields)) if !fields.contains_key("Response") => {
                Content::Envelope(Answer::Fields(fields))
            }
            _ => Content::Body(body.into()),
        };
        Self { content, status: 200, content_type: "application/json".to_owned(), delay: Duration::ZERO }
    }

    /// Sends this HTTP status instead of 200, which the service sends with its errors too. A status
    /// outside 200 to 599 is sent as 500.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Sends this Content-Type instead of `application/json`, such as `text/event-stream`. One with control
    /// characters is not sent.
    #[must_use]
    pub fn content_type(self, content_type: impl Into<String>) -> Self {
        Self { content_type: content_type.into(), ..self }
    }

    /// Waits for this time before the answer.
    #[must_use]
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Code and message of the service's error in this answer.
    pub(super) fn error(&self) -> Option<(String, String)> {
        let body = match &self.content {
            Content::Envelope(answer) => return answer.error(),
            Content::Body(body) => body,
        };
        let envelope: Value = serde_json::from_slice(body).ok()?;
        let error = envelope.get("Response")?.get("Error")?;
        let field = |name| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some((field("Code"), field("Message")))
    }

    /// The bytes to send.
    pub(super) fn into_body(self, request_id: &str) -> Bytes {
        match self.content {
            Content::Envelope(answer) => answer.envelope(request_id).into(),
            Content::Body(body) => body,
        }
    }
}

impl From<Answer> for MockAnswer {
    fn from(answer: Answer) -> Self {
        Self { content: Content::Envelope(answer), ..Self::body("") }
    }
}

impl fmt::Debug for MockAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("MockAnswer");
        match &self.content {
            Content::Envelope(answer) => debug.field("answer", answer),
            Content::Body(body) => debug.field("body_len", &body.len()),
        };
        debug.field("status", &self.status).field("delay", &self.delay).finish_non_exhaustive()
    }
}

/// The answers that are set, by action.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<HashMap<String, VecDeque<MockAnswer>>>);

impl Answers {
    pub(super) fn push(&self, action: String, answer: MockAnswer) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.entry(action).or_default().push_back(answer);
    }

    /// The next answer for an action. The last one stays.
    pub(super) fn next(&self, action: &str) -> Option<MockAnswer> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = answers.get_mut(action)?;
        if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() }
    }
}
