//! `cargo xtask test`: every test that does not take hours.

use std::cell::RefCell;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use crate::bench;
use crate::command::run;
use crate::firmware;
use crate::footprint;
use crate::fuzz;
use crate::panics;
use crate::promises;
use crate::promises::ran::{self, Tests};
use crate::secrets;
use crate::setup;
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let ran = RefCell::new(Tests::new());
    let mut steps = setup::announced(setup::parts(workspace)?);
    steps.extend(ran::RUNS.iter().map(|run| {
        Step::new(run.name, || {
            ran.borrow_mut().extend(ran::run(workspace, run)?);
            Ok(())
        })
    }));
    steps.push(Step::new("promises", || promises::check(workspace, &ran.borrow())));
    steps.extend(after_the_tests(workspace)?);
    step::run_all("test", steps)
}

/// The tests that `cargo test` in the workspace does not run.
pub(crate) fn after_the_tests(workspace: &Workspace) -> Result<Vec<Step<'_>>, Box<dyn Error>> {
    let mut steps = Vec::new();
    // The crates must also pass their tests without features.
    steps.extend(workspace.bare().map(|member| {
        let name = format!("tests of {} without its features", member.name);
        Step::new(name, || cargo_test(workspace, &["--package", &member.name, "--no-default-features"]))
    }));
    steps.extend([
        Step::new("compile-fail with its error codes", || error_codes(workspace)),
        Step::new("every recorded case through the runner", || recorded_cases(workspace)),
        Step::new("quickstart", || run(&mut workspace.cargo(["run", "--quiet", "--package", "quickstart"]))),
    ]);
    steps.extend(secrets::steps(workspace));
    for package in firmware::packages(workspace)?.into_iter().filter(|package| !package.is_image()) {
        let name = format!("tests of {}", package.name());
        steps.push(Step::new(name, move || run(&mut package.cargo(workspace, &["test", "--locked"]))));
    }
    steps.push(fuzz::replay(workspace));
    steps.extend(bench::steps(workspace, &["instructions"])?);
    steps.extend(firmware::steps(workspace, &[])?);
    steps.push(footprint::step(workspace));
    steps.push(panics::step(workspace));
    Ok(steps)
}

fn cargo_test(workspace: &Workspace, which: &[&str]) -> Outcome {
    run(workspace.cargo(["test"]).args(which))
}

/// Uses nightly, because stable rustdoc ignores the error codes of `compile_fail`.
fn error_codes(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo(["test", "--package", "conformance", "--doc"]);
    run(cargo.env("RUSTC_BOOTSTRAP", "1"))
}

/// Starts the runner as a user would. Its own tests compare its output.
fn recorded_cases(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo(["run", "--quiet", "--package", "conformance", "--"]);
    run(cargo.args(vectors(workspace)?))
}

fn vectors(workspace: &Workspace) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(workspace.root.join("tests/vectors"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
