//! Whether the server is who it should be.

#[cfg(feature = "rsa")]
mod rsa;
