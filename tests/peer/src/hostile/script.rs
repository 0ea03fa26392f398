//! What a hostile server does, and what an honest one would do.

use super::{
    content::{ALERT, APPLICATION},
    hello::Hello,
    message::{Message, Proof},
};
use crate::server::script;
use std::time::Duration;

/// What the server does next. The keys of the moment are none until ServerHello was said, those of
/// the handshake until Finished was, and those of the application from then on; the step that says
/// the message still has the old ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Says these messages in one record, under the keys of the moment.
    Say(Vec<Message>),
    /// Says these messages in records that hold this many bytes of them each.
    Split(usize, Vec<Message>),
    /// Says these messages in one record, unencrypted.
    SayInClear(Vec<Message>),
    /// Sends a record of this type, under the keys of the moment.
    Record(u8, Vec<u8>),
    /// Sends a record of this type, unencrypted.
    RecordInClear(u8, Vec<u8>),
    /// Sends an encrypted record whose whole plaintext is this: content, type and padding.
    Sealed(Vec<u8>),
    /// Sends an encrypted record of this type, the last byte of which is not as it should be.
    Damaged(u8, Vec<u8>),
    /// Sends these bytes, which may be no record at all.
    Bytes(Vec<u8>),
    /// From here on, sends every byte on its own, after this pause.
    Slowly(Duration),
    /// Does this, and again after each such pause, until the client goes.
    Forever(Duration, Box<Step>),
    /// Waits for the client's Finished.
    AwaitFinished,
    /// Waits for a whole request.
    AwaitRequest,
    /// Ends TCP.
    Cut,
}

use Step::{AwaitFinished, AwaitRequest, Cut, Record, Say};

/// The honest flight, a record for each message.
#[must_use]
pub fn handshake() -> [Step; 5] {
    [
        Message::ServerHello(Hello::default()),
        Message::EncryptedExtensions,
        Message::Certificate,
        Message::CertificateVerify(Proof::Honest),
        Message::Finished,
    ]
    .map(|message| Say(vec![message]))
}

/// What follows a handshake: the client's Finished, its request, this body, and the end.
#[must_use]
pub fn answer(body: &str) -> Vec<Step> {
    let close_notify = Record(ALERT, vec![1, 0]);
    vec![AwaitFinished, AwaitRequest, Record(APPLICATION, script::whole("", body)), close_notify, Cut]
}

/// An honest handshake, then these steps as soon as the client has completed it, then an answer.
#[must_use]
pub fn after_handshake(steps: Vec<Step>, body: &str) -> Vec<Step> {
    [handshake().to_vec(), vec![AwaitFinished], steps, answer(body)].concat()
}
