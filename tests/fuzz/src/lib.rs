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
mod server;
mod signatures;
mod sntp;

/// A property that must hold for any bytes. It panics if it does not hold.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of the fuzz target and of its corpus folder.
    pub name: &'static str,
    /// The property.
    pub check: fn(&[u8]),
    /// The least number of inputs in the corpus.
    pub inputs: usize,
}

const fn target(name: &'static str, check: fn(&[u8]), inputs: usize) -> Target {
    Target { name, check, inputs }
}

/// Every target.
pub const TARGETS: [Target; 13] = [
    target("certificates", certificates::check, 147),
    target("date", reference::date::check, 185),
    target("handshake", handshake::check, 148),
    target("http", http::check, 147),
    target("multipart", reference::multipart::check, 119),
    target("records", records::check, 122),
    target("response", reference::response::check, 147),
    target("signatures", signatures::check, 147),
    target("sntp", sntp::check, 39),
    target("tc3", reference::tc3::check, 147),
    target("v1", reference::v1::check, 147),
    target("verify", reference::verify::check_tc3, 148),
    target("verify_v1", reference::verify::check_v1, 147),
];

/// Runs the target of the fuzzer's executable, which has its name.
pub fn run(target: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|it| it.name == target);
    (target.expect("the executable has the name of a target").check)(data);
}
