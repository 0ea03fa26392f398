//! `cargo xtask bench`: builds and runs the program in `tests/bench`, which compares the same signature by tc3-core,
//! by other crates (the peers) and by the least possible work (the floor).

use std::error::Error;
use std::process::Command;

use serde_json::Value;

use crate::check::DENY_WARNINGS;
use crate::command::{read, run};
use crate::figures;
use crate::setup::{self, valgrind};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let mut steps = setup::announced([valgrind::missing()]);
    steps.extend(self::steps(workspace, arguments)?);
    step::run_all("bench", steps)
}

/// Without arguments, writes the tables. `--check` only compares with the goals, and records the figures.
/// `instructions` compares with the checked-in table, which needs neither the peers nor an idle machine.
pub(crate) fn steps<'a>(
    workspace: &'a Workspace,
    arguments: &[&str],
) -> Result<Vec<Step<'a>>, Box<dyn Error>> {
    Ok(match arguments {
        [] => vec![Step::new("race with the peers, and its table", || run(&mut bench(workspace, &[])?))],
        ["--check"] => vec![Step::new("race with the peers", || check(workspace))],
        ["instructions"] => vec![Step::new("instructions and allocations of a signature", || {
            run(&mut bench(workspace, &["--no-default-features", "--", "instructions"])?)
        })],
        _ => return Err("usage: cargo xtask bench [--check | instructions]".into()),
    })
}

fn check(workspace: &Workspace) -> Outcome {
    let table: Value = serde_json::from_str(&read(&mut bench(workspace, &["--", "--check"])?)?)?;
    let mut figures = Vec::new();
    for row in table.pointer("/rows").and_then(Value::as_array).into_iter().flatten() {
        let instructions = row.get("instructions").and_then(Value::as_u64).unwrap_or_default();
        figures.push((row.get("name").and_then(Value::as_str).unwrap_or_default(), instructions));
    }
    figures::record(workspace, "bench --check", &figures)
}

fn bench(workspace: &Workspace, arguments: &[&str]) -> Result<Command, Box<dyn Error>> {
    valgrind::required()?;
    let mut bench = cargo(workspace, &["run", "--quiet", "--release", "--locked"]);
    bench.args(arguments);
    Ok(bench)
}

/// Runs clippy without the peers, which take minutes to build.
pub(crate) fn lint(workspace: &Workspace) -> Outcome {
    run(&mut cargo(workspace, &["fmt", "--check"]))?;
    let clippy = ["clippy", "--locked", "--all-targets", "--no-default-features"];
    run(cargo(workspace, &clippy).args(DENY_WARNINGS))
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = workspace.cargo(arguments.iter().copied());
    cargo.current_dir(workspace.root.join("tests/bench"));
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("bench"));
    cargo
}
