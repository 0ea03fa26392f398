//! `cargo xtask long`: the tasks that take too long for every change.

use crate::figures;
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// The arguments of `cargo xtask`, the quickest task first.
pub(crate) const LONG: [&str; 7] =
    ["secrets", "coverage", "bench --check", "panics --all", "fuzz 120", "gates", "mutants"];

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
    steps.push(Step::new("write the figures", || figures::write(workspace)));
    steps.push(figures(workspace));
    step::run_and_count(steps, &|name| format!("cargo xtask long '{name}'")).map(|_| ())
}

/// The step that checks that each long task has figures.
pub(crate) fn figures(workspace: &Workspace) -> Step<'_> {
    Step::new("figures of the long tasks", || figures::check(workspace, &LONG))
}
