//! Reads recorded cases and signs the request of each with `tc3-core`.
//!
//! `tests/vectors/README.md` documents the schema. This library reads only the `input` of a case;
//! the tests compare the result with its `expect`.
#![doc = include_str!("forbidden.md")]

mod document;
pub mod tc3;
pub mod v1;

pub use document::{Case, Document, Kind};

/// Why a case could not be signed: it does not follow the schema, the signer refuses it, or the signer's interface cannot
/// express it.
pub type Refused = Box<dyn core::error::Error>;

/// Compiles the examples of the workspace's README, and of the core's.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../tc3-core/README.md")]
struct Readme;
