//! A server that a program controls.

use std::fmt;

/// Decides what becomes of each connection and request.
pub struct Service(Box<Accept>);

type Accept = dyn Fn() -> Option<Box<React>> + Send + Sync;

/// Decides about the next request of a connection.
pub type React = dyn FnMut(&[u8]) -> Reaction + Send;

/// What a server does after it has received a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// What it sends, which may be nothing, or only a part of a response.
    pub bytes: Vec<u8>,
    /// What it does then.
    pub then: Then,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It stays open for the next request.
    Keep,
    /// The server sends close_notify and closes TCP.
    Close,
    /// The server closes TCP without close_notify.
    CloseTcp,
}

impl Service {
    /// `accept` returns the function that decides about the requests of a new connection, or `None` to close it
    /// before the handshake.
    pub fn new(accept: impl Fn() -> Option<Box<React>> + Send + Sync + 'static) -> Self {
        Self(Box::new(accept))
    }

    pub(super) fn accept(&self) -> Option<Box<React>> {
        (self.0)()
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service")
    }
}
