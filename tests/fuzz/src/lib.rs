//! The targets of the fuzzers: the properties of `tests/reference`, and those of `tc3-embedded`, which need its private
//! functions. `cfg(fuzzing)` makes these public.
//!
//! `cargo xtask fuzz` fuzzes them. The corpus has the inputs that reach new code; `cargo xtask fuzz replay` runs them.
#![forbid(unsafe_code)]

mod certificates;
mod handshake;
mod http;
mod plain;
mod records;
mod signatures;
mod sntp;

/// A property that must hold for any bytes. It panics if it does not hold.
pub type Property = fn(&[u8]);

/// The property of every target, by the name of the target and of its corpus folder.
pub const TARGETS: [(&str, Property); 13] = [
    ("certificates", certificates::check),
    ("date", reference::date::check),
    ("handshake", handshake::check),
    ("http", http::check),
    ("multipart", reference::multipart::check),
    ("records", records::check),
    ("response", reference::response::check),
    ("signatures", signatures::check),
    ("sntp", sntp::check),
    ("tc3", reference::tc3::check),
    ("v1", reference::v1::check),
    ("verify", reference::verify::check_tc3),
    ("verify_v1", reference::verify::check_v1),
];

/// Runs the target of the fuzzer's executable, which has its name.
pub fn run(target: &str, data: &[u8]) {
    let (_, check) =
        TARGETS.iter().find(|it| it.0 == target).expect("the executable has the name of a target");
    check(data);
}
