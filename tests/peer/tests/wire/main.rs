//! The test servers with a `rustls` client: valid ones are accepted, invalid ones refused for their reason.
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
mod pki;
mod server;
mod sntp;
