//! `cargo xtask secrets`: nothing that can be seen depends on a key, and nothing of it is left.
//!
//! The program in `tests/secrets` is run under valgrind, in the two ways that it is built for.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::run;
use crate::footprint::{self, board::BOARDS, image::Build as Image};
use crate::setup::{self, qemu, targets, valgrind};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let mut steps = setup::announced([valgrind::missing(), targets::missing(workspace)?, qemu::missing()]);
    steps.extend(self::steps(workspace));
    steps.extend(BUILDS.iter().map(|build| {
        let name = format!("{KEYS} keys take the same number of instructions, {}", build.name);
        Step::new(name, || count(workspace, build))
    }));
    steps.extend([SMALL, FAST].into_iter().map(|build| {
        let name = format!("nothing is left of a key in RAM, at opt-level {}", build.level);
        Step::new(name, move || search(workspace, build))
    }));
    step::run_all("secrets", steps)
}

/// What is quick enough to be run with every test.
pub(crate) fn steps(workspace: &Workspace) -> impl Iterator<Item = Step<'_>> {
    BUILDS.iter().map(|build| {
        let name = format!("no branch and no address depends on a key, {}", build.name);
        Step::new(name, || look(workspace, build))
    })
}

/// How the program is built. Valgrind knows no instruction for SHA-256, nor does a small processor.
struct Build {
    name: &'static str,
    level: &'static str,
    hash: &'static str,
}

const BUILDS: [Build; 2] = [
    Build { name: "fast", level: "3", hash: "unrolled" },
    Build { name: "small", level: "z", hash: "compact" },
];

/// How many keys are counted.
const KEYS: &str = "1000";

fn look(workspace: &Workspace, build: &Build) -> Outcome {
    valgrind::required()?;
    run(&mut build.cargo(workspace, &["build"]))?;
    let log = build.folder(workspace).join("memcheck.txt");
    let mut memcheck = Command::new("valgrind");
    memcheck.arg("-q").arg(written_to("--log-file", &log)).arg(build.program(workspace)).arg("look");
    run(&mut memcheck)
        .map_err(|cause| DependsOnAKey { cause, says: format!("{} says where", log.display()) }.into())
}

fn count(workspace: &Workspace, build: &Build) -> Outcome {
    valgrind::required()?;
    // Without symbols: of each function that was called, callgrind writes a line for every key.
    run(build.cargo(workspace, &["rustc"]).args(["--", "-C", "strip=symbols"]))?;
    let counts = build.folder(workspace).join("callgrind.txt");
    let mut callgrind = Command::new("valgrind");
    // A function's first call would be longer.
    callgrind.env("LD_BIND_NOW", "1").args(["-q", "--tool=callgrind", "--combine-dumps=yes"]);
    callgrind.args(["--dump-line=no", "--compress-strings=yes"]);
    callgrind.arg(written_to("--callgrind-out-file", &counts));
    run(callgrind.arg(build.program(workspace)).args(["count", KEYS]))?;
    let counted = Counted::read(&fs::read_to_string(&counts)?);
    fs::remove_file(&counts)?;
    counted.judge()
}

const SMALL: Image = footprint::PREBUILT;
const FAST: Image = Image { level: "3", is_compact: false, ..SMALL };

/// Has an image search its own memory, on each board.
fn search(workspace: &Workspace, build: Image) -> Outcome {
    qemu::required()?;
    build.build(workspace, &["residue"])?;
    BOARDS.iter().try_for_each(|board| {
        println!("{}", board.title);
        let said = build.emulate(workspace, board, "residue")?;
        print!("{said}");
        Ok(())
    })
}

fn written_to(option: &str, file: &std::path::Path) -> String {
    format!("{option}={}", file.display())
}

impl Build {
    fn folder(&self, workspace: &Workspace) -> PathBuf {
        workspace.target.join("secrets").join(self.name)
    }

    fn program(&self, workspace: &Workspace) -> PathBuf {
        self.folder(workspace).join("release/secrets")
    }

    fn cargo(&self, workspace: &Workspace, arguments: &[&str]) -> Command {
        let hash = r#"--cfg sha2_backend="soft" --cfg sha2_backend_soft="#;
        let mut cargo = workspace.cargo(arguments.iter().copied());
        cargo.args(["--quiet", "--release", "--locked", "--package", "secrets", "--target-dir"]);
        cargo.arg(self.folder(workspace));
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.level);
        cargo.env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
        cargo.env("RUSTFLAGS", format!("{hash}\"{}\"", self.hash));
        cargo
    }
}

/// How many instructions each case took, as often as it was run.
struct Counted(BTreeMap<String, BTreeSet<u64>>);

impl Counted {
    fn read(dumps: &str) -> Self {
        let mut counted: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let mut name = None;
        for line in dumps.lines() {
            if let Some(case) = line.strip_prefix("desc: Trigger: Client Request: ") {
                name = Some(case);
            }
            let total = line.strip_prefix("totals: ").and_then(|total| total.trim().parse().ok());
            if let (Some(case), Some(total)) = (name, total) {
                counted.entry(case.to_owned()).or_default().insert(total);
                name = None;
            }
        }
        Self(counted)
    }

    /// Each case takes always the same; what is planted does not, or nothing was counted.
    fn judge(&self) -> Outcome {
        let mut wrong = Vec::new();
        for (case, counts) in &self.0 {
            let (first, last) = (counts.first().copied().unwrap_or(0), counts.last().copied().unwrap_or(0));
            let is_right = if case.starts_with("a planted branch") { first < last } else { first == last };
            let word = if is_right { "ok" } else { "FAILED" };
            println!("  {word:<6} {first} to {last}  {case}");
            if !is_right {
                wrong.push(case.clone());
            }
        }
        if self.0.is_empty() {
            wrong.push("nothing was counted".to_owned());
        }
        if wrong.is_empty() { Ok(()) } else { Err(NotTheSame { wrong }.into()) }
    }
}

/// Something besides a verdict depends on a key, or what was planted was not noticed.
#[derive(Debug)]
struct DependsOnAKey {
    cause: Box<dyn Error>,
    says: String,
}

impl fmt::Display for DependsOnAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a branch or an address depends on a key: {} ({})", self.says, self.cause)
    }
}

impl Error for DependsOnAKey {}

/// Not every key took the same number of instructions, or what was planted was not noticed.
#[derive(Debug)]
struct NotTheSame {
    wrong: Vec<String>,
}

impl fmt::Display for NotTheSame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the number of instructions is not as it should be: {}", self.wrong.join(", "))
    }
}

impl Error for NotTheSame {}

#[cfg(test)]
mod tests {
    use super::Counted;

    fn dumps(totals: [(&str, u64); 4]) -> String {
        let dump = |(case, total)| format!("desc: Trigger: Client Request: {case}\ntotals: {total}\n\n");
        totals.map(dump).concat()
    }

    #[test]
    fn one_instruction_more_is_noticed() {
        let planted = [("a planted branch", 5), ("a planted branch", 6)];
        let [one, two] = planted;
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 7), one, two])).judge().is_ok());
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 8), one, two])).judge().is_err());
    }

    #[test]
    fn a_count_that_notices_nothing_is_no_proof() {
        let planted = ("a planted branch", 5);
        assert!(Counted::read(&dumps([("tc3", 7), ("tc3", 7), planted, planted])).judge().is_err());
        assert!(Counted::read("").judge().is_err());
    }
}
