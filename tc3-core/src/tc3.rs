//! TC3-HMAC-SHA256, a file for each stage of the protocol.
//!
//! A request becomes a canonical request; its hash, the time and the credential scope become the string to
//! sign; a key derived for the day and service signs that.

pub(crate) mod canonical;
pub(crate) mod day_signer;
pub(crate) mod explain;
pub(crate) mod key;
pub(crate) mod multipart;
pub(crate) mod payload;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod scope;
pub(crate) mod signed;
mod signed_headers;
