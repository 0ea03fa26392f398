//! Runs the tasks with a stand-in for every program that they start: `program.sh`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// A copy of the workspace, and the programs.
struct Copy {
    root: PathBuf,
    folder: PathBuf,
}

/// How a task ended, and what it ran.
struct Ran {
    calls: Vec<String>,
    succeeded: bool,
    printed: String,
}

impl Copy {
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut shell = Command::new(root.join("tests/xtask/tests/tree.sh"));
        assert!(shell.current_dir(&root).arg(&folder).status().unwrap().success());
        Self { root, folder }
    }

    /// Runs a program in which the nth call of another one fails, and the other calls are answered by shell code.
    fn run(&self, program: &Path, arguments: &[&str], fails: usize, answer: &str) -> Ran {
        let [calls, bin] = ["calls", "bin"].map(|name| self.folder.join(name));
        fs::write(&calls, "").unwrap();
        let mut command = Command::new(program);
        command.current_dir(self.folder.join("tree")).args(arguments).env_clear().env("HOME", &self.folder);
        command.env("FOLDER", &self.folder).env("FAILS", fails.to_string()).env("ANSWER", answer);
        let output = command.env("PATH", format!("{}:/usr/bin:/bin", bin.display())).output().unwrap();
        let mut calls = fs::read_to_string(calls).unwrap();
        for (folder, name) in [("tree", "."), ("target", "target")] {
            calls = calls.replace(&*self.folder.join(folder).to_string_lossy(), name);
        }
        calls = calls.replace(&*self.root.to_string_lossy(), ".");
        Ran {
            calls: calls.lines().map(str::to_owned).collect(),
            succeeded: output.status.success(),
            printed: String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        }
    }

    fn task(&self, arguments: &[&str], answer: &str) -> Ran {
        self.run(Path::new(env!("CARGO_BIN_EXE_xtask")), arguments, 0, answer)
    }

    /// The calls of a program, in order or sorted. In order, each has a mark: `!` if its failure ends the program with
    /// an error, or else `?`.
    fn described(&self, program: &Path, arguments: &[&str], is_sorted: bool) -> String {
        let mut ran = self.run(program, arguments, 0, "");
        let mut text =
            format!("\n# {} {}\n", arguments.join(" "), if ran.succeeded { "passes" } else { "fails" });
        if is_sorted {
            ran.calls.sort();
            return text + &ran.calls.join("\n") + "\n";
        }
        for (count, call) in (1..).zip(&ran.calls) {
            let failed = self.run(program, arguments, count, "");
            let ends = !failed.succeeded && failed.calls.len() == count;
            text += &format!("{} {call}\n", if ends { "!" } else { "?" });
        }
        text
    }

    /// The names of the steps of a task, which it prints if it knows no step of a name.
    fn steps(&self, task: &str) -> Vec<String> {
        let printed = self.task(&[task, "no such step"], "").printed;
        let (_, names) = printed.split_once("the steps are:\n").unwrap();
        names.lines().map(str::to_owned).collect()
    }
}

/// Checked in, so that a program, an argument or a variable that changes or is gone is seen.
const FILE: &str = "tests/xtask/tests/tasks.txt";

#[test]
fn each_task_runs_the_programs_in_tasks_txt_and_fails_if_one_of_them_fails() {
    let copy = Copy::new("calls");
    let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
    let words = |task: &'static str| task.split(' ').collect::<Vec<_>>();
    let mut text = copy.described(&copy.folder.join("tree/.ci/run"), &[], false);
    // These install the tools, which the other tasks then find. Two fuzzers run at once.
    for task in ["setup", "check format", "fuzz", "coverage", "mutants", "secrets"] {
        text += &copy.described(xtask, &words(task), true);
    }
    for task in ["check", "test"] {
        for step in copy.steps(task) {
            text += &copy.described(xtask, &[task, &step], false);
        }
    }
    for task in ["fuzz date 7", "coverage", "panics --all", "bench --check", "firmware only post"] {
        text += &copy.described(xtask, &words(task), false);
    }
    let (expected, found) =
        (fs::read_to_string(copy.root.join(FILE)).unwrap_or_default(), copy.folder.join("tasks.txt"));
    fs::write(&found, &text).unwrap();
    let differs = expected.lines().zip(text.lines()).find(|(expected, is)| expected != is);
    assert!(expected == text, "not as in {FILE}: {differs:#?}\n{} has all", found.display());
}

/// A task and answers to it, or a gate of tests/gates.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Case {
    name: String,
    command: Vec<String>,
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

#[test]
fn each_task_fails_for_a_bad_answer_and_for_each_gate_that_needs_no_compiler() {
    let copy = Copy::new("answers");
    let mut all = Vec::new();
    for file in ["bench", "check", "figures", "footprint", "promises"] {
        all.extend(cases(&copy.root.join("tests/gates").join(file).with_extension("toml")));
    }
    let needs_none = |case: &Case| {
        let is_read = ["xtask promises", "xtask check imports", "xtask check figures"];
        // A test, which is only listed, or xtask itself would have to be built.
        let is_built = case.file.contains("/tests/") || case.file.starts_with("tests/xtask/");
        case.file.ends_with(".md")
            || case.file.ends_with(".json")
            || is_read.contains(&&*case.command.join(" ")) && !is_built
    };
    all.retain(needs_none);
    all.extend(cases(&copy.root.join("tests/xtask/tests/answers.toml")));
    let mut wrong = String::new();
    for Case { name, command, answer, file, from, to, says } in all {
        let place = copy.folder.join("tree").join(&file);
        let text = if file.is_empty() { None } else { Some(fs::read_to_string(&place).unwrap()) };
        if let Some(text) = &text {
            fs::write(&place, text.replace(&from, &to)).unwrap();
        }
        let arguments: Vec<&str> = command.iter().skip(1).map(String::as_str).collect();
        let ran = copy.task(&arguments, &answer);
        if let Some(text) = text {
            fs::write(place, text).unwrap();
        }
        if ran.succeeded || !ran.printed.contains(&says) {
            let end = if ran.succeeded { "succeeded" } else { "failed" };
            wrong += &format!("\n--- {name}: {end}, and did not print `{says}`:\n{}", ran.printed);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
