//! Checks that no branch, address or instruction count depends on a key. `cargo xtask secrets` runs this program.
//!
//! `secrets look` marks the keys as uninitialised for memcheck, which then reports every branch and every address
//! that depends on them. `secrets count KEYS` lets callgrind count the instructions of each case for each key.
//! Both also run planted defects, which must be reported. `secrets keys KEYS` prints the keys, for counting on the
//! boards.

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
            eprintln!("secrets: must run under valgrind: use cargo xtask secrets");
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
