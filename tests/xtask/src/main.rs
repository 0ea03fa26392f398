//! Developer tasks of this workspace, run as `cargo xtask TASK`.
//!
//! Each task is a list of named steps; the first that fails ends the task with exit code 1.

mod check;
mod command;
mod deny;
mod firmware;
mod footprint;
mod interface;
mod setup;
mod step;
mod test;
mod workspace;

use std::env;
use std::error::Error;
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

const TASKS: [Task; 7] = [
    Task {
        name: "setup",
        about: "install what the other tasks need and this machine lacks",
        run: Run::Alone(setup::task),
    },
    Task {
        name: "check",
        about: "format, lints, features, docs, rust-version, bare metal, dependencies, packages",
        run: Run::Alone(check::task),
    },
    Task { name: "test", about: "every test, after setup", run: Run::Alone(test::task) },
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
        name: "interface",
        about: "the public interface, compared with tests/interface; --bless writes it",
        run: Run::With(interface::task),
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
        [name, arguments @ ..] => match TASKS.iter().find(|task| task.name == *name) {
            None => refuse(&format!("no task is called `{name}`")),
            Some(Task { run: Run::Alone(_), .. }) if !arguments.is_empty() => {
                refuse(&format!("`{name}` takes no arguments"))
            }
            Some(task) => perform(task, arguments),
        },
    }
}

fn perform(task: &Task, arguments: &[&str]) -> ExitCode {
    let outcome = Workspace::read().and_then(|workspace| match task.run {
        Run::Alone(run) => run(&workspace),
        Run::With(run) => run(&workspace, arguments),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cargo xtask {}: {failure}", task.name);
            print_causes(failure.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn print_causes(failure: &dyn Error) {
    let mut cause = failure.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}

fn refuse(reason: &str) -> ExitCode {
    eprintln!("cargo xtask: {reason}\n\n{}", usage());
    ExitCode::from(USAGE_ERROR)
}

fn usage() -> String {
    let tasks = TASKS.map(|task| format!("  {:<9}  {}", task.name, task.about));
    format!("usage: cargo xtask TASK\n\n{}", tasks.join("\n"))
}
