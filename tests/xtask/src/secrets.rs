//! `cargo xtask secrets`: constant time, and no copy of a key left in memory.
//!
//! Runs the program of `tests/secrets` under valgrind, and images of `tests/footprint` on emulated boards.

mod boards;
mod residue;

use std::process::Command;

use measure::BOARDS;

use crate::command::{run, run_and_read};
use crate::figures;
use crate::footprint::image::{Build, emulate};
use crate::footprint::{self, RESIDUE};
use crate::setup::{self, programs, targets};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;
use residue::Copies;

/// The key of the images.
const KEY: &[u8] = b"Gu5t9xGARNpq86cd98joQYCN3Cozxxxx";

/// The operations of `tests/secrets`, without the planted ones.
const OPERATIONS: usize = 29;
/// With the two planted ones of the program, or of the image after which RAM is searched.
const SCENES: usize = OPERATIONS + 2;

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let [valgrind, qemu] = [programs::missing(&programs::VALGRIND), programs::missing(&programs::QEMU)];
    let mut steps = setup::announced([valgrind, targets::missing(workspace)?, qemu]);
    steps.extend(self::steps(workspace));
    steps.extend(COUNTED.into_iter().map(|image| {
        let (keys, level) = (boards::KEYS, image.level);
        let name =
            format!("{keys} keys take the same number of instructions on the boards, at opt-level {level}");
        Step::new(name, move || boards::count(workspace, image))
    }));
    steps.extend(SEARCHED.into_iter().map(|image| {
        let name = format!("no copy of a key is left in RAM, at opt-level {}", image.level);
        Step::new(name, move || search(workspace, image))
    }));
    steps.push(Step::new("figures", || record(workspace)));
    step::run_all("secrets", steps)
}

/// The steps of `cargo xtask test`.
pub(crate) fn steps(workspace: &Workspace) -> impl Iterator<Item = Step<'_>> {
    BUILDS.into_iter().map(move |build| {
        let name = format!("no branch and no address depends on a key, {}", build[0]);
        Step::new(name, move || look(workspace, build))
    })
}

fn record(workspace: &Workspace) -> Outcome {
    let figures = [
        ("cases", OPERATIONS),
        ("keys on the boards", boards::KEYS),
        ("scenes", SCENES),
        ("images searched", SEARCHED.len().saturating_mul(BOARDS.len())),
    ];
    let figures = figures.map(|(name, figure)| (name, u64::try_from(figure).unwrap_or_default()));
    figures::record(workspace, "secrets", &figures)
}

/// The builds of the program: name, opt-level and SHA-256, in software because valgrind has no SHA instructions.
const BUILDS: [[&str; 3]; 2] = [["fast", "3", "unrolled"], ["small", "z", "compact"]];

fn look(workspace: &Workspace, [name, level, hash]: [&str; 3]) -> Outcome {
    let folder = workspace.target.join("secrets").join(name);
    let mut cargo = workspace.cargo(["build", "--quiet", "--release", "--locked", "--package", "secrets"]);
    cargo.arg("--target-dir").arg(&folder);
    cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
    cargo.env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
    let flags = format!("--cfg sha2_backend=\"soft\" --cfg sha2_backend_soft=\"{hash}\"");
    run(cargo.env("RUSTFLAGS", flags))?;
    let log = folder.join("memcheck.txt");
    let mut memcheck = Command::new("valgrind");
    memcheck.arg("-q").arg(format!("--log-file={}", log.display())).arg(folder.join("release/secrets"));
    let output = run_and_read(&mut memcheck).map_err(|cause| {
        format!("a branch or an address depends on a key: see {} ({cause})", log.display())
    })?;
    expect("cases passed", output.lines().filter(|line| line.starts_with("  ok ")).count(), SCENES)
}

/// Fails if a run did less than it should. More is not expected either: this file has the number.
fn expect(what: &str, is: usize, expected: usize) -> Outcome {
    println!("{is} {what}");
    if is == expected { Ok(()) } else { Err(format!("{is} {what}, {expected} are expected").into()) }
}

const SMALL: Build = footprint::PREBUILT;
const FAST: Build = Build { level: "3", is_compact: false, ..SMALL };

/// The builds in which instructions are counted on the boards.
const COUNTED: [Build; 2] = [SMALL, FAST];

/// The builds whose memory is searched. The compiler spills different values to the stack at each opt-level.
const SEARCHED: [Build; 4] = [SMALL, Build { level: "s", ..SMALL }, Build { level: "2", ..FAST }, FAST];

/// Runs an image on each board that uses a key and prints its RAM, and fails if there is a copy of the key.
fn search(workspace: &Workspace, build: Build) -> Outcome {
    build.build(workspace, &[RESIDUE])?;
    let copies = Copies::of(KEY);
    for board in &BOARDS {
        println!("{}", board.title);
        let output = emulate(board, &build.image(workspace, board, RESIDUE))?;
        expect("scenes searched", copies.search(&output)?, SCENES)?;
    }
    Ok(())
}
