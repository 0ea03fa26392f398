//! `cargo xtask fuzz`: what must hold for any bytes, under cargo-fuzz.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command};

use crate::command::run;
use crate::figures;
use crate::setup::{self, rustup, tools};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// Of each target, unless it is said otherwise.
const SECONDS: u32 = 30;

/// Fuzzers beside each other, as most machines have that many cores to spare.
const AT_ONCE: usize = 2;

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
    let chosen = targets.iter().filter(|it| named.is_empty() || named.contains(&it.as_str()));
    let chosen: Vec<&str> = chosen.map(String::as_str).collect();
    let counts = RefCell::new(Vec::new());
    let mut steps = setup::announced([rustup::nightly(), tools::missing(&tools::FUZZ, workspace)]);
    steps.push(Step::new("format and clippy of the properties", || lint(workspace)));
    steps.push(Step::new("fuzzers", || run(&mut cargo_fuzz(workspace, "build"))));
    for some in chosen.chunks(AT_ONCE) {
        let counts = &counts;
        let name = format!("{seconds} s of {}", some.join(" and "));
        steps.push(Step::new(name, move || {
            counts.borrow_mut().extend(fuzz(workspace, some, seconds)?);
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

/// Of each input: longer ones are slower, and hardly say what a shorter one cannot.
const LIMITS: [&str; 3] = ["-max_len=1024", "-timeout=20", "-print_final_stats=1"];

/// No sanitizer, as `unsafe` is forbidden in what is fuzzed: only panics and wrong answers are left to be
/// found. No trace of compares, and `-O`, which leaves it to the manifest whose assertions are checked:
/// without all three, many more inputs are tried, and as much is reached from an empty corpus.
fn cargo_fuzz(workspace: &Workspace, task: &str) -> Command {
    let mut command = tools::command(&tools::FUZZ, workspace);
    rustup::with_nightly(&mut command).args([task, "-O", "--sanitizer", "none", "--no-trace-compares"]);
    command.args(["--features", "libfuzzer", "--fuzz-dir"]).arg(folder(workspace));
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

/// How often each of these targets was executed, all of them at the same time.
fn fuzz<'a>(
    workspace: &Workspace,
    targets: &[&'a str],
    seconds: u32,
) -> Result<Vec<(&'a str, u64)>, Box<dyn Error>> {
    let fuzzers: Vec<_> = targets.iter().map(|it| Fuzzer::start(workspace, it, seconds)).collect();
    // All have ended before one is judged, and if one did not start.
    let ended: Vec<_> = fuzzers.into_iter().map(|it| it.and_then(Fuzzer::executions)).collect();
    let mut counts = Vec::new();
    for (target, executions) in targets.iter().zip(ended) {
        let executions = executions?;
        println!("{target}: {executions} executions");
        counts.push((*target, executions));
    }
    Ok(counts)
}

/// A target that is being fuzzed.
struct Fuzzer {
    target: String,
    process: Child,
    /// Where it says what it does.
    log: PathBuf,
    /// Where it puts an input for which the property does not hold.
    crashes: PathBuf,
}

impl Fuzzer {
    /// What it finds on the way is kept beside the corpus, not in it.
    fn start(workspace: &Workspace, target: &str, seconds: u32) -> Result<Self, Box<dyn Error>> {
        let kept = |what: &str| workspace.target.join("fuzz").join(what).join(target);
        let (found, crashes, log) = (kept("corpus"), kept("crashes"), kept("said").with_extension("txt"));
        for folder in [Some(&*found), Some(&*crashes), log.parent()].into_iter().flatten() {
            fs::create_dir_all(folder)?;
        }
        let mut command = cargo_fuzz(workspace, "run");
        command.arg(target).arg(found).arg(folder(workspace).join("corpus").join(target)).arg("--");
        command
            .args([format!("-max_total_time={seconds}"), format!("-artifact_prefix={}/", crashes.display())]);
        command.args(LIMITS).stderr(File::create(&log)?);
        Ok(Self { target: target.to_owned(), process: command.spawn()?, log, crashes })
    }

    /// How often the target was executed, when it is over.
    fn executions(mut self) -> Result<u64, Box<dyn Error>> {
        let held = self.process.wait()?.success();
        let said = String::from_utf8_lossy(&fs::read(&self.log)?).into_owned();
        let mut counts = said.lines().filter_map(|it| it.strip_prefix("stat::number_of_executed_units:"));
        match counts.next().and_then(|it| it.trim().parse().ok()).filter(|_| held) {
            Some(executions) => Ok(executions),
            None => {
                println!("{said}");
                Err(Found { target: self.target, crashes: self.crashes }.into())
            }
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
