//! SHA-256 and HMAC, over an engine that hardware can implement.

pub(crate) mod block;
pub(crate) mod cached;
pub(crate) mod hmac;
#[cfg(feature = "hmacsha1")]
pub(crate) mod sha1;
pub(crate) mod sha256;
pub(crate) mod software;
pub(crate) mod stack;
