//! `cargo xtask secrets`: nothing that can be seen depends on a key, and nothing of it is left.
//!
//! The program in `tests/secrets` is run under valgrind, in the two ways that it is built for.

mod boards;
mod counted;

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{heard, read, run};
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
        let name = format!("{} keys likewise on the boards, at opt-level {}", boards::KEYS, image.level);
        Step::new(name, move || {
            count_on_boards(workspace, image)?;
            note("keys counted on the boards at opt-level", image.level, boards::KEYS);
            Ok(())
        })
    }));
    steps.extend(IMAGES.into_iter().map(|build| {
        let name = format!("nothing is left of a key in RAM, at opt-level {}", build.level);
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

/// What is quick enough to be run with every test.
pub(crate) fn steps(workspace: &Workspace) -> impl Iterator<Item = Step<'_>> {
    looks(workspace, |_, _| {})
}

fn looks<'a>(
    workspace: &'a Workspace,
    tell: impl Fn(&Build, u64) + Copy + 'a,
) -> impl Iterator<Item = Step<'a>> {
    BUILDS.iter().map(move |build| {
        let name = format!("no branch and no address depends on a key, {}", build.name);
        Step::new(name, move || {
            tell(build, look(workspace, build)?);
            Ok(())
        })
    })
}

/// Two figures of each build for a processor, two of each for the boards, and what was counted on them.
const FIGURES: usize = 2 * (BUILDS.len() + IMAGES.len()) + COUNTED.len();

/// What was skipped has none, and then there are none of the task.
fn record(workspace: &Workspace, figures: &[(String, u64)]) -> Outcome {
    if figures.len() < FIGURES {
        return Err(Skipped { cause: "not everything was looked at".into() }.into());
    }
    let figures: Vec<_> = figures.iter().map(|(name, figure)| (name.as_str(), *figure)).collect();
    figures::record(workspace, "secrets", &figures)
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
const KEYS: u64 = 1000;

/// How many cases were looked at.
fn look(workspace: &Workspace, build: &Build) -> Result<u64, Box<dyn Error>> {
    valgrind::required()?;
    run(&mut build.cargo(workspace, &["build"]))?;
    let log = build.folder(workspace).join("memcheck.txt");
    let mut memcheck = Command::new("valgrind");
    memcheck.arg("-q").arg(written_to("--log-file", &log)).arg(build.program(workspace)).arg("look");
    let said = heard(&mut memcheck)
        .map_err(|cause| DependsOnAKey { cause, says: format!("{} says where", log.display()) })?;
    Ok(u64::try_from(cases(&said))?)
}

/// One for each line that is not of what was planted.
fn cases(said: &str) -> usize {
    said.lines().filter(|line| line.starts_with("  ok ") && !line.contains("a planted ")).count()
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

/// What keys are counted in.
const COUNTED: [Image; 2] = [SMALL, FAST];

/// At every level: what the compiler keeps on the stack is another thing at each.
const IMAGES: [Image; 4] = [SMALL, Image { level: "s", ..SMALL }, Image { level: "2", ..FAST }, FAST];

/// Has an image search its own memory, on each board, and tells how many windows of keys were found.
fn search(workspace: &Workspace, build: Image) -> Result<u64, Box<dyn Error>> {
    qemu::required()?;
    build.build(workspace, &["residue"])?;
    let mut found = 0_u64;
    for board in &BOARDS {
        println!("{}", board.title);
        let said = build.emulate(workspace, board, "residue")?;
        print!("{said}");
        found = found.saturating_add(windows(&said).ok_or("an image says nothing of what it searched")?);
    }
    Ok(found)
}

/// All that was found, but for what was planted, where something is said of it.
fn windows(said: &str) -> Option<u64> {
    let scenes = said.lines().filter(|line| !line.starts_with(' ') && !line.contains("a planted "));
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

#[cfg(test)]
mod tests {
    use super::{cases, windows};

    #[test]
    fn what_is_planted_is_no_case() {
        assert_eq!(
            cases("  ok        0  tc3 cold\n  ok        2  verify TC3\n  ok       32  a planted branch\n"),
            2
        );
        assert_eq!(cases("  FAILED    1  tc3 cold\n"), 0);
    }

    #[test]
    fn the_windows_of_all_scenes_are_found_but_not_those_that_are_planted() {
        let said =
            "00000000 v1\n  kDate at 20000010\n0000000a tc3\n00000001 a key\n00000004 a planted copy\n";
        assert_eq!(windows(said), Some(11));
        assert_eq!(windows("00000000 tc3\n"), Some(0));
    }

    #[test]
    fn an_image_that_says_nothing_has_not_searched() {
        assert_eq!(windows(""), None);
        assert_eq!(windows("00000004 a planted copy of the key\n"), None);
        assert_eq!(windows("something else\n"), None);
    }
}
