//! `cargo xtask secrets`: constant time, and no copy of a key left in memory.
//!
//! Runs the program of `tests/secrets` under valgrind, and images of `tests/footprint` on emulated boards.

mod residue;

use std::fs;
use std::process::Command;

use measure::{BOARDS, replaced};
use sha2::{Digest, Sha256};

use crate::command::{run, run_and_read};
use crate::footprint::image::{Build, emulate, instructions};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;
use crate::{footprint, long, setup};
use residue::Copies;

/// The key of the images.
const KEY: &[u8] = b"Gu5t9xGARNpq86cd98joQYCN3Cozxxxx";

/// The operations of `tests/secrets`, without the planted ones.
const OPERATIONS: usize = 29;
/// With the two planted ones of the program, or of the image after which RAM is searched.
const SCENES: usize = OPERATIONS + 2;

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let [valgrind, qemu] = [setup::programs(&setup::VALGRIND), setup::programs(&setup::QEMU)];
    let mut steps: Vec<_> = steps(workspace).collect();
    steps.extend(COUNTED.into_iter().map(|image| {
        let name = "keys take the same number of instructions on the boards, at opt-level";
        let name = format!("{KEYS} {name} {}", image.level);
        Step::new(name, move || count(workspace, image))
    }));
    steps.extend(SEARCHED.into_iter().map(|image| {
        let name = format!("no copy of a key is left in RAM, at opt-level {}", image.level);
        Step::new(name, move || search(workspace, image))
    }));
    let figures = [
        ("cases", OPERATIONS),
        ("keys on the boards", KEYS),
        ("scenes", SCENES),
        ("images searched", SEARCHED.len().saturating_mul(BOARDS.len())),
    ];
    steps.push(Step::new("figures", move || long::record(workspace, "secrets", figures)));
    step::run_all("secrets", [valgrind, setup::targets(workspace)?, qemu], steps)
}

/// The steps of `cargo xtask test`.
pub(crate) fn steps(workspace: &Workspace) -> impl Iterator<Item = Step<'_>> {
    BUILDS.into_iter().map(move |build| {
        let name = format!("no branch and no address depends on a key, {}", build[0]);
        Step::new(name, move || look(workspace, build))
    })
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
    build.build(workspace, &["residue"])?;
    let copies = Copies::of(KEY);
    for board in &BOARDS {
        println!("{}", board.title);
        let output = emulate(board, &build.image(workspace, board, "residue"))?;
        expect("scenes searched", copies.search(&output)?, SCENES)?;
    }
    Ok(())
}

/// The number of keys for each board.
const KEYS: usize = 16;

/// Images that sign, and the names of their cases.
const CASES: [(&str, &str); 4] = [
    ("sign", "tc3 cold"),
    ("cached", "tc3 cached"),
    ("v1_signatures", "v1 HmacSHA1 and HmacSHA256"),
    ("branch", "a planted branch on the key"),
];

/// Counts instructions on the boards, because valgrind runs only code for the host. Fails if their number in a case
/// depends on the key, or that of the planted branch does not.
fn count(workspace: &Workspace, build: Build) -> Outcome {
    build.build(workspace, &CASES.map(|(bin, _)| bin))?;
    let mut wrong = Vec::new();
    for board in &BOARDS {
        for (bin, case) in CASES {
            let original = build.image(workspace, board, bin);
            let with_key = original.with_extension("with-another-key");
            let mut counts = Vec::new();
            for key in keys() {
                fs::write(&with_key, replaced(fs::read(&original)?, KEY, &key)?)?;
                counts.push(instructions(board, &with_key)?);
            }
            counts.sort_unstable();
            let [least, .., most] = counts.as_slice() else { return Err("one key proves nothing".into()) };
            let line = format!("{case} on {}: {least} to {most} instructions", board.name);
            println!("  {line}");
            if (least == most) == (bin == "branch") {
                wrong.push(line);
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("the number of instructions depends on the key: {}", wrong.join("; ")).into())
}

/// Keys as long as real ones, of the 94 characters that a key may contain. The same on every machine.
fn keys() -> impl Iterator<Item = [u8; 32]> {
    let digests = (0..KEYS).map(|number| <[u8; 32]>::from(Sha256::digest(number.to_le_bytes())));
    digests.map(|digest| digest.map(|byte| b'!'.saturating_add(byte % 94)))
}
