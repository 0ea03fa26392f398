//! One naive signer, one generator of requests, and the properties of `tc3-core` that must hold for any bytes.
//!
//! A property is a function over bytes that panics if it does not hold. The tests of `conformance` run each with
//! [`seeded`] bytes. `tests/fuzz` fuzzes it, and replays its corpus. [`Source`] draws structured values from bytes.
#![forbid(unsafe_code)]
#![allow(clippy::restriction, reason = "a property fails by panicking")]

mod draft;
mod rows;
mod source;
#[cfg(test)]
mod tests;
mod tree;

pub mod date;
pub mod multipart;
pub mod naive;
pub mod response;
pub mod tc3;
pub mod v1;
pub mod verify;

pub use rows::{format_error, refused, without_allocating};
pub use source::{Random, Source, seeded};
pub use tree::{Arena, Fields, Tree};
