//! Whether anything depends on a key but the bytes that come out: run by `cargo xtask secrets`.
//!
//! `secrets look` hides the keys from memcheck, which then reports every branch and every address
//! that depends on them. `secrets count KEYS` has callgrind count the instructions of each case, key
//! after key. Both also run what must be noticed: a check that cannot fail is none. `secrets keys KEYS`
//! writes such keys down, for whoever counts elsewhere.

mod cases;
mod controls;
mod count;
mod keys;
mod look;
mod valgrind;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["keys", keys] => keys::write(keys.parse().unwrap_or_default()),
        ["look" | "count", ..] if !valgrind::is_here() => {
            eprintln!("secrets: this is for a run under valgrind: cargo xtask secrets");
            ExitCode::FAILURE
        }
        ["look"] => look::all(),
        ["count", keys] => count::all(keys.parse().unwrap_or_default()),
        _ => {
            eprintln!("usage: secrets look | count KEYS | keys KEYS");
            ExitCode::FAILURE
        }
    }
}
