//! Reads recorded cases and signs the request of each with `tc3-core`.
//!
//! `tests/vectors/README.md` documents the schema. This library reads only the `input` of a case;
//! the tests compare the result with its `expect`.
#![doc = include_str!("forbidden.md")]

mod document;
mod refused;
pub mod tc3;
mod tree;
pub mod v1;

pub use document::{Case, Document, Kind};
pub use refused::Refused;
pub use tree::{Arena, Tree};

/// Compiles the examples of the workspace's README, and of the core's.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../tc3-core/README.md")]
struct Readme;
