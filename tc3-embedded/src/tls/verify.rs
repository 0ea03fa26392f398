//! Whether the server is who it should be.
//!
//! Two proofs, both needed: the certificates lead to a root that is trusted and name the host, and
//! whoever is at the other end holds the key of the first certificate, for it signed this very
//! handshake. Nothing here names embedded-tls.

#![cfg_attr(not(test), expect(dead_code, reason = "the path building that asks all this is not here yet"))]

mod algorithm;
mod der;
mod ecdsa;
mod key_usage;
#[cfg(feature = "rsa")]
mod rsa;

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has to stop"
)]
mod random;
#[cfg(test)]
mod wycheproof;
