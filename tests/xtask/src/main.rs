//! Developer tasks of this workspace, run as `cargo xtask TASK`.
//!
//! Each task is a list of named steps; the first that fails ends the task with exit code 1.

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
    /// With the arguments that follow its name.
    With(fn(&Workspace, &[&str]) -> Outcome),
}

const TASKS: &[Task] = &[
    Task {
        name: "setup",
        about: "install what the other tasks need and this machine lacks",
        run: Run::Alone(setup::task),
    },
    Task {
        name: "check",
        about: "format, lints, features, docs, imports, rust-version, bare metal, dependencies, packages; PART for one",
        run: Run::With(check::task),
    },
    Task { name: "test", about: "every test, after setup", run: Run::Alone(test::task) },
    Task {
        name: "coverage",
        about: "which lines the tests run: all of tc3-core's, nearly all of the others'",
        run: Run::Alone(coverage::task),
    },
    Task {
        name: "deny",
        about: "licences, bans, sources and advisories of every dependency",
        run: Run::Alone(deny::task),
    },
    Task {
        name: "firmware",
        about: "the firmware examples in an emulator; tests/firmware/README.md says what else it does",
        run: Run::With(firmware::task),
    },
    Task {
        name: "footprint",
        about: "flash, stack and instructions of each feature, written down; --check compares",
        run: Run::With(footprint::task),
    },
    Task {
        name: "fuzz",
        about: "any bytes, 30 s for each target; [TARGET] [SECONDS], or `replay` of the corpus alone",
        run: Run::With(fuzz::task),
    },
    Task {
        name: "gates",
        about: "plants the defects of tests/gates and demands that they are noticed",
        run: Run::With(gates::task),
    },
    Task {
        name: "interface",
        about: "the public interface, compared with tests/interface; --bless writes it",
        run: Run::With(interface::task),
    },
    Task {
        name: "long",
        about: "what takes hours; figures of what passed are in tests/figures.toml",
        run: Run::Alone(long::task),
    },
    Task {
        name: "mutants",
        about: "changes the code in every small way: a test has to notice",
        run: Run::With(mutants::task),
    },
    Task {
        name: "bench",
        about: "a race against other crates that sign; --check judges it",
        run: Run::With(bench::task),
    },
    Task {
        name: "promises",
        about: "what README and SECURITY promise, compared with the tests that would fail",
        run: Run::Alone(promises::task),
    },
    Task {
        name: "panics",
        about: "no image that signs or verifies can panic, allocate or format; --all at every level",
        run: Run::With(panics::task),
    },
    Task {
        name: "secrets",
        about: "nothing that can be seen depends on a key, and nothing of it is left in memory",
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

/// Does a task by its name.
///
/// # Errors
///
/// That of the task, and [`Misused`] where there is no such task.
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

/// A command line that no task can do anything with.
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
    fn asking_what_a_task_does_begins_nothing() {
        let workspace = Workspace::read().unwrap();
        // It takes no arguments, and hours.
        assert!(start(&workspace, "long", &["--help"]).is_ok());
        assert!(start(&workspace, "long", &["--check"]).is_err());
        assert!(start(&workspace, "nosuch", &["--help"]).is_err());
    }
}
