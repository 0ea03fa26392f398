//! `cargo xtask panics`: no image that signs, verifies or reads an answer can panic, allocate or format.
//!
//! The images of tests/footprint are linked with a panic handler and an allocator that call what is
//! defined nowhere: an image from which a panic or a heap can be reached does not link.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::fs;

use object::read::elf::ElfFile32;
use object::{Object, ObjectSymbol};

use crate::figures;
use crate::footprint::board::BOARDS;
use crate::footprint::image::{Build, Core};
use crate::footprint::{self, PREBUILT};
use crate::setup::{self, rustup, targets};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let mut steps = setup::announced([targets::missing(workspace)?, rustup::sources()]);
    steps.push(step(workspace));
    match arguments {
        [] => {}
        ["--all"] => {
            steps.extend(every_way().map(|build| link(workspace, build)));
            steps.push(Step::new("figures", || record(workspace)));
        }
        _ => return Err("usage: cargo xtask panics [--all]".into()),
    }
    step::run_all("panics", steps)
}

/// One link for each board, as a user would do it for a small image.
pub(crate) fn step(workspace: &Workspace) -> Step<'_> {
    link(workspace, NEVER)
}

/// As it is shipped, but that no panic and no heap may be reached.
const NEVER: Build = Build { feature: "panic-never", ..PREBUILT };

/// Every level that there is for an image, with `core` built at it, with both forms of SHA-256.
fn every_way() -> impl Iterator<Item = Build> {
    ["z", "s", "2", "3"].into_iter().flat_map(|level| {
        [true, false].map(|is_compact| Build { level, is_compact, core: Core::Built, ..NEVER })
    })
}

fn link(workspace: &Workspace, build: Build) -> Step<'_> {
    let hash = if build.is_compact { "in a loop" } else { "unrolled" };
    let core = if build.core == Core::Built { "built with it" } else { "as it comes" };
    let name = format!("no panic at opt-level {}, SHA-256 {hash}, core {core}", build.level);
    Step::new(name, move || prove(workspace, build))
}

fn prove(workspace: &Workspace, build: Build) -> Outcome {
    let bins: Vec<&str> = bins().collect();
    if let Err(cause) = build.build(workspace, &bins) {
        return Err(Reached { cause, by: reached(workspace, build, &bins)? }.into());
    }
    let found = named(workspace, build, &bins, &[FORMATTING])?;
    println!("{} images on {} boards", bins.len(), BOARDS.len());
    if found.is_empty() { Ok(()) } else { Err(Formats { by: found }.into()) }
}

/// Every image of a row, and one of all that has no row.
fn bins() -> impl Iterator<Item = &'static str> {
    footprint::bins().chain(["rest"])
}

/// What an image without a word of `Display` has no use for, as it is mangled.
const FORMATTING: &str = "4core3fmt";

/// What panics are begun by; `5alloc` is that of a heap which has nothing to give.
const REACHED: [&str; 5] = ["9panicking", "unwrap_failed", "expect_failed", "slice_index_fail", "5alloc"];

/// What is reached in the images, as they are linked without the demand.
fn reached(workspace: &Workspace, build: Build, bins: &[&str]) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let build = Build { feature: "silent", ..build };
    build.build(workspace, bins)?;
    named(workspace, build, bins, &REACHED)
}

/// Which images have symbols with one of these words in them.
fn named(
    workspace: &Workspace,
    build: Build,
    bins: &[&str],
    words: &[&str],
) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut found = BTreeSet::new();
    for board in &BOARDS {
        for bin in bins {
            let symbols = symbols(&fs::read(build.image(workspace, board, bin))?)?;
            let names = symbols.iter().filter(|name| words.iter().any(|word| name.contains(word)));
            found.extend(names.map(|name| format!("{bin} on {}: {name}", board.name)));
        }
    }
    Ok(found)
}

/// The names of an image, of which there are some.
fn symbols(image: &[u8]) -> Result<Vec<String>, Box<dyn Error>> {
    let elf: ElfFile32<'_> = ElfFile32::parse(image)?;
    let names = elf.symbols().filter_map(|symbol| symbol.name().ok());
    let names: Vec<String> = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if names.is_empty() { Err("an image has no symbols to look for".into()) } else { Ok(names) }
}

fn record(workspace: &Workspace) -> Outcome {
    let links = bins().count().saturating_mul(BOARDS.len()).saturating_mul(every_way().count());
    figures::record(workspace, "panics --all", &[("links", u64::try_from(links)?)])
}

/// Images that do not link, and what is in them.
#[derive(Debug)]
struct Reached {
    cause: Box<dyn Error>,
    by: BTreeSet<String>,
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a panic or a heap can be reached ({}); without the demand there is", self.cause)?;
        self.by.iter().try_for_each(|symbol| write!(f, "\n  {symbol}"))
    }
}

impl Error for Reached {}

/// Images that format.
#[derive(Debug)]
struct Formats {
    by: BTreeSet<String>,
}

impl fmt::Display for Formats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an image formats:")?;
        self.by.iter().try_for_each(|symbol| write!(f, "\n  {symbol}"))
    }
}

impl Error for Formats {}
