//! The client and its deadline against a peer in memory that fails in every way, under a clock
//! that only the polls move. Each case runs blocking and, with the feature, asynchronously.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has to stop"
)]

mod calls;

mod deadline;
mod ends;
mod faults;
mod misbehaviour;
mod outcome;
mod peer;
mod pieces;
mod retry;
mod secrets;
mod sentences;
mod splits;
mod unsent;
mod world;
