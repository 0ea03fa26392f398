//! What stands between the transport and embedded-tls.
//!
//! [`gate`] is the transport as embedded-tls sees it; [`records`] decides which records pass it,
//! [`server_hello`] checks the ServerHello, and [`content`] checks each protected record once it is
//! decrypted. embedded-tls panics on some messages that it does not expect, so none of them may
//! reach it.

pub(super) mod content;
pub(super) mod gate;
mod reader;
pub(super) mod records;
pub(super) mod server_hello;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]
mod tests;
