//! TLS 1.3 that proves the server's identity.
//!
//! An [`AuthenticatedTls`] exists only once the server's certificates led to a trusted root, named
//! the host, and their key signed the handshake. The handshake itself is that of `embedded-tls`;
//! none of its verifiers takes part. Between it and the transport stands a gate of our own that
//! lets only those records through that may come now, and behind that a look at what is inside
//! them, so that nothing a server sends reaches a place where embedded-tls would give up the whole
//! program.
//!
//! [`AuthenticatedTls::connect`] takes a stream that ends every wait, the [`Buffers`] to work in, the
//! [`Server`] to be proved and a [`Seed`]; a whole call is on the [front page](crate). `&mut` of a
//! stream is a stream too, so that a modem is not lost with a connection that does not come about.
//!
//! **Not supported**: TLS 1.2, key exchange over other groups than P-256, other suites than
//! AES-128-GCM, client certificates, key updates, handshake messages that are spread over several
//! records. A server that insists on one is refused. Sessions are not resumed, and revocation lists
//! are not looked at.

#[cfg(feature = "async")]
pub mod asynchronous;
mod buffers;
mod cipher;
mod connection;
mod content;
mod ending;
mod engine;
mod error;
mod filter;
#[cfg(fuzzing)]
pub mod fuzzing;
mod gate;
mod hello;
mod random;
pub mod roots;
mod verify;
mod wire;

pub use buffers::Buffers;
pub use connection::AuthenticatedTls;
pub use error::TlsError;
pub use hello::HelloFault;
pub use random::Seed;
pub use verify::{MAX_CERTIFICATES, Pin, Server, Untrusted};
