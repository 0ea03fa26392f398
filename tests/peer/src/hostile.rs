//! A TLS 1.3 server that sends the messages of a script. They can violate the protocol.
//!
//! The server supports `TLS_AES_128_GCM_SHA256` with P-256, and signs with ECDSA. Its key share and random
//! value are always the same, so that a test can be repeated. After its script the server reads until the
//! client closes the connection.
//!
//! This server sends neither a certificate nor a signature:
//! ```
//! use peer::{hostile::{Hostile, script}, pki};
//!
//! let [server_hello, extensions, _certificate, _verify, finished] = script::handshake();
//! let impostor = [vec![server_hello, extensions, finished], script::response("{}")].concat();
//! let server = Hostile::start(&pki::ecdsa(1_795_279_182), impostor)?;
//! // … a client calls server.addr() …
//! assert_eq!(server.finish().received(), b"");
//! # Ok::<(), std::io::Error>(())
//! ```

mod flight;
mod keys;
mod message;
mod player;
mod records;
pub mod script;
mod server_hello;

pub use message::{HandshakeMessage, Signature};
pub use script::Step;
pub(crate) use server_hello::{KEY_SHARE, P256};
pub use server_hello::{ServerHelloFields, key_share, point, version};

use crate::{listener::Listener, log::Log, pki::Identity};
use flight::ServerIdentity;
use p256::{ecdsa::SigningKey, pkcs8::DecodePrivateKey};
use std::{io, net::SocketAddr};

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct Hostile(Listener);

impl Hostile {
    /// Starts a server with this identity that plays the script on every connection. The server accepts
    /// connections when this returns.
    ///
    /// # Errors
    /// An error of the operating system, or an error for a key that is not a P-256 key.
    pub fn start(identity: &Identity, script: Vec<Step>) -> io::Result<Self> {
        let key =
            SigningKey::from_pkcs8_der(&identity.key).map_err(|error| io::Error::other(error.to_string()))?;
        let server = ServerIdentity { chain: identity.chain.clone(), key };
        Listener::start(move |socket, log, stop| player::run(&server, &script, socket, log, stop)).map(Self)
    }

    /// The address that the server listens on.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.0.addr()
    }

    /// Stops the server after it has read everything that clients have sent, and returns the log. Waits at
    /// most 250 ms for clients that have not closed their connections. Set `nodelay` on the client's
    /// socket: bytes that the client's operating system delays and never sends are not in the log.
    #[must_use]
    pub fn finish(self) -> Log {
        self.0.finish()
    }
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
