//! Handshakes over loopback, with servers whose identity is valid and with others.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod client;
mod engine_files;
mod faults;
mod hostile;
mod link;
mod randomness;
mod refused;
mod sentences;
mod trusted;
