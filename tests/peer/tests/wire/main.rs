//! The test servers with a `rustls` client: they follow the protocol where their scripts do, and check what clients draw at random.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod client;
mod fresh;
mod hostile;
mod server;
mod sntp;
