//! Runs `cargo test` and reads from libtest's JSON which tests passed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::command;
use crate::step::Outcome;
use crate::workspace::Workspace;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/libtest/program.sh");
const RUSTDOC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/libtest/rustdoc.sh");

/// Tests as `package::target::test`. The target of a library's unit tests is `lib`, of doc tests `doc`.
#[derive(Default)]
pub(crate) struct Tests {
    pub(crate) passed: BTreeSet<String>,
    pub(crate) failed: BTreeSet<String>,
    /// `package::target` of the program that runs.
    target: Option<String>,
}

impl Tests {
    /// Runs `cargo test` with these arguments. Fails if a test fails. With `--list` for the programs, what would run
    /// counts as passed.
    pub(crate) fn run(&mut self, workspace: &Workspace, arguments: &[&str], programs: &[&str]) -> Outcome {
        let json = "--message-format=json-render-diagnostics";
        let mut cargo = workspace.cargo(["test", "--quiet", json, "--config"]);
        cargo.arg(format!("target.'cfg(all())'.runner = '{PROGRAM}'")).env("RUSTDOC", RUSTDOC);
        cargo.args(arguments).args(["--", "-Zunstable-options", "--format", "json"]).args(programs);
        command::run_by_line(&mut cargo, |line| self.read(line))
    }

    /// The number of tests that passed, by package.
    pub(crate) fn by_package(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::<String, usize>::new();
        for test in &self.passed {
            let package = test.split("::").next().unwrap_or_default();
            let count = counts.entry(package.to_owned()).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }

    /// Reads a line of the output, and prints it unless it is libtest's.
    fn read(&mut self, line: &str) {
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        let text = |key| event.get(key).and_then(Value::as_str).unwrap_or_default();
        match (text("type"), text("event")) {
            _ if !text("reason").is_empty() => {}
            // rustdoc calls every program of doc tests `rust_out`. It does not run all of them by the runner.
            ("program", _) if text("file") == "rust_out" => self.target = None,
            ("program", _) => self.target = Some(target(text("package"), text("file"))),
            // In a list, what is ignored is named too.
            ("test", "discovered") if event.get("ignore") == Some(&Value::Bool(true)) => {}
            ("test", "ok" | "discovered") => {
                self.passed.insert(self.named(text("name")));
            }
            ("test", "failed") => {
                let name = self.named(text("name"));
                println!("FAILED {name}\n{}{}", text("stdout"), text("message"));
                let package = name.split("::").next().unwrap_or_default();
                println!("to repeat: cargo test --all-features --package {package} {}", text("name"));
                self.failed.insert(name);
            }
            ("suite", "ok" | "failed") => {
                let count = |key| event.get(key).and_then(Value::as_u64).unwrap_or_default();
                let target = self.target.as_deref().unwrap_or("doc tests");
                let [passed, failed, ignored] = ["passed", "failed", "ignored"].map(count);
                println!("{target}: {passed} passed, {failed} failed, {ignored} ignored");
            }
            ("test" | "suite" | "report", _) => {}
            _ => println!("{line}"),
        }
    }

    /// rustdoc names a test by its file: `tc3-core/src/lib.rs - (line 12)`.
    fn named(&self, test: &str) -> String {
        match (&self.target, test.split_once('/')) {
            (Some(target), _) => format!("{target}::{test}"),
            (None, Some((package, file))) if package != "tests" => format!("{package}::doc::{file}"),
            (None, _) => {
                let mut folders = test.splitn(3, '/').skip(1);
                format!("{}::doc::{}", folders.next().unwrap_or_default(), folders.next().unwrap_or_default())
            }
        }
    }
}

/// `package::target` of the program `target-HASH`.
fn target(package: &str, file: &str) -> String {
    let name = file.rsplit_once('-').map_or(file, |(name, _)| name);
    let name = if name == package.replace('-', "_") { "lib" } else { name };
    format!("{package}::{name}")
}
