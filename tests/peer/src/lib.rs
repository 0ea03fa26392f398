//! Servers for tests of clients: certificate chains, valid and invalid; a TLS server that plays a script
//! of HTTP responses; one whose handshake is a script and may violate the protocol; and an SNTP
//! server. They log what they receive.
//!
//! Every server listens on a free port of 127.0.0.1, runs on its own threads, and stops when dropped.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    reason = "a test server that cannot work fails the test"
)]

pub mod hostile;
mod listener;
mod log;
pub mod pki;
mod request;
pub mod server;
pub mod sntp;

pub use log::{Connection, Log};
