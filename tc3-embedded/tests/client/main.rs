//! Tests the client, the deadline and what a call needs (clock, credentials, randomness, SNTP) with a peer in memory
//! that can fail at any byte, and a clock that advances only with each poll. Each case runs blocking and, with the
//! feature, asynchronously, and what concerns answers with both signatures.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has to stop"
)]

mod calls;
mod clock;
mod deadline;
mod ends;
mod entropy;
mod faults;
mod link;
mod peer;
mod pieces;
mod retry;
mod secrets;
mod sentences;
mod sequences;
mod signer;
mod sntp;
mod unsent;
mod world;
