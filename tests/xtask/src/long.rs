//! `cargo xtask long`: the tasks that take too long for every change. `tests/figures.toml` has what they measured for
//! the last release.

use std::collections::BTreeMap;
use std::fs;

use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// The arguments of `cargo xtask`, the quickest task first.
pub(crate) const LONG: [&str; 7] =
    ["secrets", "coverage", "bench --check", "panics --all", "fuzz 120", "gates", "mutants"];

const PLACE: &str = "tests/figures.toml";
const HEAD: &str = "# The figures of the last release, written by `cargo xtask long`.\n\n";

/// Figures by name, by the task: what follows `cargo xtask`, such as `panics --all`.
pub(crate) type Figures = BTreeMap<String, BTreeMap<String, usize>>;

/// Runs every task, or those whose name contains the argument, and writes their figures.
pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let part = |line: &'static str| {
        let words: Vec<&str> = line.split(' ').collect();
        Step::new(line, move || match words.as_slice() {
            [name, arguments @ ..] => crate::start(workspace, name, arguments),
            [] => Ok(()),
        })
    };
    let mut steps = step::chosen("long", LONG.into_iter().map(part).collect(), arguments)?;
    steps.push(Step::new("write the figures", || write(workspace)));
    steps.push(figures(workspace));
    step::run_and_count(steps, &|name| format!("cargo xtask long '{name}'")).map(|_| ())
}

/// The step that checks that each long task has figures, and no other.
pub(crate) fn figures(workspace: &Workspace) -> Step<'_> {
    Step::new("figures of the long tasks", || check(workspace))
}

/// Prints the figures of a task, and keeps them for [`write()`].
pub(crate) fn record<N: ToString>(
    workspace: &Workspace,
    task: &str,
    figures: impl IntoIterator<Item = (N, usize)>,
) -> Outcome {
    for (name, figure) in figures {
        println!("{}: {figure}", name.to_string());
        let mut all = workspace.figures.borrow_mut();
        all.entry(task.to_owned()).or_default().insert(name.to_string(), figure);
    }
    Ok(())
}

/// Replaces the figures of the tasks that ran.
fn write(workspace: &Workspace) -> Outcome {
    let mut all: Figures = workspace.toml(PLACE)?;
    all.append(&mut workspace.figures.take());
    Ok(fs::write(workspace.root.join(PLACE), format!("{HEAD}{}", toml::to_string(&all)?))?)
}

fn check(workspace: &Workspace) -> Outcome {
    let all: Figures = workspace.toml(PLACE)?;
    let absent = LONG.iter().filter(|task| all.get(**task).is_none_or(BTreeMap::is_empty));
    let absent = absent.map(|task| format!("`cargo xtask {task}` has no figures"));
    let unknown = all.keys().filter(|task| !LONG.contains(&task.as_str()));
    let wrong: Vec<_> = absent.chain(unknown.map(|task| format!("`{task}` is not a long task"))).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{PLACE}: {}", wrong.join("; ")).into()) }
}
