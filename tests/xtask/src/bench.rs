//! `cargo xtask bench`: compares tc3-core with other crates (the peers) and with the least possible work (the
//! floor) on the same signature.
//!
//! The program in `tests/bench` signs. This module counts, compares and writes tables, so that its tests need not
//! build the three hundred packages of that program.

mod callgrind;
mod chart;
mod goals;
mod page;
mod table;

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use crate::check::DENY_WARNINGS;
use crate::command::run;
use crate::figures;
use crate::setup::{self, valgrind};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

use goals::Goals;
use table::{CACHED, DERIVED, PREPARED, Table};

/// Rounds of a race whose times are compared with the goals.
const ROUNDS: u32 = 301;

/// Maximum number of races, if one misses a goal for time.
const ATTEMPTS: u32 = 3;

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let mut steps = setup::announced([valgrind::missing()]);
    steps.extend(self::steps(workspace, arguments)?);
    step::run_all("bench", steps)
}

/// Without arguments, writes the tables. `--check` compares with the goals, and records the figures if all are
/// met. `instructions` compares instructions and allocations with the checked-in table, which needs neither the
/// peers nor an idle machine.
pub(crate) fn steps<'a>(
    workspace: &'a Workspace,
    arguments: &[&str],
) -> Result<Vec<Step<'a>>, Box<dyn Error>> {
    let peers = || Step::new("build the bench and the peers", || build(workspace, &[]));
    let alone = ["--no-default-features"];
    Ok(match arguments {
        [] => vec![peers(), Step::new("run the race and write its table and chart", || write(workspace))],
        ["--check"] => {
            vec![peers(), Step::new("run the race and compare it with the goals", || check(workspace))]
        }
        ["instructions"] => vec![
            Step::new("build the bench without peers", move || build(workspace, &alone)),
            Step::new("instructions and allocations of a signature", || check_alone(workspace)),
            Step::new("tests of the bench", move || test(workspace, &alone)),
        ],
        _ => return Err("usage: cargo xtask bench [--check | instructions]".into()),
    })
}

fn build(workspace: &Workspace, features: &[&str]) -> Outcome {
    valgrind::required()?;
    run(cargo(workspace, &["build", "--quiet", "--release", "--locked"]).args(features))
}

/// One test at a time, because allocations of all threads are counted.
fn test(workspace: &Workspace, features: &[&str]) -> Outcome {
    let mut cargo = cargo(workspace, &["test", "--quiet", "--release", "--locked"]);
    run(cargo.args(features).args(["--", "--test-threads=1"]))
}

/// Runs clippy without the peers, which take minutes to build.
pub(crate) fn lint(workspace: &Workspace) -> Outcome {
    run(&mut cargo(workspace, &["fmt", "--check"]))?;
    let clippy = ["clippy", "--locked", "--all-targets", "--no-default-features"];
    run(cargo(workspace, &clippy).args(DENY_WARNINGS))
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = workspace.cargo(arguments.iter().copied());
    cargo.current_dir(folder(workspace)).env("CARGO_TARGET_DIR", target(workspace));
    cargo
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
    let table = Table::measure(&program(workspace), ROUNDS)?;
    println!("{}\n{}", table.whole(), Goals::of(&table)?);
    table.write(&folder(workspace))?;
    chart::write(&table, &folder(workspace))?;
    page::write(&workspace.root.join("README.md"), &table.short()?)?;
    page::write(&folder(workspace).join("README.md"), &table.whole())
}

fn check(workspace: &Workspace) -> Outcome {
    let mut table = Table::measure(&program(workspace), ROUNDS)?;
    // Without a peer there would be no goals for ratios.
    table.fastest_peer()?;
    for _ in 1..ATTEMPTS {
        let goals = Goals::of(&table)?;
        if !goals.are_missed_by_time_alone() {
            break;
        }
        println!("{goals}\nrunning the race again");
        table.race(&program(workspace), ROUNDS)?;
    }
    println!("{}", table.whole());
    judge(&Goals::of(&table)?)?;
    record(workspace, &table)
}

fn record(workspace: &Workspace, table: &Table) -> Outcome {
    let peer = table.fastest_peer()?.time();
    let mut figures = Vec::new();
    for name in [CACHED, DERIVED, PREPARED] {
        let row = table.row(name)?;
        let thousandths = format!("{:.0}", row.time() / peer * 1000.0).parse()?;
        figures.push((format!("{name}: instructions"), row.instructions));
        figures.push((format!("{name}: thousandths of the fastest peer's time"), thousandths));
    }
    let figures: Vec<_> = figures.iter().map(|(name, figure)| (name.as_str(), *figure)).collect();
    figures::record(workspace, "bench --check", &figures)
}

/// Compares instructions with the checked-in table, or only prints them if another compiler wrote that table.
fn check_alone(workspace: &Workspace) -> Outcome {
    let checked_in = Table::read(&folder(workspace))?;
    let table = Table::measure(&program(workspace), 1)?;
    let goals = Goals::against(&checked_in, &table)?;
    if table.compiler == checked_in.compiler {
        return judge(&goals);
    }
    println!(
        "{goals}\nnot compared: the table was written with {}, this is {}",
        checked_in.compiler, table.compiler
    );
    Ok(())
}

fn judge(goals: &Goals) -> Outcome {
    println!("{goals}");
    if goals.are_met() { Ok(()) } else { Err(Missed.into()) }
}

/// A goal was missed.
#[derive(Debug)]
struct Missed;

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a goal is missed: see MISSED above")
    }
}

impl Error for Missed {}
