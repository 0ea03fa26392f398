//! TLS 1.3 that proves the server's identity.

mod verify;
