//! `cargo xtask fuzz`: runs the targets of `tests/fuzz` under cargo-fuzz.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io, thread};

use crate::check::DENY_WARNINGS;
use crate::command::{run, run_and_read, sum};
use crate::long;
use crate::setup::{self, FUZZ};
use crate::step::{self, Outcome, Step};
use crate::workspace::{Workspace, entries};

/// The default time for each target.
const SECONDS: u32 = 30;

/// The number of fuzzers that run in parallel.
const AT_ONCE: usize = 2;

/// Arguments: an optional target and optional seconds, or `replay`.
pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    if *arguments == ["replay"] {
        return step::run_all("fuzz", [], [replay(workspace)]);
    }
    let targets = targets(workspace)?;
    let mut chosen: Vec<&str> = targets.iter().map(String::as_str).collect();
    let seconds = arguments.iter().find_map(|it| it.parse().ok()).unwrap_or(SECONDS);
    let named = arguments.iter().find(|it| it.parse::<u32>().is_err());
    chosen.retain(|it| named.is_none_or(|named| it == named));
    if chosen.is_empty() {
        return Err(format!("no target is called {named:?}; the targets are {}", targets.join(", ")).into());
    }
    let lint = || {
        run(&mut cargo(workspace, &["fmt", "--check"]))?;
        run(cargo(workspace, &["clippy", "--locked", "--all-targets"]).args(DENY_WARNINGS))
    };
    let mut steps = vec![Step::new("format and clippy of the fuzz targets", lint)];
    steps.push(Step::new("fuzzers", || run(&mut cargo_fuzz(workspace, "build"))));
    steps.extend(chosen.chunks(AT_ONCE).map(|some| {
        let name = format!("{seconds} s of {}", some.join(" and "));
        Step::new(name, move || fuzz(workspace, some, seconds))
    }));
    step::run_all("fuzz", [setup::nightly(), FUZZ.missing(workspace)], steps)
}

/// Runs every input of the corpus in ordinary tests, with the default compiler.
pub(crate) fn replay(workspace: &Workspace) -> Step<'_> {
    let name = "replay of the fuzzers' corpus";
    Step::new(name, move || {
        let test = ["test", "--locked", "--quiet", "--", "--nocapture"];
        let output = run_and_read(&mut cargo(workspace, &test))?;
        // The lines that `tests/fuzz/tests/replay.rs` prints.
        let inputs = ("inputs".to_owned(), sum(&output, "replayed ", " inputs"));
        step::check_minimums(workspace, name, &[inputs].into())
    })
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
    let mut command = FUZZ.command(workspace);
    setup::with_nightly(&mut command).args([task, "-O", "--sanitizer", "none", "--no-trace-compares"]);
    command.args(["--features", "libfuzzer", "--fuzz-dir"]).arg(folder(workspace));
    command.arg("--target-dir").arg(workspace.target.join("fuzz"));
    command
}

fn targets(workspace: &Workspace) -> Outcome<Vec<String>> {
    let files = entries(&folder(workspace).join("fuzz_targets"))?;
    Ok(files.iter().filter_map(|it| Some(it.file_stem()?.to_string_lossy().into_owned())).collect())
}

/// Fuzzes the targets in parallel and records how often each was executed.
fn fuzz(workspace: &Workspace, targets: &[&str], seconds: u32) -> Outcome {
    let mut fuzzers = Vec::new();
    for target in targets {
        let crashes = folder_for(workspace, "crashes", target)?;
        let mut fuzzer = fuzzer(workspace, target, seconds, &crashes)?;
        fuzzers.push((*target, crashes, thread::spawn(move || fuzzer.output())));
    }
    // Waits for all fuzzers, even if one failed.
    let ended: Vec<_> = fuzzers.into_iter().map(|(name, crashes, it)| (name, crashes, it.join())).collect();
    for (target, crashes, output) in ended {
        let output = output.map_err(|_| "the thread of a fuzzer panicked")??;
        let log = String::from_utf8_lossy(&output.stderr);
        let mut executions = log.lines().filter_map(|it| it.strip_prefix("stat::number_of_executed_units:"));
        let executions = executions.next().and_then(|it| it.trim().parse().ok());
        let Some(executions) = executions.filter(|_| output.status.success()) else {
            return Err(format!("{log}\n{target} failed: see {}", crashes.display()).into());
        };
        long::record(workspace, &format!("fuzz {seconds}"), [(target, executions)])?;
    }
    Ok(())
}

/// New inputs go to the target folder, not to the corpus under version control.
fn fuzzer(workspace: &Workspace, target: &str, seconds: u32, crashes: &Path) -> io::Result<Command> {
    let found = folder_for(workspace, "corpus", target)?;
    let mut command = cargo_fuzz(workspace, "run");
    command.arg(target).arg(found).arg(folder(workspace).join("corpus").join(target)).arg("--");
    command.args([format!("-max_total_time={seconds}"), format!("-artifact_prefix={}/", crashes.display())]);
    command.args(LIMITS);
    Ok(command)
}

fn folder_for(workspace: &Workspace, what: &str, target: &str) -> io::Result<PathBuf> {
    let folder = workspace.target.join("fuzz").join(what).join(target);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
