//! `.ci/run` stops and fails at the first command that fails.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::{env, process};

/// The commands that CI must run, in order.
const COMMANDS: [&str; 3] = ["metadata --locked --format-version 1", "xtask check", "xtask test"];

/// Writes its arguments to a file, and fails if the file then has `$FAILS` lines.
const CARGO: &str = "#!/bin/sh\necho \"$*\" >>called\n[ \"$(wc -l <called)\" -ne \"$FAILS\" ]\n";

/// Runs a copy of the script with a cargo whose nth call fails. Returns the calls, and whether the script succeeded.
fn ci(fails: usize) -> (Vec<String>, bool) {
    let folder = env::temp_dir().join(format!("ci-{}", process::id()));
    fs::create_dir_all(folder.join(".ci")).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.ci/run"), folder.join(".ci/run")).unwrap();
    for (name, text) in [("cargo", CARGO), ("rustc", "#!/bin/sh\n")] {
        fs::write(folder.join(name), text).unwrap();
        fs::set_permissions(folder.join(name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", folder.display(), env::var("PATH").unwrap());
    let mut script = Command::new(folder.join(".ci/run"));
    let status = script.env("PATH", path).env("FAILS", fails.to_string()).status().unwrap();
    let called = fs::read_to_string(folder.join("called")).unwrap_or_default();
    fs::remove_dir_all(folder).unwrap();
    (called.lines().map(str::to_owned).collect(), status.success())
}

#[test]
fn ci_stops_and_fails_at_the_first_command_that_fails() {
    for (index, _) in COMMANDS.iter().enumerate() {
        let (called, succeeded) = ci(index.saturating_add(1));
        assert_eq!(called, COMMANDS.get(..=index).unwrap());
        assert!(!succeeded, "succeeded although `cargo {}` failed", called.join("`, `cargo "));
    }
    assert_eq!(ci(0), (COMMANDS.map(str::to_owned).to_vec(), true));
}
