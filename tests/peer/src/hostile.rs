//! A TLS 1.3 server that sends the messages of a script. They can violate the protocol.
//!
//! The server supports `TLS_AES_128_GCM_SHA256` with P-256, and signs with ECDSA. Its key share and random
//! value are always the same, so that a test can be repeated. After its script the server reads until the
//! client closes the connection.

mod keys;
mod message;
mod player;
pub mod script;

pub use keys::{Keys, TrafficKeys};
pub(crate) use message::KEY_SHARE;
pub use message::{
    Flight, HandshakeMessage, P256, ServerHelloFields, Signature, key_share, point, version, with_header,
};
pub use script::Step;

use crate::{listener::Server, pki::Identity};
use std::io;

/// Starts a server with this identity that plays the script on every connection. The server accepts
/// connections when this returns.
pub fn start(identity: &Identity, script: Vec<Step>) -> io::Result<Server> {
    let identity = identity.clone();
    Server::start(move |tap| player::run(&identity, &script, tap))
}

/// Content types of records (RFC 8446 section 5.1).
pub mod content_type {
    /// The content is one byte, 1. It has no meaning in TLS 1.3.
    pub const CHANGE_CIPHER_SPEC: u8 = 20;
    /// The content is a level and a description.
    pub const ALERT: u8 = 21;
    /// The content is handshake messages, during the handshake or after it.
    pub const HANDSHAKE: u8 = 22;
    /// The content is application data. Also the outer type of every protected record.
    pub const APPLICATION: u8 = 23;
}
