//! `cargo xtask fuzz`: runs the targets of `tests/fuzz` under cargo-fuzz.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command};

use crate::command::{run, run_and_read};
use crate::figures;
use crate::setup::{self, rustup, tools};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// The default time for each target.
const SECONDS: u32 = 30;

/// The number of fuzzers that run in parallel.
const AT_ONCE: usize = 2;

/// Arguments: an optional target and optional seconds, or `replay`.
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
    steps.push(Step::new("format and clippy of the fuzz targets", || lint(workspace)));
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
        // Records only a run of all targets with an explicit time.
        match arguments {
            [seconds] if named.is_empty() => record(workspace, seconds, &counts.borrow()),
            _ => Ok(()),
        }
    }));
    step::run_all("fuzz", steps)
}

fn record(workspace: &Workspace, seconds: &str, counts: &[(&str, u64)]) -> Outcome {
    figures::record(workspace, &format!("fuzz {seconds}"), counts)
}

/// The least number of inputs that a replay runs.
const INPUTS: usize = 1_790;

/// Runs every input of the corpus in ordinary tests, with the default compiler.
pub(crate) fn replay(workspace: &Workspace) -> Step<'_> {
    Step::new("replay of the fuzzers' corpus", || {
        let test = ["test", "--locked", "--quiet", "--", "--nocapture"];
        let replayed = replayed(&run_and_read(&mut cargo(workspace, &test))?);
        println!("replayed {replayed} inputs in all; at least {INPUTS} are expected");
        if replayed < INPUTS { Err(TooFew { replayed }.into()) } else { Ok(()) }
    })
}

/// The sum of the inputs that `tests/fuzz/tests/replay.rs` prints for each target.
fn replayed(output: &str) -> usize {
    let counts = output.split("replayed ").filter_map(|it| it.split_once(" inputs")?.0.parse::<usize>().ok());
    counts.sum()
}

fn lint(workspace: &Workspace) -> Outcome {
    run(&mut cargo(workspace, &["fmt", "--check"]))?;
    run(&mut cargo(workspace, &["clippy", "--locked", "--all-targets", "--", "-D", "warnings"]))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/fuzz")
}

/// Runs in the package's folder, where its configuration is.
fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = workspace.cargo(arguments.iter().copied());
    cargo.current_dir(folder(workspace)).env("CARGO_TARGET_DIR", workspace.target.join("fuzz"));
    cargo
}

/// Longer inputs are slower and rarely find more.
const LIMITS: [&str; 3] = ["-max_len=1024", "-timeout=20", "-print_final_stats=1"];

/// For speed, disables the sanitizer (the fuzzed code has no `unsafe`) and the tracing of comparisons (coverage
/// from an empty corpus is the same). With `-O` the manifest selects the packages whose assertions are checked.
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

/// Fuzzes the targets in parallel and returns how often each was executed.
fn fuzz<'a>(
    workspace: &Workspace,
    targets: &[&'a str],
    seconds: u32,
) -> Result<Vec<(&'a str, u64)>, Box<dyn Error>> {
    let fuzzers: Vec<_> = targets.iter().map(|it| Fuzzer::start(workspace, it, seconds)).collect();
    // Waits for all fuzzers, even if one did not start.
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
    log: PathBuf,
    /// The folder of inputs that failed.
    crashes: PathBuf,
}

impl Fuzzer {
    /// New inputs go to the target folder, not to the corpus under version control.
    fn start(workspace: &Workspace, target: &str, seconds: u32) -> Result<Self, Box<dyn Error>> {
        let path = |what: &str| workspace.target.join("fuzz").join(what).join(target);
        let (found, crashes, log) = (path("corpus"), path("crashes"), path("log").with_extension("txt"));
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

    /// Waits for the end and returns how often the target was executed.
    fn executions(mut self) -> Result<u64, Box<dyn Error>> {
        let passed = self.process.wait()?.success();
        let log = String::from_utf8_lossy(&fs::read(&self.log)?).into_owned();
        let mut counts = log.lines().filter_map(|it| it.strip_prefix("stat::number_of_executed_units:"));
        match counts.next().and_then(|it| it.trim().parse().ok()).filter(|_| passed) {
            Some(executions) => Ok(executions),
            None => {
                println!("{log}");
                Err(Failed { target: self.target, crashes: self.crashes }.into())
            }
        }
    }
}

/// The replay ran, but not for the whole corpus.
#[derive(Debug)]
struct TooFew {
    replayed: usize,
}

impl fmt::Display for TooFew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the replay ran {} inputs, not {INPUTS} or more", self.replayed)
    }
}

impl Error for TooFew {}

#[derive(Debug)]
struct UnknownTarget {
    name: String,
    known: String,
}

impl fmt::Display for UnknownTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no target is called `{}`; the targets are {}", self.name, self.known)
    }
}

impl Error for UnknownTarget {}

/// An input failed.
#[derive(Debug)]
struct Failed {
    target: String,
    crashes: PathBuf,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, crashes } = self;
        write!(f, "{target} failed: see {}", crashes.display())
    }
}

impl Error for Failed {}
