//! The other end of the wire, for tests of what calls the service: certificate chains good and bad,
//! a TLS server that answers what it is told to, one whose handshake is what no server should say,
//! and a time server. They write down what arrived.
//!
//! Everything listens on a free port of 127.0.0.1, on threads of its own, and ends when dropped.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    reason = "a peer that cannot be what the test asks for fails the test"
)]

pub mod hostile;
mod listener;
pub mod pki;
mod record;
mod request;
pub mod server;
pub mod sntp;

pub use record::{Connection, Record};
