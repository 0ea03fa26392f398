//! The steps of a script, and scripts of valid handshakes.

use super::{
    content_type::{ALERT, APPLICATION},
    message::{HandshakeMessage, ServerHelloFields, Signature},
};
use crate::server::script;
use std::time::Duration;

/// One step of a script. Records are unprotected until the ServerHello is sent. Then they are protected
/// with the handshake keys until Finished is sent, and after that with the application keys. A step that
/// sends ServerHello or Finished still uses the old keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Sends these messages in one record.
    Send(Vec<HandshakeMessage>),
    /// Sends these messages in fragments of this many bytes, each in its own record.
    Fragment(usize, Vec<HandshakeMessage>),
    /// Sends these messages in one unprotected record.
    SendUnprotected(Vec<HandshakeMessage>),
    /// Sends a record with this content type and content.
    Record(u8, Vec<u8>),
    /// Sends an unprotected record with this content type and content.
    UnprotectedRecord(u8, Vec<u8>),
    /// Sends a protected record with this whole plaintext: content, content type and padding.
    InnerPlaintext(Vec<u8>),
    /// Sends a protected record with this content type and content, and changes its last byte.
    CorruptRecord(u8, Vec<u8>),
    /// Sends these bytes as they are, without a record header.
    Bytes(Vec<u8>),
    /// Makes all later steps send each byte alone, after this pause.
    SlowDown(Duration),
    /// Repeats this step, with this pause after each time, until the client closes the connection.
    Repeat(Duration, Box<Step>),
    AwaitFinished,
    AwaitRequest,
    CloseTcp,
}

use Step::{AwaitFinished, AwaitRequest, CloseTcp, Record, Send};

/// The server's messages of a valid handshake, each in its own record.
pub fn handshake() -> [Step; 5] {
    [
        HandshakeMessage::ServerHello(ServerHelloFields::default()),
        HandshakeMessage::EncryptedExtensions,
        HandshakeMessage::Certificate,
        HandshakeMessage::CertificateVerify(Signature::Valid),
        HandshakeMessage::Finished,
    ]
    .map(|message| Send(vec![message]))
}

/// Steps after the handshake: waits for Finished and a request, sends a response with this body, sends
/// close_notify, and closes TCP.
pub fn response(body: &str) -> Vec<Step> {
    let close_notify = Record(ALERT, vec![1, 0]);
    vec![AwaitFinished, AwaitRequest, Record(APPLICATION, script::with_length(body)), close_notify, CloseTcp]
}

/// A valid handshake, then these steps after the client's Finished, then a response with this body.
pub fn after_handshake(steps: Vec<Step>, body: &str) -> Vec<Step> {
    [handshake().to_vec(), vec![AwaitFinished], steps, response(body)].concat()
}
