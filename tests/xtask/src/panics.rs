//! `cargo xtask panics`: proves that signing, verifying and reading a response cannot panic, allocate or format.
//!
//! The images of tests/footprint are linked with a panic handler and an allocator that call undefined
//! functions: an image that can reach one does not link.

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

/// Links the images for each board, optimised for size, with the prebuilt `core`.
pub(crate) fn step(workspace: &Workspace) -> Step<'_> {
    link(workspace, NEVER)
}

const NEVER: Build = Build { feature: "panic-never", ..PREBUILT };

/// Every opt-level that a firmware uses, with `core` built at it, and both forms of SHA-256.
fn every_way() -> impl Iterator<Item = Build> {
    ["z", "s", "2", "3"].into_iter().flat_map(|level| {
        [true, false].map(|is_compact| Build { level, is_compact, core: Core::Built, ..NEVER })
    })
}

fn link(workspace: &Workspace, build: Build) -> Step<'_> {
    let hash = if build.is_compact { "compact" } else { "unrolled" };
    let core = if build.core == Core::Built { "built" } else { "prebuilt" };
    let name = format!("no panic at opt-level {}, {hash} SHA-256, {core} core", build.level);
    Step::new(name, move || prove(workspace, build))
}

fn prove(workspace: &Workspace, build: Build) -> Outcome {
    let bins: Vec<&str> = bins().collect();
    if let Err(cause) = build.build(workspace, &bins) {
        return Err(Reachable { cause, symbols: reached(workspace, build, &bins)? }.into());
    }
    let found = named(workspace, build, &bins, &[FORMATTING])?;
    println!("{} images on {} boards", bins.len(), BOARDS.len());
    if found.is_empty() { Ok(()) } else { Err(Formats { symbols: found }.into()) }
}

/// The images of the footprint tables, and `rest`, which covers everything else.
fn bins() -> impl Iterator<Item = &'static str> {
    footprint::bins().chain(["rest"])
}

/// The mangled path of all formatting.
const FORMATTING: &str = "4core3fmt";

/// Parts of the mangled names of functions that panic. `5alloc` is the handler of failed allocations.
const REACHED: [&str; 5] = ["9panicking", "unwrap_failed", "expect_failed", "slice_index_fail", "5alloc"];

/// The symbols of panics and allocations in images that are linked with a real panic handler.
fn reached(workspace: &Workspace, build: Build, bins: &[&str]) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let build = Build { feature: "silent", ..build };
    build.build(workspace, bins)?;
    named(workspace, build, bins, &REACHED)
}

/// The symbols of the images that contain one of these words.
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

/// The names of an image's symbols. Fails if there are none, because the search would prove nothing.
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

/// Images that do not link, and the symbols that panic or allocate.
#[derive(Debug)]
struct Reachable {
    cause: Box<dyn Error>,
    symbols: BTreeSet<String>,
}

impl fmt::Display for Reachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a panic or an allocation can be reached ({}):", self.cause)?;
        self.symbols.iter().try_for_each(|symbol| write!(f, "\n  {symbol}"))
    }
}

impl Error for Reachable {}

/// Images that format.
#[derive(Debug)]
struct Formats {
    symbols: BTreeSet<String>,
}

impl fmt::Display for Formats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an image formats:")?;
        self.symbols.iter().try_for_each(|symbol| write!(f, "\n  {symbol}"))
    }
}

impl Error for Formats {}
