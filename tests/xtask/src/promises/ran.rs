//! Which tests ran, read from their output.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{BufRead, BufReader, pipe};
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::Value;

use crate::command::read;
use crate::workspace::Workspace;

/// Tests as `package::target::test`. The target of unit tests is `lib`, of doc tests `doc`.
pub(crate) type Tests = BTreeSet<String>;

/// A run of `cargo test` with these arguments.
pub(crate) struct Run {
    pub(crate) name: &'static str,
    arguments: &'static [&'static str],
}

/// The second run tests errors that only occur without optional features.
pub(crate) const RUNS: [Run; 2] = [
    Run { name: "tests", arguments: &["--workspace", "--all-features"] },
    Run {
        name: "tests of TLS without optional features",
        arguments: &["--package", "tc3-embedded", "--test", "tls", "refused"],
    },
];

/// Runs the tests and returns those that passed.
pub(crate) fn run(workspace: &Workspace, run: &Run) -> Result<Tests, Box<dyn Error>> {
    observe(workspace, run, &[], |line| line.strip_prefix("test ")?.strip_suffix(" ... ok"))
}

/// Returns all tests without running them.
pub(crate) fn list(workspace: &Workspace) -> Result<Tests, Box<dyn Error>> {
    let mut tests = Tests::new();
    for run in &RUNS {
        tests.extend(observe(workspace, run, &["--", "--list"], |line| line.strip_suffix(": test"))?);
    }
    Ok(tests)
}

/// Prints the output and reads the names of tests from it.
fn observe(
    workspace: &Workspace,
    run: &Run,
    more: &[&str],
    named: impl Fn(&str) -> Option<&str>,
) -> Result<Tests, Box<dyn Error>> {
    let mut log = Log { targets: targets(workspace, run)?, ..Log::default() };
    let mut cargo = run.cargo(workspace);
    // One pipe, because the order of the lines shows which target a test belongs to.
    let (reader, writer) = pipe()?;
    cargo.args(more).env("CARGO_TERM_COLOR", "never").stdout(writer.try_clone()?).stderr(writer);
    let mut child = cargo.spawn()?;
    // Reading ends only when the command's copy of the writer is dropped too.
    drop(cargo);
    for line in BufReader::new(reader).lines() {
        let line = line?;
        println!("{line}");
        log.read(&line, &named);
    }
    match child.wait()? {
        status if status.success() => Ok(log.tests),
        status => Err(format!("`cargo test {}` ended with {status}", run.arguments.join(" ")).into()),
    }
}

impl Run {
    fn cargo(&self, workspace: &Workspace) -> Command {
        let mut cargo = workspace.cargo(["test"]);
        cargo.args(self.arguments);
        // With one thread, libtest prints a test's name before the test runs. A process that the test starts
        // could then write between name and result.
        if thread::available_parallelism().is_ok_and(|count| count.get() == 1) {
            cargo.env("RUST_TEST_THREADS", "2");
        }
        cargo
    }
}

/// The state while the output is read.
#[derive(Default)]
struct Log {
    /// Targets by the file name of their program.
    targets: BTreeMap<String, String>,
    current: Option<String>,
    tests: Tests,
}

impl Log {
    /// Reads one line: cargo's lines name targets, and a target's lines name tests.
    fn read(&mut self, line: &str, named: impl Fn(&str) -> Option<&str>) {
        let announced = line.trim_start();
        if let Some(library) = announced.strip_prefix("Doc-tests ") {
            self.current = Some(format!("{}::doc", library.replace('_', "-")));
        } else if let Some(running) = announced.strip_prefix("Running ") {
            let program = running.rsplit(['/', '(']).next().map(|it| it.trim_end_matches(')'));
            self.current = program.and_then(|program| self.targets.get(program)).cloned();
        } else if let (Some(target), Some(name)) = (&self.current, named(line)) {
            let name = name.trim_end_matches(" - should panic");
            self.tests.insert(format!("{target}::{name}"));
        }
    }
}

/// `package::target` by the file name of the test program.
fn targets(workspace: &Workspace, run: &Run) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let messages =
        read(run.cargo(workspace).args(["--no-run", "--quiet", "--message-format=json-render-diagnostics"]))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(messages.filter_map(|message| target(&message)).collect())
}

fn target(message: &Value) -> Option<(String, String)> {
    let program = Path::new(message.get("executable")?.as_str()?).file_name()?.to_string_lossy();
    let manifest = Path::new(message.get("manifest_path")?.as_str()?);
    let package = manifest.parent()?.file_name()?.to_string_lossy();
    let name = message.pointer("/target/name")?.as_str()?;
    let is_library = message.pointer("/target/kind/0")? == "lib";
    let name = if is_library { "lib" } else { name };
    Some((program.into_owned(), format!("{package}::{name}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Log, target};

    fn log(lines: &str) -> Vec<String> {
        let targets = [("core-1f", "core::lib"), ("verify-2e", "core::verify"), ("verify-3d", "std::verify")];
        let targets = targets.map(|(program, target)| (program.to_owned(), target.to_owned())).into();
        let mut log = Log { targets, ..Log::default() };
        lines.lines().for_each(|line| log.read(line, |it| it.strip_prefix("test ")?.strip_suffix(" ... ok")));
        log.tests.into_iter().collect()
    }

    #[test]
    fn a_test_is_identified_by_package_target_and_name() {
        let ran = log("     Running unittests src/lib.rs (target/debug/deps/core-1f)\n\
                       test time::a_day ... ok\n\
                       \x20    Running tests/verify.rs (target/debug/deps/verify-2e)\n\
                       test a_bit - should panic ... ok\n\
                       \x20    Running tests/verify.rs (target/debug/deps/verify-3d)\n\
                       test a_bit ... ok\n\
                       \x20  Doc-tests tc3_core\n\
                       test src/lib.rs - sign (line 3) ... ok\n");
        assert_eq!(
            ran,
            [
                "core::lib::time::a_day",
                "core::verify::a_bit",
                "std::verify::a_bit",
                "tc3-core::doc::src/lib.rs - sign (line 3)",
            ]
        );
    }

    #[test]
    fn a_failed_or_ignored_test_did_not_run() {
        let ran = log("     Running tests/verify.rs (target/debug/deps/verify-2e)\n\
                       test a_bit ... FAILED\n\
                       test a_byte ... ignored\n");
        assert!(ran.is_empty());
    }

    #[test]
    fn the_tests_of_an_unknown_program_are_ignored() {
        assert!(log("     Running tests/x.rs (target/debug/deps/x-9)\ntest a_bit ... ok\n").is_empty());
    }

    #[test]
    fn the_target_of_a_library_is_called_lib() {
        let message = json!({
            "executable": "/target/debug/deps/tc3_core-1f",
            "manifest_path": "/tree/tc3-core/Cargo.toml",
            "target": { "name": "tc3_core", "kind": ["lib"] },
        });
        let expected = ("tc3_core-1f".to_owned(), "tc3-core::lib".to_owned());
        assert_eq!(target(&message), Some(expected));
    }
}
