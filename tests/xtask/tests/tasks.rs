//! Runs the tasks with a stand-in for every program that they start: `program.sh`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

const XTASK: &str = env!("CARGO_BIN_EXE_xtask");

/// The root folder, and a new folder with a copy of the workspace and with the programs.
fn copy(name: &str) -> (PathBuf, PathBuf) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut shell = Command::new(root.join("tests/xtask/tests/tree.sh"));
    assert!(shell.current_dir(&root).arg(&folder).status().unwrap().success());
    (root, folder)
}

/// `tasks.txt` is checked in, so that a program, an argument or a variable that changes or is gone is seen.
#[test]
fn each_task_runs_the_programs_in_tasks_txt_and_fails_if_one_of_them_fails() {
    let (root, folder) = copy("calls");
    let printed = Command::new(root.join("tests/xtask/tests/calls.sh")).arg(&folder).arg(XTASK).output();
    let mut text = String::from_utf8(printed.unwrap().stdout).unwrap();
    for (path, name) in [(folder.join("tree"), "."), (folder.join("target"), "target"), (root, ".")] {
        text = text.replace(path.to_str().unwrap(), name);
    }
    let expected = include_str!("tasks.txt");
    fs::write(folder.join("tasks.txt"), &text).unwrap();
    let differs = expected.lines().zip(text.lines()).find(|(expected, is)| expected != is);
    assert!(expected == text, "not as in tasks.txt: {differs:#?}\n{}/tasks.txt has all", folder.display());
}

/// A bad answer to a task, or a gate of tests/gates.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Case {
    name: String,
    command: Vec<String>,
    /// Shell code that changes how programs answer.
    answer: String,
    file: String,
    from: String,
    to: String,
    says: String,
}

fn cases(path: &Path) -> Vec<Case> {
    let cases: BTreeMap<String, Vec<Case>> = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    cases.into_values().flatten().collect()
}

/// Whether a gate needs no compiler.
fn is_quick(gate: &Case) -> bool {
    let is_read = ["xtask promises", "xtask check imports", "xtask check figures"];
    // A test is only listed, and a defect in xtask would have to be built.
    let is_built = gate.file.contains("/tests/") || gate.file.starts_with("tests/xtask/");
    let is_table = gate.file.ends_with(".md") || gate.file.ends_with(".json");
    let is_xtask = gate.command.first().is_some_and(|it| it == "xtask");
    is_xtask && is_table || is_read.contains(&&*gate.command.join(" ")) && !is_built
}

#[test]
fn each_task_fails_for_a_bad_answer_and_for_each_gate_that_needs_no_compiler() {
    let (root, folder) = copy("answers");
    let files = fs::read_dir(root.join("tests/gates")).unwrap();
    let gates: Vec<Case> = files.flat_map(|file| cases(&file.unwrap().path())).collect();
    for Case { name, file, from, .. } in &gates {
        let times = fs::read_to_string(root.join(file)).unwrap().matches(from).count();
        assert_eq!(times, 1, "{name}: {file} has this not once: {from}");
    }
    let (mut wrong, mut tried) = (String::new(), 0);
    for Case { name, command, answer, file, from, to, says } in
        gates.into_iter().filter(is_quick).chain(cases(&root.join("tests/xtask/tests/answers.toml")))
    {
        tried += 1;
        let place = folder.join("tree").join(if file.is_empty() { "README.md" } else { &file });
        let text = fs::read_to_string(&place).unwrap();
        fs::write(&place, if file.is_empty() { text.clone() } else { text.replace(&from, &to) }).unwrap();
        let mut task = Command::new(XTASK);
        task.current_dir(folder.join("tree")).args(command.iter().skip(1)).env_clear().env("HOME", &folder);
        task.env("FOLDER", &folder).env("FAILS", "0").env("ANSWER", answer);
        let output = task.env("PATH", format!("{}/bin:/usr/bin:/bin", folder.display())).output().unwrap();
        fs::write(place, text).unwrap();
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if output.status.success() || !printed.contains(&says) {
            let status = output.status;
            wrong += &format!("\n--- {name}: ended with {status}, without `{says}`:\n{printed}");
        }
    }
    assert!(wrong.is_empty() && tried >= 75, "{tried} cases, at least 75 are expected; {wrong}");
}
