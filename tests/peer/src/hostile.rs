//! A TLS 1.3 server that says what no server should: its messages are a script.
//!
//! It speaks `TLS_AES_128_GCM_SHA256` over P-256, and signs with ECDSA. Its keys and randomness are
//! always the same, so that it says the same again. When its script is over, it listens until
//! the client goes.
//!
//! A server that proves nothing of who it is, and answers whoever does not mind:
//! ```
//! use peer::{hostile::{Hostile, script}, pki};
//!
//! let [hello, extensions, _certificate, _verify, finished] = script::handshake();
//! let impostor = [vec![hello, extensions, finished], script::answer("{}")].concat();
//! let server = Hostile::start(&pki::ecdsa(1_795_279_182), impostor)?;
//! // … a client calls server.addr() …
//! assert_eq!(server.finish().received(), b"");
//! # Ok::<(), std::io::Error>(())
//! ```

mod client;
mod flight;
mod hello;
mod keys;
mod message;
mod play;
pub mod script;
mod wire;

pub use hello::{Hello, key_share, point, version};
pub use message::{Message, Proof};
pub use script::Step;

use crate::{listener::Listener, pki::Identity, record::Record};
use flight::Actor;
use p256::{ecdsa::SigningKey, pkcs8::DecodePrivateKey};
use std::{io, net::SocketAddr};

/// A running server. It stops when dropped.
#[derive(Debug)]
pub struct Hostile(Listener);

impl Hostile {
    /// Starts a server that has this identity, whose key is for P-256, and plays this script to
    /// every client. It accepts connections when this returns.
    ///
    /// # Errors
    /// For another key, and what the operating system said.
    pub fn start(identity: &Identity, script: Vec<Step>) -> io::Result<Self> {
        let key =
            SigningKey::from_pkcs8_der(&identity.key).map_err(|error| io::Error::other(error.to_string()))?;
        let actor = Actor { chain: identity.chain.clone(), key };
        Listener::start(move |socket, page, ending| play::run(&actor, &script, socket, page, ending))
            .map(Self)
    }

    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.0.addr()
    }

    /// Ends the server, when it has read everything that clients have sent by now. A client that
    /// has not closed its connection yet is waited for a quarter of a second. A client's socket
    /// should have `nodelay`: what its system holds back and never sends is not in the record.
    #[must_use]
    pub fn finish(self) -> Record {
        self.0.finish()
    }
}

/// Types of records.
pub mod content {
    /// One byte, 1, which means nothing since TLS 1.3.
    pub const CHANGE_CIPHER_SPEC: u8 = 20;
    /// A level and a description.
    pub const ALERT: u8 = 21;
    /// Messages of the handshake, or after it.
    pub const HANDSHAKE: u8 = 22;
    /// Bytes of the application; outside, everything that is encrypted.
    pub const APPLICATION: u8 = 23;
}
