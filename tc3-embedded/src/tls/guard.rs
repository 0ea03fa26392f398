//! Checks everything that the server sends before embedded-tls reads it.
//!
//! embedded-tls panics on some messages that it does not expect, so they must not reach it. [`gate`]
//! wraps the transport that embedded-tls uses. [`records`] decides which records pass the gate.
//! [`server_hello`] checks the ServerHello. [`content`] checks each protected record after it is
//! decrypted.

pub(super) mod content;
pub(super) mod gate;
mod reader;
pub(super) mod records;
pub(super) mod server_hello;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]
mod tests;
