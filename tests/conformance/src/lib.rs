//! Reads recorded cases and signs what each describes with `tc3-core`.
//!
//! The schema is that of the vectors beside this package. A case is signed from its `input`
//! alone; what it expects is looked at by the tests, never here.
#![doc = include_str!("forbidden.md")]

mod document;
mod refused;
pub mod tc3;
mod tree;
pub mod v1;

pub use document::{Case, Document, Kind};
pub use refused::Refused;
pub use tree::{Arena, Tree};

/// The code of the first page compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
