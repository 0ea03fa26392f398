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

/// Every step of a signature and what is sent, under the names that the schema gives the recorded values.
pub type Values = serde_json::Map<String, serde_json::Value>;

fn values_of(object: &serde_json::Value) -> Values {
    object.as_object().cloned().unwrap_or_default()
}

/// Compiles the examples of the workspace's README, and of the core's.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../tc3-core/README.md")]
struct Readme;
