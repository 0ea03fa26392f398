//! Developer tasks of this workspace, run as `cargo xtask TASK`.
//!
//! A task runs named steps in order. The first failure ends it with exit code 1.

mod bench;
mod check;
mod command;
mod coverage;
mod deny;
mod firmware;
mod footprint;
mod fuzz;
mod gates;
mod interface;
mod libtest;
mod long;
mod mutants;
mod panics;
mod promises;
mod secrets;
mod setup;
mod step;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Arg, Command};

use step::Outcome;
use workspace::Workspace;

/// Takes the arguments after the task's name.
type Run = fn(&Workspace, &[&str]) -> Outcome;

/// Name, arguments, description and work of each task.
#[rustfmt::skip]
const TASKS: &[(&str, &str, &str, Run)] = &[
    ("setup", "", "installs what the other tasks need", |workspace, _| setup::task(workspace)),
    ("check", "PART", "formats, lints, docs, imports, dependencies, packages; PART of a step's name", check::task),
    ("test", "PART", "runs setup, then every test; PART of a step's name", test::task),
    ("bench", "--check", "compares the speed of signing with other crates; --check fails on a missed goal", bench::task),
    ("coverage", "", "line coverage: 100 % of tc3-core, 95 % of the other crates", |workspace, _| coverage::task(workspace)),
    ("deny", "", "checks licences, bans, sources and advisories of all dependencies", |workspace, _| deny::task(workspace)),
    ("firmware", "ARGUMENT", "runs the firmware examples in an emulator; see tests/firmware/README.md", firmware::task),
    ("footprint", "--check", "measures each feature's flash, stack and instructions; --check compares", footprint::task),
    ("fuzz", "ARGUMENT", "fuzzes each target for 30 s; [TARGET] [SECONDS], or `replay` to run the corpus only", fuzz::task),
    ("gates", "PART", "fails unless each check reports its planted defect; PART of a name", gates::task),
    ("interface", "--bless", "compares the public interface with tests/interface; --bless writes it", interface::task),
    ("long", "PART", "runs the tasks that take hours and writes their figures; PART of a name", long::task),
    ("mutants", "FILE", "mutation testing: a test must fail for each mutant; of the files with FILE in their path", mutants::task),
    ("panics", "--all", "proves by linking that signing cannot panic, allocate or format; --all opt-levels", panics::task),
    ("promises", "", "looks for the tests of tests/promises.toml and tests/matrix.toml", |workspace, _| promises::task(workspace)),
    ("secrets", "", "checks that signing takes constant time and leaves no key in memory", |workspace, _| secrets::task(workspace)),
];

fn main() -> ExitCode {
    let tasks = TASKS.iter().map(|(name, argument, about, _)| {
        let argument = (!argument.is_empty()).then(|| Arg::new(ARGUMENTS).value_name(*argument));
        let argument = argument.map(|it| it.num_args(0..).trailing_var_arg(true).allow_hyphen_values(true));
        Command::new(*name).about(*about).args(argument)
    });
    let cargo = Command::new("xtask").bin_name("cargo xtask").subcommand_required(true).subcommands(tasks);
    let matches = cargo.arg_required_else_help(true).get_matches();
    let Some((name, matches)) = matches.subcommand() else { return ExitCode::FAILURE };
    let arguments = matches.try_get_many::<String>(ARGUMENTS).ok().flatten();
    let arguments: Vec<&str> = arguments.into_iter().flatten().map(String::as_str).collect();
    match Workspace::read().and_then(|it| start(&it, name, &arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cargo xtask {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The name of a task's arguments in clap.
const ARGUMENTS: &str = "arguments";

/// Runs the task of this name.
pub(crate) fn start(workspace: &Workspace, name: &str, arguments: &[&str]) -> Outcome {
    match TASKS.iter().find(|(task, ..)| *task == name) {
        Some((.., run)) => run(workspace, arguments),
        None => Err(format!("no task is called `{name}`").into()),
    }
}
