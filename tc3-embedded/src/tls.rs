//! TLS 1.3 with authentication of the server. Tencent's document: "All the Tencent Cloud APIs
//! communicate via HTTPS".
//!
//! An [`AuthenticatedTls`] exists only after two proofs: the server's certificate chain leads to a
//! trusted root and names the host, and the key of the server's certificate signed the handshake.
//! `embedded-tls` does the handshake, but none of its verifiers is used. Every record is checked
//! before embedded-tls sees it. The content of a protected record is checked as soon as it is
//! decrypted. Nothing that a server sends can therefore make embedded-tls panic.
//!
//! [`AuthenticatedTls::connect`] takes a stream with a deadline, the [`Buffers`], the [`Server`] to
//! authenticate and a [`Seed`]; the [front page](crate) shows a complete call. `connect` drops the
//! stream when it fails. Pass `&mut stream`, which is a stream too, to use the stream again.
//!
//! **Not supported**: TLS 1.2, groups other than P-256, cipher suites other than AES-128-GCM, client
//! certificates, key updates, and handshake messages that are fragmented over several records. A
//! server that requires one of these is refused. Sessions are not resumed, and certificate revocation
//! is not checked.

#[cfg(feature = "async")]
pub mod asynchronous;
mod buffers;
mod cipher;
mod connection;
mod ending;
mod engine;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod guard;
mod random;
pub mod roots;
mod verify;

pub use buffers::Buffers;
pub use connection::AuthenticatedTls;
pub use error::{ServerHelloFault, TlsError};
pub use random::Seed;
pub use verify::{MAX_CERTIFICATES, Pin, Server, Untrusted};
