//! Developer tasks of this workspace, run as `cargo xtask TASK`.
//!
//! Each task is a list of named steps; the first that fails ends the task with exit code 1.

mod check;
mod command;
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
    run: fn(&Workspace) -> Outcome,
}

const TASKS: [Task; 3] = [
    Task {
        name: "setup",
        about: "install what the other tasks need and this machine lacks",
        run: setup::task,
    },
    Task {
        name: "check",
        about: "format, lints, features, docs, rust-version, bare metal, packages",
        run: check::task,
    },
    Task { name: "test", about: "every test, after setup", run: test::task },
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
        [name] => match TASKS.iter().find(|task| task.name == *name) {
            Some(task) => perform(task),
            None => refuse(&format!("no task is called `{name}`")),
        },
        [name, ..] => refuse(&format!("`{name}` takes no arguments")),
    }
}

fn perform(task: &Task) -> ExitCode {
    match Workspace::read().and_then(|workspace| (task.run)(&workspace)) {
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
    let tasks = TASKS.map(|task| format!("  {:<7} {}", task.name, task.about));
    format!("usage: cargo xtask TASK\n\n{}", tasks.join("\n"))
}
