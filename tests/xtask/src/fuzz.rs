//! `cargo xtask fuzz`: what must hold for any bytes, under cargo-fuzz with AddressSanitizer.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::command::run;
use crate::figures;
use crate::setup::{self, rustup, tools};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// Of each target, unless it is said otherwise.
const SECONDS: u32 = 30;

/// Arguments: a target, seconds, either or both; or `replay`.
pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    if *arguments == ["replay"] {
        return step::run_all("fuzz", vec![replay(workspace)]);
    }
    let targets = targets(workspace)?;
    let seconds = arguments.iter().find_map(|it| it.parse().ok()).unwrap_or(SECONDS);
    let named: Vec<&str> = arguments.iter().copied().filter(|it| it.parse::<u32>().is_err()).collect();
    if let Some(unknown) = named.iter().find(|name| !targets.iter().any(|it| it == *name)) {
        return Err(UnknownTarget { name: (*unknown).to_owned(), known: targets.join(", ") }.into());
    }
    let counts = RefCell::new(Vec::new());
    let mut steps = setup::announced([rustup::nightly(), tools::missing(&tools::FUZZ, workspace)]);
    steps.push(Step::new("format and clippy of the properties", || lint(workspace)));
    steps.push(Step::new("fuzzers", || run(&mut cargo_fuzz(workspace, &["build"]))));
    for target in targets.iter().filter(|it| named.is_empty() || named.contains(&it.as_str())) {
        let counts = &counts;
        steps.push(Step::new(format!("{seconds} s of {target}"), move || {
            let executions = fuzz(workspace, target, seconds)?;
            println!("{target}: {executions} executions");
            counts.borrow_mut().push((target.as_str(), executions));
            Ok(())
        }));
    }
    steps.push(Step::new("executions", || {
        let total = counts.borrow().iter().map(|(_, executions)| executions).sum();
        println!("{total} executions in all");
        counts.borrow_mut().push(("all", total));
        // Half a minute of each is everybody's; how long it was for the record is said.
        match arguments {
            [seconds] if named.is_empty() => record(workspace, seconds, &counts.borrow()),
            _ => Ok(()),
        }
    }));
    step::run_all("fuzz", steps)
}

fn record(workspace: &Workspace, seconds: &str, counts: &[(&str, u64)]) -> Outcome {
    figures::record_nightly(workspace, &format!("fuzz {seconds}"), counts)
}

/// Every input of the corpus, as ordinary tests: without cargo-fuzz, by the compiler in use.
pub(crate) fn replay(workspace: &Workspace) -> Step<'_> {
    Step::new("replay of the fuzzers' corpus", || {
        run(&mut cargo(workspace, &["test", "--locked", "--quiet"]))
    })
}

fn lint(workspace: &Workspace) -> Outcome {
    run(&mut cargo(workspace, &["fmt", "--check"]))?;
    run(&mut cargo(workspace, &["clippy", "--locked", "--all-targets", "--", "-D", "warnings"]))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/fuzz")
}

/// In the folder of the properties, where their configuration is.
fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = workspace.cargo(arguments.iter().copied());
    cargo.current_dir(folder(workspace)).env("CARGO_TARGET_DIR", workspace.target.join("fuzz"));
    cargo
}

fn cargo_fuzz(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = tools::command(&tools::FUZZ, workspace);
    rustup::with_nightly(&mut command).args(arguments).args(["--features", "libfuzzer"]);
    command.arg("--fuzz-dir").arg(folder(workspace));
    command.arg("--target-dir").arg(workspace.target.join("fuzz"));
    command
}

fn targets(workspace: &Workspace) -> Result<Vec<String>, Box<dyn Error>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(folder(workspace).join("fuzz_targets"))? {
        targets.extend(entry?.path().file_stem().map(|it| it.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

/// How often the target was executed. What it finds on the way is kept beside the corpus, not in it.
fn fuzz(workspace: &Workspace, target: &str, seconds: u32) -> Result<u64, Box<dyn Error>> {
    let kept = |what: &str| workspace.target.join("fuzz").join(what).join(target);
    let (found, crashes) = (kept("corpus"), kept("crashes"));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&crashes)?;
    let mut command = cargo_fuzz(workspace, &["run", target]);
    command.arg(found).arg(folder(workspace).join("corpus").join(target)).arg("--");
    command.args([format!("-max_total_time={seconds}"), format!("-artifact_prefix={}/", crashes.display())]);
    command.args(["-timeout=20", "-print_final_stats=1"]);
    let mut fuzzer = command.stderr(Stdio::piped()).spawn()?;
    let (mut said, mut executions) = (Vec::new(), None);
    for line in fuzzer.stderr.take().into_iter().flat_map(|it| BufReader::new(it).split(b'\n')) {
        let line = String::from_utf8_lossy(&line?).into_owned();
        let count =
            line.strip_prefix("stat::number_of_executed_units:").and_then(|it| it.trim().parse().ok());
        executions = executions.or(count);
        said.push(line);
    }
    match (fuzzer.wait()?.success(), executions) {
        (true, Some(executions)) => Ok(executions),
        _ => {
            println!("{}", said.join("\n"));
            Err(Found { target: target.to_owned(), crashes }.into())
        }
    }
}

#[derive(Debug)]
struct UnknownTarget {
    name: String,
    known: String,
}

impl fmt::Display for UnknownTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no target is called `{}`; there are {}", self.name, self.known)
    }
}

impl Error for UnknownTarget {}

/// Bytes for which a property does not hold.
#[derive(Debug)]
struct Found {
    target: String,
    crashes: PathBuf,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, crashes } = self;
        write!(f, "{target} does not hold for every input: see {}", crashes.display())
    }
}

impl Error for Found {}
