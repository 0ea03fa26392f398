//! Tests the client, the deadline and what a call needs (clock, credentials, randomness, SNTP) with a peer in memory
//! that can fail at any byte, and a clock that advances only with each poll. Each case runs blocking and, with the
//! feature, asynchronously, and what concerns answers with both signatures.
#![allow(clippy::restriction, reason = "a test that meets the unexpected has to stop")]

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
