//! The library, the program and raw sockets against a gateway in the same process.
#![allow(clippy::restriction, reason = "a test fails by panicking")]

mod exit_codes;
#[cfg(feature = "http")]
mod http_clients;
#[cfg(feature = "tower")]
mod http_requests;
mod library;
mod mistakes;
mod mock;
mod naive;
mod official_sdk;
mod options;
mod other_clients;
mod peer;
mod randomness;
mod requests;
mod server;
mod shared_signer;
mod sources;
mod wiping;
