//! Servers for tests of clients, and valid and invalid certificate chains for the servers.
//!
//! [`server`] sends scripted HTTP responses over valid TLS. [`hostile`] plays a scripted TLS handshake,
//! which can violate the protocol. [`sntp`] sends scripted SNTP replies. Every server logs the bytes that
//! it receives, listens on a free port of 127.0.0.1, runs on its own threads, and stops when dropped.
#![allow(missing_docs, reason = "where a name says everything")]
#![allow(clippy::restriction, reason = "a test server that cannot work fails the test")]

mod client_hello;
pub mod hostile;
mod listener;
mod log;
pub mod pki;
mod seed;
pub mod server;
pub mod sntp;

pub use client_hello::ClientHello;
pub use listener::Server;
pub use log::{Connection, Log};
pub use seed::KnownSeed;
