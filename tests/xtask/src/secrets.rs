//! `cargo xtask secrets`: constant time, and no copy of a key left in memory.
//!
//! Runs the program of `tests/secrets` under valgrind, and images of `tests/footprint` on emulated boards.

mod boards;
mod counted;

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{read, run, run_and_read};
use crate::figures;
use crate::footprint::{self, board::BOARDS, image::Build as Image};
use crate::setup::{self, qemu, targets, valgrind};
use crate::step::{self, Outcome, Skipped, Step};
use crate::workspace::Workspace;
use counted::Counted;

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let figures = &RefCell::new(Vec::new());
    let note = |what, how, figure| figures.borrow_mut().push((format!("{what} {how}"), figure));
    let mut steps = setup::announced([valgrind::missing(), targets::missing(workspace)?, qemu::missing()]);
    steps.extend(looks(workspace, move |build, cases| note("cases looked at,", build.name, cases)));
    steps.extend(BUILDS.iter().map(|build| {
        let name = format!("{KEYS} keys take the same number of instructions, {}", build.name);
        Step::new(name, move || {
            count(workspace, build)?;
            note("keys counted,", build.name, KEYS);
            Ok(())
        })
    }));
    steps.extend(COUNTED.into_iter().map(|image| {
        let name = format!(
            "{} keys take the same number of instructions on the boards, at opt-level {}",
            boards::KEYS,
            image.level
        );
        Step::new(name, move || {
            count_on_boards(workspace, image)?;
            note("keys counted on the boards at opt-level", image.level, boards::KEYS);
            Ok(())
        })
    }));
    steps.extend(IMAGES.into_iter().map(|build| {
        let name = format!("no copy of a key is left in RAM, at opt-level {}", build.level);
        Step::new(name, move || {
            let windows = search(workspace, build)?;
            note("images searched at opt-level", build.level, u64::try_from(BOARDS.len())?);
            note("windows found at opt-level", build.level, windows);
            Ok(())
        })
    }));
    steps.push(Step::new("figures", || record(workspace, &figures.borrow())));
    step::run_all("secrets", steps)
}

/// The steps of `cargo xtask test`.
pub(crate) fn steps(workspace: &Workspace) -> impl Iterator<Item = Step<'_>> {
    looks(workspace, |_, _| {})
}

fn looks<'a>(
    workspace: &'a Workspace,
    note: impl Fn(&Build, u64) + Copy + 'a,
) -> impl Iterator<Item = Step<'a>> {
    BUILDS.iter().map(move |build| {
        let name = format!("no branch and no address depends on a key, {}", build.name);
        Step::new(name, move || {
            note(build, look(workspace, build)?);
            Ok(())
        })
    })
}

/// The number of figures of a full run.
const FIGURES: usize = 2 * (BUILDS.len() + IMAGES.len()) + COUNTED.len();

/// Records nothing if a step was skipped.
fn record(workspace: &Workspace, figures: &[(String, u64)]) -> Outcome {
    if figures.len() < FIGURES {
        return Err(Skipped { cause: "a step was skipped".into() }.into());
    }
    let figures: Vec<_> = figures.iter().map(|(name, figure)| (name.as_str(), *figure)).collect();
    figures::record(workspace, "secrets", &figures)
}

/// A build of the program, with SHA-256 in software because valgrind has no SHA instructions.
struct Build {
    name: &'static str,
    level: &'static str,
    hash: &'static str,
}

const BUILDS: [Build; 2] = [
    Build { name: "fast", level: "3", hash: "unrolled" },
    Build { name: "small", level: "z", hash: "compact" },
];

const KEYS: u64 = 1000;

/// Returns the number of cases.
fn look(workspace: &Workspace, build: &Build) -> Result<u64, Box<dyn Error>> {
    valgrind::required()?;
    run(&mut build.cargo(workspace, &["build"]))?;
    let log = build.folder(workspace).join("memcheck.txt");
    let mut memcheck = Command::new("valgrind");
    memcheck.arg("-q").arg(written_to("--log-file", &log)).arg(build.program(workspace)).arg("look");
    let output = run_and_read(&mut memcheck)
        .map_err(|cause| DependsOnAKey { cause, log: log.display().to_string() })?;
    Ok(u64::try_from(cases(&output))?)
}

/// The number of passed cases, without the planted defects.
fn cases(output: &str) -> usize {
    output.lines().filter(|line| line.starts_with("  ok ") && !line.contains("a planted ")).count()
}

fn count(workspace: &Workspace, build: &Build) -> Outcome {
    valgrind::required()?;
    // With symbols, callgrind would write a line for each function and key.
    run(build.cargo(workspace, &["rustc"]).args(["--", "-C", "strip=symbols"]))?;
    let counts = build.folder(workspace).join("callgrind.txt");
    let mut callgrind = Command::new("valgrind");
    // With lazy binding, the first call of a function would take more instructions.
    callgrind.env("LD_BIND_NOW", "1").args(["-q", "--tool=callgrind", "--combine-dumps=yes"]);
    callgrind.args(["--dump-line=no", "--compress-strings=yes"]);
    callgrind.arg(written_to("--callgrind-out-file", &counts));
    run(callgrind.arg(build.program(workspace)).args(["count", &KEYS.to_string()]))?;
    let counted = Counted::read(&fs::read_to_string(&counts)?);
    fs::remove_file(&counts)?;
    counted.judge(KEYS)
}

fn count_on_boards(workspace: &Workspace, image: Image) -> Outcome {
    qemu::required()?;
    let [build, ..] = &BUILDS;
    run(&mut build.cargo(workspace, &["build"]))?;
    let mut program = Command::new(build.program(workspace));
    let keys = read(program.args(["keys", &boards::KEYS.to_string()]))?;
    boards::count(workspace, image, keys.lines())
}

const SMALL: Image = footprint::PREBUILT;
const FAST: Image = Image { level: "3", is_compact: false, ..SMALL };

/// The builds in which instructions are counted on the boards.
const COUNTED: [Image; 2] = [SMALL, FAST];

/// The builds whose memory is searched. The compiler spills different values to the stack at each opt-level.
const IMAGES: [Image; 4] = [SMALL, Image { level: "s", ..SMALL }, Image { level: "2", ..FAST }, FAST];

/// Runs an image on each board that searches its own RAM. Returns the number of key windows found.
fn search(workspace: &Workspace, build: Image) -> Result<u64, Box<dyn Error>> {
    qemu::required()?;
    build.build(workspace, &["residue"])?;
    let mut found = 0_u64;
    for board in &BOARDS {
        println!("{}", board.title);
        let output = build.emulate(workspace, board, "residue")?;
        print!("{output}");
        found = found.saturating_add(windows(&output).ok_or("an image printed no result of its search")?);
    }
    Ok(found)
}

/// The sum over all scenes except planted ones. `None` if the output has no scene.
fn windows(output: &str) -> Option<u64> {
    let scenes = output.lines().filter(|line| !line.starts_with(' ') && !line.contains("a planted "));
    let scenes = scenes.map(|line| u64::from_str_radix(line.split(' ').next()?, 16).ok());
    scenes.reduce(|one, other| one?.checked_add(other?))?
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

/// A branch or an address depends on a key, or a planted defect was not reported.
#[derive(Debug)]
struct DependsOnAKey {
    cause: Box<dyn Error>,
    log: String,
}

impl fmt::Display for DependsOnAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a branch or an address depends on a key: see {} ({})", self.log, self.cause)
    }
}

impl Error for DependsOnAKey {}

#[cfg(test)]
mod tests {
    use super::{cases, windows};

    #[test]
    fn a_planted_branch_is_not_counted_as_a_case() {
        assert_eq!(
            cases("  ok        0  tc3 cold\n  ok        2  verify TC3\n  ok       32  a planted branch\n"),
            2
        );
        assert_eq!(cases("  FAILED    1  tc3 cold\n"), 0);
    }

    #[test]
    fn the_windows_of_all_scenes_but_the_planted_ones_are_summed() {
        let output =
            "00000000 v1\n  kDate at 20000010\n0000000a tc3\n00000001 a key\n00000004 a planted copy\n";
        assert_eq!(windows(output), Some(11));
        assert_eq!(windows("00000000 tc3\n"), Some(0));
    }

    #[test]
    fn an_image_without_scenes_has_not_searched() {
        assert_eq!(windows(""), None);
        assert_eq!(windows("00000004 a planted copy of the key\n"), None);
        assert_eq!(windows("something else\n"), None);
    }
}
