//! `cargo xtask panics`: proves that signing, verifying and reading a response cannot panic, allocate or format.
//!
//! The images of tests/footprint are linked with a panic handler and an allocator that call undefined
//! functions: an image that can reach one does not link.

use std::collections::BTreeSet;

use measure::BOARDS;

use crate::footprint::image::Build;
use crate::footprint::{self, PREBUILT};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;
use crate::{long, setup};

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let mut steps = vec![step(workspace)];
    match arguments {
        [] => {}
        ["--all"] => {
            steps.extend(every_way().map(|build| link(workspace, build)));
            let links = [("links", LINKS.saturating_mul(every_way().count()))];
            steps.push(Step::new("figures", move || long::record(workspace, "panics --all", links)));
        }
        _ => return Err("usage: cargo xtask panics [--all]".into()),
    }
    step::run_all("panics", [setup::targets(workspace)?], steps)
}

/// Links the images for each board, optimised for size, with the prebuilt `core`.
pub(crate) fn step(workspace: &Workspace) -> Step<'_> {
    link(workspace, NEVER)
}

const NEVER: Build = Build { feature: "panic-never", ..PREBUILT };

/// Every opt-level that a firmware uses, with `core` built at it, and both forms of SHA-256.
fn every_way() -> impl Iterator<Item = Build> {
    ["z", "s", "2", "3"].into_iter().flat_map(|level| {
        [true, false].map(|is_compact| Build { level, is_compact, builds_core: true, ..NEVER })
    })
}

fn link(workspace: &Workspace, build: Build) -> Step<'_> {
    let [hash, core] = build.kinds();
    let name = format!("no panic at opt-level {}, {hash} SHA-256, {core} core", build.level);
    Step::new(name, move || prove(workspace, build))
}

/// The images that each way of building links, on all boards.
const LINKS: usize = 42;

fn prove(workspace: &Workspace, build: Build) -> Outcome {
    let bins: Vec<&str> = bins().collect();
    if let Err(cause) = build.build(workspace, &bins) {
        // Linked with a real panic handler, an image shows what it reaches.
        let build = Build { feature: "silent", ..build };
        build.build(workspace, &bins)?;
        let (_, symbols) = named(workspace, build, &bins, &REACHED)?;
        return Err(list(&format!("a panic or an allocation can be reached ({cause}):"), &symbols).into());
    }
    // Nothing may depend on the panic handler of the images alone.
    let (links, formats) = named(workspace, build, &bins, &[&[FORMATTING][..], &REACHED].concat())?;
    println!("{links} images linked, at least {LINKS} are expected");
    match formats.is_empty() {
        true if links < LINKS => Err(format!("{links} images linked, at least {LINKS} are expected").into()),
        true => Ok(()),
        false => Err(list("an image formats or panics:", &formats).into()),
    }
}

/// The images of the footprint tables, and the one that covers everything else.
fn bins() -> impl Iterator<Item = &'static str> {
    footprint::bins().chain(["rest"])
}

/// The mangled path of all formatting.
const FORMATTING: &str = "4core3fmt";

/// Parts of the mangled names of functions that panic. `5alloc` is the handler of failed allocations.
const REACHED: [&str; 5] = ["9panicking", "unwrap_failed", "expect_failed", "slice_index_fail", "5alloc"];

type Symbols = BTreeSet<String>;

/// The number of images, and their symbols that contain one of these words.
fn named(workspace: &Workspace, build: Build, bins: &[&str], words: &[&str]) -> Outcome<(usize, Symbols)> {
    let (mut images, mut found) = (0_usize, BTreeSet::new());
    for board in &BOARDS {
        for bin in bins {
            let symbols = build.elf(workspace, board, bin)?.symbols()?;
            let names = symbols.iter().filter(|name| words.iter().any(|word| name.contains(word)));
            found.extend(names.map(|name| format!("{bin} on {}: {name}", board.name)));
            images = images.saturating_add(1);
        }
    }
    Ok((images, found))
}

fn list(what: &str, symbols: &Symbols) -> String {
    let lines = symbols.iter().map(|symbol| format!("\n  {symbol}"));
    format!("{what}{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    #[test]
    fn a_program_that_formats_and_panics_has_each_word() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let program = String::from_utf8_lossy(&program);
        for word in [super::FORMATTING].iter().chain(&super::REACHED) {
            // One is the word above.
            let count = program.matches(word).count();
            assert!(count > 1, "{word} is in no name of a function: {count} times");
        }
    }
}
