//! The gates' own gates: each way for a gate to prove nothing is seen.

#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{self, Command};

use super::{Broken, Gate, Gates};

const ORIGINAL: &str = "one two two\n";

/// A folder of its own for each test, with one file in it.
fn tree(test: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("gates-{test}-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("file"), ORIGINAL).unwrap();
    folder
}

/// A command that fails, and says `two 2 two`, if and only if `one` has become `2`.
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
    // Whatever came of it, the defect is out again.
    assert_eq!(fs::read_to_string(tree.join("file")).unwrap(), ORIGINAL);
    fs::remove_dir_all(tree).unwrap();
    verdict
}

#[test]
fn a_defect_that_is_noticed_and_named_holds() {
    assert!(verdict("holds", &gate("one", "2", "2 two two")).is_ok());
}

#[test]
fn a_text_that_is_there_twice_or_never_is_told() {
    assert!(matches!(verdict("twice", &gate("two", "2", "2")), Err(Broken::Text { times: 2 })));
    assert!(matches!(verdict("never", &gate("three", "2", "2")), Err(Broken::Text { times: 0 })));
}

#[test]
fn a_defect_that_changes_nothing_is_told() {
    assert!(matches!(verdict("same", &gate("one", "one", "2")), Err(Broken::NoDefect)));
}

#[test]
fn a_command_that_passes_with_the_defect_is_told() {
    assert!(matches!(verdict("passes", &gate("one", "three", "2")), Err(Broken::Passed)));
}

#[test]
fn a_command_that_fails_without_the_words_is_told_with_what_it_said() {
    let verdict = verdict("silent", &gate("one", "2", "another reason"));
    assert!(matches!(verdict, Err(Broken::Silent { last }) if last == "2 two two"));
}

#[test]
fn an_entry_with_a_word_that_means_nothing_is_refused() {
    assert!(toml::from_str::<Gates>("[[gate]]\nname = \"a gate\"\nfrm = \"one\"\n").is_err());
}

/// Planting them takes long; that they can be planted is seen at once when code moves on.
#[test]
fn every_defect_has_its_place_in_the_code_as_it_is() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let root = PathBuf::from(root);
    let gates = super::read(&root.join("tests/gates"), "").unwrap();
    assert!(gates.len() > 20);
    for gate in gates {
        // Written by the long tasks, and not before them.
        if let Ok(text) = fs::read_to_string(root.join(&gate.file)) {
            assert!(gate.planted(&text).is_ok(), "{}: {}", gate.name, gate.file);
        } else {
            assert_eq!(gate.file, "tests/figures.toml", "{}", gate.name);
        }
    }
}
