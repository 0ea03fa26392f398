//! TC3-HMAC-SHA256, a file for each stage of the protocol.
//!
//! A request is encoded as a canonical request. The string to sign consists of the hash of the canonical request,
//! the time and the credential scope. A key derived for the day and service signs this string.

pub(crate) mod canonical;
pub(crate) mod credential_scope;
pub(crate) mod day_signer;
pub(crate) mod explain;
pub(crate) mod key;
pub(crate) mod multipart;
pub(crate) mod payload;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod signed;
mod signed_headers;
