//! TLS 1.3 that proves the server's identity.

pub mod roots;
mod verify;
