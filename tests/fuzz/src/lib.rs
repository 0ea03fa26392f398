//! What must hold for any bytes: each property is a function of an input, which fails by panicking.
//!
//! They are fuzzed (`cargo xtask fuzz`), and what fuzzing has found worth keeping is replayed as an
//! ordinary test. An input is read by [`source`](mod@source)'s rules where a property needs more than bytes.
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

/// A property, and the name of its target and of the folder of its corpus.
pub type Target = (&'static str, fn(&[u8]));

/// Every property that is fuzzed.
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
