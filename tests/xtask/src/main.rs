//! Developer tasks of this workspace, run as `cargo xtask TASK`.
//!
//! A task runs named steps in order. The first failure ends it with exit code 1.

mod bench;
mod check;
mod command;
mod coverage;
mod deny;
mod figures;
mod firmware;
mod footprint;
mod fuzz;
mod gates;
mod interface;
mod long;
mod mutants;
mod panics;
mod promises;
mod secrets;
mod setup;
mod step;
mod test;
mod workspace;

use std::env;
use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use step::Outcome;
use workspace::Workspace;

struct Task {
    name: &'static str,
    about: &'static str,
    run: Run,
}

enum Run {
    Alone(fn(&Workspace) -> Outcome),
    /// Takes the arguments after the task's name.
    With(fn(&Workspace, &[&str]) -> Outcome),
}

const TASKS: &[Task] = &[
    Task { name: "setup", about: "installs what the other tasks need", run: Run::Alone(setup::task) },
    Task {
        name: "check",
        about: "format, lints, features, docs, imports, rust-version, bare metal, dependencies, packages; [PART] of a step's name",
        run: Run::With(check::task),
    },
    Task { name: "test", about: "runs setup, then every test", run: Run::Alone(test::task) },
    Task {
        name: "coverage",
        about: "line coverage: 100 % of tc3-core, 95 % of the other crates",
        run: Run::Alone(coverage::task),
    },
    Task {
        name: "deny",
        about: "checks licences, bans, sources and advisories of all dependencies",
        run: Run::Alone(deny::task),
    },
    Task {
        name: "firmware",
        about: "runs the firmware examples in an emulator; see tests/firmware/README.md",
        run: Run::With(firmware::task),
    },
    Task {
        name: "footprint",
        about: "measures flash, stack and instructions of each feature and writes the tables; --check compares",
        run: Run::With(footprint::task),
    },
    Task {
        name: "fuzz",
        about: "fuzzes each target for 30 s; [TARGET] [SECONDS], or `replay` to run the corpus only",
        run: Run::With(fuzz::task),
    },
    Task {
        name: "gates",
        about: "plants each defect of tests/gates and fails unless its check reports it; [PART] of a name",
        run: Run::With(gates::task),
    },
    Task {
        name: "interface",
        about: "compares the public interface with tests/interface; --bless writes it",
        run: Run::With(interface::task),
    },
    Task {
        name: "long",
        about: "runs the tasks that take hours and writes their figures to tests/figures.toml",
        run: Run::Alone(long::task),
    },
    Task {
        name: "mutants",
        about: "mutation testing: a test must fail for each mutant",
        run: Run::With(mutants::task),
    },
    Task {
        name: "bench",
        about: "compares the speed of signing with other crates; --check fails on a missed goal",
        run: Run::With(bench::task),
    },
    Task {
        name: "promises",
        about: "compares the promises of README.md and SECURITY.md with tests/promises.toml",
        run: Run::Alone(promises::task),
    },
    Task {
        name: "panics",
        about: "proves by linking that signing and verifying cannot panic, allocate or format; --all opt-levels",
        run: Run::With(panics::task),
    },
    Task {
        name: "secrets",
        about: "checks that signing takes constant time and leaves no key in memory",
        run: Run::Alone(secrets::task),
    },
];

const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            println!("{}", usage());
            ExitCode::SUCCESS
        }
        [name, arguments @ ..] => match Workspace::read().and_then(|it| start(&it, name, arguments)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => report(name, failure),
        },
    }
}

/// Runs the task of this name.
///
/// # Errors
///
/// The task's own error, or [`Misused`] if there is no task of this name.
pub(crate) fn start(workspace: &Workspace, name: &str, arguments: &[&str]) -> Outcome {
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        return Err(Misused(format!("no task is called `{name}`")).into());
    };
    match task.run {
        _ if matches!(arguments, [.., "--help" | "-h"]) => {
            println!("cargo xtask {name}: {}", task.about);
            Ok(())
        }
        Run::Alone(_) if !arguments.is_empty() => Err(Misused(format!("`{name}` takes no arguments")).into()),
        Run::Alone(run) => run(workspace),
        Run::With(run) => run(workspace, arguments),
    }
}

fn report(name: &str, failure: Box<dyn Error>) -> ExitCode {
    if failure.is::<Misused>() {
        eprintln!("cargo xtask: {failure}\n\n{}", usage());
        return ExitCode::from(USAGE_ERROR);
    }
    eprintln!("cargo xtask {name}: {failure}");
    print_causes(failure.as_ref());
    ExitCode::FAILURE
}

fn print_causes(failure: &dyn Error) {
    let mut cause = failure.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}

fn usage() -> String {
    let tasks = TASKS.iter().map(|task| format!("  {:<9}  {}", task.name, task.about));
    format!("usage: cargo xtask TASK\n\n{}", tasks.collect::<Vec<_>>().join("\n"))
}

/// A wrong command line.
#[derive(Debug)]
struct Misused(String);

impl fmt::Display for Misused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Misused {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::{Workspace, start};

    #[test]
    fn help_does_not_start_the_task() {
        let workspace = Workspace::read().unwrap();
        assert!(start(&workspace, "long", &["--help"]).is_ok());
        assert!(start(&workspace, "long", &["--check"]).is_err());
        assert!(start(&workspace, "nosuch", &["--help"]).is_err());
    }
}
