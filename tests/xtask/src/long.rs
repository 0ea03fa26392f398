//! `cargo xtask long`: what takes too long for every change. Each task writes its own figures down.

use crate::figures;
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// As they would be typed after `cargo xtask`, the shortest first.
pub(crate) const LONG: [&str; 7] =
    ["secrets", "coverage", "bench --check", "panics --all", "fuzz 120", "gates", "mutants"];

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let part = |line: &'static str| {
        let words: Vec<&str> = line.split(' ').collect();
        Step::new(line, move || match words.as_slice() {
            [name, arguments @ ..] => crate::start(workspace, name, arguments),
            [] => Ok(()),
        })
    };
    let mut steps: Vec<Step<'_>> = LONG.into_iter().map(part).collect();
    steps.push(Step::new("figures of all of them", || figures::check(workspace, &LONG)));
    step::run_all("long", steps)
}

/// The step that sees whether what takes long was done once.
pub(crate) fn figures(workspace: &Workspace) -> Step<'_> {
    Step::new("figures of the long tasks", || figures::check(workspace, &LONG))
}
