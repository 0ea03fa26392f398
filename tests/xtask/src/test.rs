//! `cargo xtask test`: every test there is.

use crate::command::run;
use crate::setup;
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let mut steps = setup::announced(workspace)?;
    steps.push(Step::new("tests", || cargo_test(workspace, &["--workspace", "--all-features"])));
    // What is behind a feature must not be what makes the rest right.
    steps.extend(workspace.bare().map(|member| {
        let name = format!("tests of {} without its features", member.name);
        Step::new(name, || cargo_test(workspace, &["--package", &member.name, "--no-default-features"]))
    }));
    step::run_all("test", steps)
}

fn cargo_test(workspace: &Workspace, which: &[&str]) -> Outcome {
    run(workspace.cargo(["test"]).args(which))
}
