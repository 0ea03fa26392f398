//! `cargo xtask test`: every test that does not take hours.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::command::{run, run_and_read, sum};
use crate::libtest::Tests;
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;
use crate::{bench, firmware, footprint, fuzz, panics, promises, secrets, setup};

/// Runs every step, or those whose name contains the argument.
pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let tests = RefCell::default();
    let (missing, steps) = (setup::parts(workspace)?, steps(workspace, &tests, arguments.is_empty())?);
    let outcome = step::run_chosen(workspace, "test", missing, steps, arguments);
    // The last line, for programs that read the output. A step that failed counts too.
    let (passed, failed) = (tests.borrow().passed.len(), tests.borrow().failed.len());
    let failed = failed.max(usize::from(outcome.is_err()));
    if passed != 0 || failed != 0 {
        println!("\n{passed} passed, {failed} failed");
    }
    outcome
}

/// The names of all steps.
pub(crate) fn names(workspace: &Workspace) -> Outcome<Vec<String>> {
    let tests = RefCell::default();
    Ok(steps(workspace, &tests, true)?.into_iter().map(|step| step.name).collect())
}

fn steps<'a>(workspace: &'a Workspace, tests: &'a RefCell<Tests>, is_whole: bool) -> Outcome<Vec<Step<'a>>> {
    let mut steps = vec![Step::new("compiler", || setup::is_pinned(workspace))];
    steps.extend(runs(workspace).into_iter().map(|(name, arguments)| {
        Step::new(name.clone(), move || run_tests(workspace, &name, &arguments, &mut tests.borrow_mut()))
    }));
    steps.push(Step::new("promises", move || {
        // Only a whole run has run all tests that are named.
        let listed = if is_whole { None } else { Some(list(workspace)?) };
        promises::check(workspace, listed.as_ref().unwrap_or(&tests.borrow().passed))
    }));
    steps.extend(after_the_tests(workspace)?);
    Ok(steps)
}

/// The arguments of each run of `cargo test`, after its name. Some errors occur only without optional features, and
/// the crates for devices must pass their tests without any.
fn runs(workspace: &Workspace) -> Vec<(String, Vec<&str>)> {
    let tls = "tests of TLS without optional features".to_owned();
    let mut runs = vec![
        ("tests".to_owned(), vec!["--workspace", "--all-features", "--tests"]),
        ("doc tests".to_owned(), vec!["--workspace", "--all-features", DOC]),
        (tls, vec!["--package", "tc3-embedded", "--test", "tls", "refused"]),
    ];
    for member in workspace.bare() {
        for (what, kind) in [("tests", "--tests"), ("doc tests", DOC)] {
            let name = format!("{what} of {} without features", member.name);
            runs.push((name, vec!["--package", &member.name, "--no-default-features", kind]));
        }
    }
    runs
}

const DOC: &str = "--doc";

fn run_tests(workspace: &Workspace, name: &str, arguments: &[&str], all: &mut Tests) -> Outcome {
    let mut tests = Tests::default();
    let outcome = tests.run(workspace, arguments, &[]);
    let outcome = outcome.and_then(|()| step::check_minimums(workspace, name, &tests.by_package()));
    all.passed.append(&mut tests.passed);
    all.failed.append(&mut tests.failed);
    outcome
}

/// All tests but doc tests, without running them.
pub(crate) fn list(workspace: &Workspace) -> Outcome<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for (_, arguments) in runs(workspace).iter().filter(|(_, arguments)| !arguments.contains(&DOC)) {
        let mut tests = Tests::default();
        tests.run(workspace, arguments, &["--list"])?;
        names.append(&mut tests.passed);
    }
    Ok(names)
}

/// What `cargo test` in the workspace does not run.
fn after_the_tests(workspace: &Workspace) -> Outcome<Vec<Step<'_>>> {
    let quickstart = || run(&mut workspace.cargo(["run", "--quiet", "--package", "quickstart"]));
    let mut steps = vec![Step::new("quickstart", quickstart)];
    steps.extend(secrets::steps(workspace));
    for package in firmware::packages(workspace)?.into_iter().filter(|package| !package.is_image()) {
        let name = format!("tests of {}", package.name());
        steps.push(Step::new(name.clone(), move || {
            let output = run_and_read(&mut package.cargo(workspace, &["test", "--locked"]))?;
            let passed = ("passed".to_owned(), sum(&output, "test result: ok. ", " passed"));
            step::check_minimums(workspace, &name, &[passed].into())
        }));
    }
    steps.extend(firmware::steps(workspace, &[])?.map(Step::apart));
    steps.push(footprint::step(workspace).apart());
    steps.extend(bench::steps(workspace, &["instructions"])?.into_iter().map(Step::apart));
    steps.push(fuzz::replay(workspace).apart());
    steps.push(panics::step(workspace).apart());
    Ok(steps)
}
