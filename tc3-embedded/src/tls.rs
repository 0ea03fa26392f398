//! TLS 1.3 with authentication of the server: "All the Tencent Cloud APIs communicate via HTTPS".
//!
//! An [`AuthenticatedTls`] exists only after two proofs: the server's certificate chain leads to a
//! trusted root and names the host, and the key of its certificate signed the handshake.
//! `embedded-tls` does the handshake, but none of its verifiers is used. Every record is checked
//! before embedded-tls sees it, and the content of a protected record as soon as it is decrypted, so
//! that nothing a server sends can make embedded-tls panic.
//!
//! [`AuthenticatedTls::connect`] takes a stream with a timeout, the [`Buffers`], the [`Server`] to
//! authenticate and a [`Seed`]; the [front page](crate) has a whole call. `&mut` of a stream is a
//! stream too: pass it to keep the modem when `connect` fails.
//!
//! **Not supported**: TLS 1.2, other groups than P-256, other cipher suites than AES-128-GCM, client
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
