//! `tests/figures.toml`: what the long tasks measured for the last release. `cargo xtask long` writes it.

use std::collections::BTreeMap;
use std::fs;

use crate::step::Outcome;
use crate::workspace::Workspace;

const PLACE: &str = "tests/figures.toml";

const HEAD: &str = "# The figures of the last release, written by `cargo xtask long`.\n\n";

/// Figures by name, by the task: what follows `cargo xtask`, such as `panics --all`.
pub(crate) type Figures = BTreeMap<String, BTreeMap<String, u64>>;

/// Prints the figures of a task, and keeps them for [`write()`].
pub(crate) fn record(workspace: &Workspace, task: &str, figures: &[(&str, u64)]) -> Outcome {
    for (name, figure) in figures {
        println!("{name}: {figure}");
        let mut all = workspace.figures.borrow_mut();
        all.entry(task.to_owned()).or_default().insert((*name).to_owned(), *figure);
    }
    Ok(())
}

/// Replaces the figures of the tasks that ran.
pub(crate) fn write(workspace: &Workspace) -> Outcome {
    let mut all: Figures = workspace.toml(PLACE)?;
    all.append(&mut workspace.figures.take());
    Ok(fs::write(workspace.root.join(PLACE), format!("{HEAD}{}", toml::to_string(&all)?))?)
}

/// Checks that the file has figures for each long task and for no other.
pub(crate) fn check(workspace: &Workspace, long: &[&str]) -> Outcome {
    let all: Figures = workspace.toml(PLACE)?;
    let absent = long.iter().filter(|task| all.get(**task).is_none_or(BTreeMap::is_empty));
    let absent = absent.map(|task| format!("`cargo xtask {task}` has no figures"));
    let unknown = all.keys().filter(|task| !long.contains(&task.as_str()));
    let wrong: Vec<_> = absent.chain(unknown.map(|task| format!("`{task}` is not a long task"))).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{PLACE}: {}", wrong.join("; ")).into()) }
}
