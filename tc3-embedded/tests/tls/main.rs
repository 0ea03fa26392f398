//! Handshakes over loopback: with servers that are who they say, and with those that are not.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

#[cfg(feature = "async")]
mod asynchronous;
mod client;
mod faults;
mod hostile;
mod refused;
mod rooms;
mod sentences;
mod trusted;
