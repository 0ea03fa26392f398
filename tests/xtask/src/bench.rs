//! `cargo xtask bench`: the same signature by tc3-core, by its peers and by the floor.
//!
//! The program in `tests/bench` signs. What is counted and judged, drawn and written is here, so that
//! the tests of the workspace see it without building three hundred packages.

mod callgrind;
mod chart;
mod goals;
mod page;
mod table;

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use crate::command::run;
use crate::setup::{self, valgrind};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

use goals::Goals;
use table::Table;

/// How often time, which depends on what else a machine does, is given another chance.
const ATTEMPTS: u32 = 3;

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let mut steps = setup::announced([valgrind::missing()]);
    steps.extend(self::steps(workspace, arguments)?);
    step::run_all("bench", steps)
}

/// Without arguments what is measured is written; with `--check` it is judged.
pub(crate) fn steps<'a>(
    workspace: &'a Workspace,
    arguments: &[&str],
) -> Result<Vec<Step<'a>>, Box<dyn Error>> {
    let work = match arguments {
        [] => Step::new("race, and write its table and its chart", || write(workspace)),
        ["--check"] => Step::new("race, and judge it", || check(workspace)),
        _ => return Err("usage: cargo xtask bench [--check]".into()),
    };
    Ok(vec![Step::new("the bench and the peers", || build(workspace)), work])
}

fn build(workspace: &Workspace) -> Outcome {
    valgrind::required()?;
    let mut cargo = workspace.cargo(["build", "--quiet", "--release", "--locked"]);
    run(cargo.current_dir(folder(workspace)).env("CARGO_TARGET_DIR", target(workspace)))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/bench")
}

fn target(workspace: &Workspace) -> PathBuf {
    workspace.target.join("bench")
}

fn program(workspace: &Workspace) -> PathBuf {
    target(workspace).join("release/bench")
}

fn write(workspace: &Workspace) -> Outcome {
    let table = Table::measure(&program(workspace))?;
    println!("{}\n{}", table.whole(), Goals::of(&table)?);
    table.write(&folder(workspace))?;
    chart::write(&table, &folder(workspace))?;
    page::write(&workspace.root.join("README.md"), &table.short()?)?;
    page::write(&folder(workspace).join("README.md"), &table.whole())
}

fn check(workspace: &Workspace) -> Outcome {
    let mut table = Table::measure(&program(workspace))?;
    for _ in 1..ATTEMPTS {
        if !Goals::of(&table)?.is_missed_by_time_alone() {
            break;
        }
        println!("{}\nthe race is run again", Goals::of(&table)?);
        table.race(&program(workspace))?;
    }
    let goals = Goals::of(&table)?;
    println!("{}\n{goals}", table.whole());
    if goals.are_met() { Ok(()) } else { Err(Missed.into()) }
}

/// A goal was missed.
#[derive(Debug)]
struct Missed;

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a goal is missed; the lines that say so are above")
    }
}

impl Error for Missed {}
