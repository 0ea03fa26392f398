//! `tests/figures.toml`: what the long tasks measured for the last release. `cargo xtask long` writes it.

use std::error::Error;
use std::fs;
use std::process::Command;

use toml::{Table, Value};

use crate::command::read;
use crate::setup::rustup;
use crate::step::Outcome;
use crate::workspace::Workspace;

const PLACE: &str = "tests/figures.toml";

const HEAD: &str = "# The figures of the last release, written by `cargo xtask long`.\n\n";

/// Prints the figures of a task that used the default compiler, and keeps them for [`write()`]. `task` is what
/// follows `cargo xtask`, such as `panics --all`.
pub(crate) fn record(workspace: &Workspace, task: &str, figures: &[(&str, u64)]) -> Outcome {
    keep(workspace, task, figures, &mut Command::new("rustc"))
}

/// Like [`record`], for a task that used the nightly compiler.
pub(crate) fn record_nightly(workspace: &Workspace, task: &str, figures: &[(&str, u64)]) -> Outcome {
    keep(workspace, task, figures, rustup::with_nightly(&mut Command::new("rustc")))
}

fn keep(workspace: &Workspace, task: &str, figures: &[(&str, u64)], rustc: &mut Command) -> Outcome {
    let mut table = Table::new();
    for (name, figure) in figures {
        println!("{name}: {figure}");
        table.insert((*name).to_owned(), i64::try_from(*figure)?.into());
    }
    let compiler = read(rustc.arg("--version"))?.trim().to_owned();
    let entry = [("compiler".to_owned(), compiler.into()), ("figures".to_owned(), table.into())];
    workspace.figures.borrow_mut().insert(task.to_owned(), Table::from_iter(entry).into());
    Ok(())
}

/// Replaces the figures of the tasks that ran.
pub(crate) fn write(workspace: &Workspace) -> Outcome {
    let mut all = checked_in(workspace)?;
    all.extend(workspace.figures.take());
    Ok(fs::write(workspace.root.join(PLACE), format!("{HEAD}{all}"))?)
}

/// Checks that the file has figures for each long task and for no other.
pub(crate) fn check(workspace: &Workspace, long: &[&str]) -> Outcome {
    let all = checked_in(workspace)?;
    let has = |task: &&&str| {
        let figures = all.get(**task).and_then(|it| it.get("figures")).and_then(Value::as_table);
        figures.is_some_and(|it| !it.is_empty())
    };
    let absent = long.iter().filter(|task| !has(task));
    let absent = absent.map(|task| format!("`cargo xtask {task}` has no figures"));
    let unknown = all.keys().filter(|task| !long.contains(&task.as_str()));
    let wrong: Vec<_> = absent.chain(unknown.map(|task| format!("`{task}` is not a long task"))).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{PLACE}: {}", wrong.join("; ")).into()) }
}

fn checked_in(workspace: &Workspace) -> Result<Table, Box<dyn Error>> {
    Ok(fs::read_to_string(workspace.root.join(PLACE))?.parse()?)
}
