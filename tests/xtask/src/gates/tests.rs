//! A gate that proves nothing is reported.

#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{self, Command};

use super::{Broken, Gate, Gates};

const ORIGINAL: &str = "one two two\n";

/// A new folder with one file.
fn tree(test: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("gates-{test}-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("file"), ORIGINAL).unwrap();
    folder
}

/// A command that fails and prints `2 two two` if `one` was replaced by `2`.
fn grep(_: &[String], tree: &PathBuf) -> Command {
    let mut shell = Command::new("sh");
    shell.current_dir(tree).args(["-c", "if grep 2 file; then exit 1; fi"]);
    shell
}

fn gate(from: &str, to: &str, says: &str) -> Gate {
    let [name, file] = ["a gate", "file"].map(str::to_owned);
    let [from, to, says] = [from, to, says].map(str::to_owned);
    Gate { name, file, from, to, command: Vec::new(), says }
}

fn verdict(test: &str, gate: &Gate) -> Result<(), Broken> {
    let tree = tree(test);
    let verdict = gate.holds(&tree, |command| grep(command, &tree));
    assert_eq!(fs::read_to_string(tree.join("file")).unwrap(), ORIGINAL);
    fs::remove_dir_all(tree).unwrap();
    verdict
}

#[test]
fn a_gate_holds_if_the_command_fails_and_prints_why() {
    assert!(verdict("holds", &gate("one", "2", "2 two two")).is_ok());
}

#[test]
fn a_from_that_occurs_twice_or_never_is_reported() {
    assert!(matches!(verdict("twice", &gate("two", "2", "2")), Err(Broken::NotOnce { times: 2 })));
    assert!(matches!(verdict("never", &gate("three", "2", "2")), Err(Broken::NotOnce { times: 0 })));
}

#[test]
fn a_defect_that_changes_nothing_is_reported() {
    assert!(matches!(verdict("same", &gate("one", "one", "2")), Err(Broken::NoDefect)));
}

#[test]
fn a_command_that_passes_with_the_defect_is_reported() {
    assert!(matches!(verdict("passes", &gate("one", "three", "2")), Err(Broken::Passed)));
}

#[test]
fn a_command_that_fails_for_another_reason_is_reported_with_its_output() {
    let verdict = verdict("silent", &gate("one", "2", "another reason"));
    assert!(matches!(verdict, Err(Broken::Silent { last }) if last == "2 two two"));
}

#[test]
fn an_unknown_key_is_refused() {
    assert!(toml::from_str::<Gates>("[[gate]]\nname = \"a gate\"\nfrm = \"one\"\n").is_err());
}

#[test]
fn every_defect_can_be_planted() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let root = PathBuf::from(root);
    let gates = super::read(&root.join("tests/gates"), "").unwrap();
    assert!(gates.len() > 20);
    for gate in gates {
        // The long tasks write this file.
        if let Ok(text) = fs::read_to_string(root.join(&gate.file)) {
            assert!(gate.planted(&text).is_ok(), "{}: {}", gate.name, gate.file);
        } else {
            assert_eq!(gate.file, "tests/figures.toml", "{}", gate.name);
        }
    }
}
