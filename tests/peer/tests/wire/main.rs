//! The peer against `rustls`: what is good is accepted, and what is bad is refused for its reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod client;
mod hostile;
mod pki;
mod server;
mod sntp;
