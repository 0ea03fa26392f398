//! The steps of a script, and the scripts of valid handshakes.

use super::{
    content_type::{ALERT, APPLICATION},
    message::{HandshakeMessage, Signature},
    server_hello::ServerHelloFields,
};
use crate::server::script;
use std::time::Duration;

/// One step of a script. Records are unprotected until the ServerHello is sent, protected with the
/// handshake keys until Finished is sent, and then with the application keys. The step that sends the
/// message still uses the old keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Sends these messages in one record.
    Send(Vec<HandshakeMessage>),
    /// Sends these messages in records with this many bytes of them each.
    Fragment(usize, Vec<HandshakeMessage>),
    /// Sends these messages in one unprotected record.
    SendUnprotected(Vec<HandshakeMessage>),
    /// Sends a record with this content type and content.
    Record(u8, Vec<u8>),
    /// Sends an unprotected record with this content type and content.
    UnprotectedRecord(u8, Vec<u8>),
    /// Sends a protected record with this whole plaintext: content, content type and padding.
    InnerPlaintext(Vec<u8>),
    /// Sends a protected record with its last byte changed.
    CorruptRecord(u8, Vec<u8>),
    /// Sends these bytes without a record header.
    Bytes(Vec<u8>),
    /// From now on sends each byte alone, after this pause.
    SlowDown(Duration),
    /// Repeats this step with this pause until the client closes the connection.
    Repeat(Duration, Box<Step>),
    /// Waits for the client's Finished.
    AwaitFinished,
    /// Waits for a whole request.
    AwaitRequest,
    /// Closes TCP.
    CloseTcp,
}

use Step::{AwaitFinished, AwaitRequest, CloseTcp, Record, Send};

/// The server's messages of a valid handshake, each in its own record.
#[must_use]
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

/// After the handshake: awaits Finished and a request, sends this body and close_notify, closes TCP.
#[must_use]
pub fn response(body: &str) -> Vec<Step> {
    let close_notify = Record(ALERT, vec![1, 0]);
    vec![
        AwaitFinished,
        AwaitRequest,
        Record(APPLICATION, script::with_length("", body)),
        close_notify,
        CloseTcp,
    ]
}

/// A valid handshake, then these steps once the client has completed it, then a response.
#[must_use]
pub fn after_handshake(steps: Vec<Step>, body: &str) -> Vec<Step> {
    [handshake().to_vec(), vec![AwaitFinished], steps, response(body)].concat()
}
