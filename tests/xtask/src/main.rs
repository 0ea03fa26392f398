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
mod libtest;
mod long;
mod minimums;
mod mutants;
mod panics;
mod promises;
mod secrets;
mod setup;
mod step;
mod test;
mod workspace;

use std::env;
use std::process::ExitCode;

use step::Outcome;
use workspace::Workspace;

/// Takes the arguments after the task's name.
type Run = fn(&Workspace, &[&str]) -> Outcome;

/// Name, description and work of each task.
#[rustfmt::skip]
const TASKS: &[(&str, &str, Run)] = &[
    ("setup", "installs what the other tasks need", |workspace, _| setup::task(workspace)),
    ("check", "formats, lints, docs, imports, dependencies, packages; [PART] of a step's name", check::task),
    ("test", "runs setup, then every test; [PART] of a step's name", test::task),
    ("bench", "compares the speed of signing with other crates; --check fails on a missed goal", bench::task),
    ("coverage", "line coverage: 100 % of tc3-core, 95 % of the other crates", |workspace, _| coverage::task(workspace)),
    ("deny", "checks licences, bans, sources and advisories of all dependencies", |workspace, _| deny::task(workspace)),
    ("firmware", "runs the firmware examples in an emulator; see tests/firmware/README.md", firmware::task),
    ("footprint", "measures each feature's flash, stack and instructions; --check compares", footprint::task),
    ("fuzz", "fuzzes each target for 30 s; [TARGET] [SECONDS], or `replay` to run the corpus only", fuzz::task),
    ("gates", "fails unless each check reports its planted defect; [PART] of a name", gates::task),
    ("interface", "compares the public interface with tests/interface; --bless writes it", interface::task),
    ("long", "runs the tasks that take hours and writes their figures; [PART] of a name", long::task),
    ("mutants", "mutation testing: a test must fail for each mutant", mutants::task),
    ("panics", "proves by linking that signing cannot panic, allocate or format; --all opt-levels", panics::task),
    ("promises", "looks for the tests of tests/promises.toml and tests/matrix.toml", |workspace, _| promises::task(workspace)),
    ("secrets", "checks that signing takes constant time and leaves no key in memory", |workspace, _| secrets::task(workspace)),
];

/// Tasks without arguments.
const ALONE: [&str; 5] = ["coverage", "deny", "promises", "secrets", "setup"];

const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            println!("{}", usage());
            ExitCode::SUCCESS
        }
        [name, ..] if !TASKS.iter().any(|(task, ..)| task == name) => {
            eprintln!("cargo xtask: no task is called `{name}`\n\n{}", usage());
            ExitCode::from(USAGE_ERROR)
        }
        [name, arguments @ ..] => match Workspace::read().and_then(|it| start(&it, name, arguments)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("cargo xtask {name}: {failure}");
                ExitCode::FAILURE
            }
        },
    }
}

/// Runs the task of this name.
pub(crate) fn start(workspace: &Workspace, name: &str, arguments: &[&str]) -> Outcome {
    let Some((_, about, run)) = TASKS.iter().find(|(task, ..)| *task == name) else {
        return Err(format!("no task is called `{name}`").into());
    };
    match arguments {
        [.., "--help" | "-h"] => {
            println!("cargo xtask {name}: {about}");
            Ok(())
        }
        [_, ..] if ALONE.contains(&name) => Err(format!("`{name}` takes no arguments").into()),
        _ => run(workspace, arguments),
    }
}

fn usage() -> String {
    let tasks = TASKS.iter().map(|(name, about, _)| format!("  {name:<9}  {about}"));
    format!("usage: cargo xtask TASK\n\n{}", tasks.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::{Workspace, start};

    #[test]
    fn help_does_not_start_the_task() {
        let workspace = Workspace::read().unwrap();
        assert!(start(&workspace, "long", &["--help"]).is_ok());
        assert!(start(&workspace, "setup", &["--check"]).is_err());
        assert!(start(&workspace, "nosuch", &["--help"]).is_err());
    }
}
