//! TLS 1.3 that proves the server's identity.
//!
//! An [`AuthenticatedTls`] exists only once the server's certificates led to a trusted root, named
//! the host, and their key signed the handshake. The handshake itself is that of `embedded-tls`;
//! none of its verifiers takes part. Between it and the transport stands a gate of our own that
//! lets only those records through that may come now, and behind that a look at what is inside
//! them, so that nothing a server sends reaches a place where embedded-tls would give up the whole
//! program.
//!
//! **Not supported**: TLS 1.2, key exchange over other groups than P-256, other suites than
//! AES-128-GCM, client certificates, resumption, key updates, handshake messages that are spread
//! over several records, revocation lists. Each is an error that says so.

#[cfg(feature = "async")]
pub mod asynchronous;
mod buffers;
mod cipher;
mod connection;
mod content;
mod engine;
mod error;
mod filter;
mod gate;
mod hello;
mod random;
pub mod roots;
mod verify;
mod wire;

pub use buffers::Buffers;
pub use connection::AuthenticatedTls;
pub use error::{HelloFault, TlsError, Untrusted};
pub use random::Seed;
pub use verify::{MAX_CERTIFICATES, Pin, Server};
