//! Properties that must hold for any input. Each is a function that panics if it does not hold.
//!
//! `cargo xtask fuzz` fuzzes them. The corpus has the inputs that reach new code; `cargo test` replays
//! it. Properties that need structured values draw them from the input by [`source`](mod@source).
#![forbid(unsafe_code)]

mod draft;
mod edit;
mod naive;
mod plain;
mod received;
mod request;
mod server;
mod source;
mod tree;

pub mod certificates;
pub mod date;
pub mod handshake;
pub mod http;
pub mod multipart;
pub mod records;
pub mod response;
pub mod signatures;
pub mod sntp;
pub mod tc3;
pub mod v1;
pub mod verify;
pub mod verify_v1;

/// The name of a fuzz target and of its corpus folder, and the property.
pub type Target = (&'static str, fn(&[u8]));

/// Every fuzz target.
pub const TARGETS: &[Target] = &[
    ("certificates", certificates::check),
    ("date", date::check),
    ("handshake", handshake::check),
    ("http", http::check),
    ("multipart", multipart::check),
    ("records", records::check),
    ("response", response::check),
    ("signatures", signatures::check),
    ("sntp", sntp::check),
    ("tc3", tc3::check),
    ("v1", v1::check),
    ("verify", verify::check),
    ("verify_v1", verify_v1::check),
];
