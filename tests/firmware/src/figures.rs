//! The figures of each image, their budgets, and the files in which they are checked in.

use std::fs;
use std::path::Path;

use measure::{Elf, Figures, Result, Section, cell, table};

use crate::image::{BUDGETED, IMAGES, TERSE};
use crate::trial::Trial;

/// A figure of an image.
struct Metric {
    name: &'static str,
    title: &'static str,
    /// The upper limit for [`BUDGETED`].
    budget: Option<u64>,
    /// By how many percent it may exceed the checked-in figure.
    tolerance: u64,
}

pub(crate) const ECDSA_HANDSHAKE: &str = "handshake_ecdsa";
pub(crate) const RSA_HANDSHAKE: &str = "handshake_rsa";

/// Inlined code of the standard library depends on how that was built, which the compiler's version does not show.
/// The server has new keys in each handshake, and the end of waiting is not exact to the instruction.
#[rustfmt::skip]
const METRICS: [Metric; 8] = [
    Metric { name: "flash", title: "flash with error sentences, bytes", budget: None, tolerance: 1 },
    Metric { name: "flash_terse", title: "flash without error sentences, bytes", budget: Some(124_000), tolerance: 1 },
    Metric { name: "own_code", title: "code of tc3-embedded without TLS, bytes", budget: Some(14_336), tolerance: 3 },
    Metric { name: "static", title: "static RAM, bytes", budget: Some(20_480), tolerance: 1 },
    Metric { name: "stack", title: "peak stack, bytes", budget: Some(20_480), tolerance: 1 },
    Metric { name: "signature", title: "signature, instructions", budget: None, tolerance: 1 },
    Metric { name: ECDSA_HANDSHAKE, title: "handshake with ECDSA, instructions", budget: None, tolerance: 3 },
    Metric { name: RSA_HANDSHAKE, title: "handshake with RSA, instructions", budget: None, tolerance: 3 },
];

/// Measures the images' files, and collects what the images printed when they ran.
pub(crate) fn measured(folder: &Path, trials: &[Trial<'_>]) -> Result<Figures> {
    let mut figures = Figures::new()?;
    for image in IMAGES {
        let elf = Elf::read(&image.path(folder))?;
        let (flash, statics) = elf.size()?;
        let own_code = elf.code()?.embedded();
        for (name, value) in [("flash", flash), ("static", statics), ("own_code", own_code)] {
            figures.add(image.board.name, image.name, name, value);
        }
    }
    // Built without the feature `sentences`.
    let (terse, _) = Elf::read(&TERSE.path(folder))?.size()?;
    figures.add(BUDGETED.board.name, BUDGETED.name, "flash_terse", terse);
    let with_sentences = trials.iter().filter(|trial| trial.image.name != TERSE.name);
    with_sentences.for_each(|trial| record(&mut figures, trial));
    Ok(figures)
}

/// Adds the figures of the line `measured: …`.
fn record(figures: &mut Figures, Trial { case, image, run, .. }: &Trial<'_>) {
    let lines = run.output.lines().filter_map(|line| line.strip_prefix("measured: "));
    for (word, value) in lines.flat_map(|line| line.split(' ')).filter_map(|word| word.split_once('=')) {
        let name = match word {
            "stack-peak" => Some("stack"),
            "sign-insns" => case.handshake.and(Some("signature")),
            "handshake-insns" => case.handshake,
            _ => None,
        };
        if let (Some(name), Ok(value)) = (name, value.parse()) {
            figures.add(image.board.name, image.name, name, value);
        }
    }
}

const FILE: &str = "tests/firmware/measured.toml";

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The checked-in figures. Fails if the README shows others.
pub(crate) fn checked_in() -> Result<Figures> {
    let figures = Figures::parse(&fs::read_to_string(Path::new(ROOT).join(FILE))?)?;
    section(&figures).compare(Path::new(ROOT), FILE)?;
    Ok(figures)
}

pub(crate) fn write(figures: &Figures) -> Result<()> {
    let head = "# Written by `cargo xtask firmware measure`; bytes, and instructions.\n";
    fs::write(Path::new(ROOT).join(FILE), format!("{head}{figures}"))?;
    section(figures).write(Path::new(ROOT))
}

pub(crate) fn check(figures: &Figures, checked_in: &Figures) -> Result<()> {
    let tolerance = |name: &str| {
        let metric = METRICS.iter().find(|metric| metric.name == name);
        metric.map_or(0, |metric| metric.tolerance)
    };
    let (board, image) = (BUDGETED.board.name, BUDGETED.name);
    let budgets = METRICS.iter().filter_map(|metric| Some((board, image, metric.name, metric.budget?)));
    figures.check(FILE, checked_in, tolerance, &budgets.collect::<Vec<_>>())
}

fn section(figures: &Figures) -> Section<'static> {
    let names: Vec<&str> = IMAGES.iter().map(|image| image.name).collect();
    let budget = format!("budget of {}", BUDGETED.name);
    let rows = METRICS.iter().map(|metric| {
        let values = IMAGES.iter().map(|image| figures.get(image.board.name, image.name, metric.name));
        (metric.title, values.chain([metric.budget]).map(cell).collect())
    });
    let table = table("", &[&names[..], &[&budget]].concat(), rows);
    Section {
        document: "tests/firmware/README.md",
        command: "`cargo xtask firmware measure`",
        text: format!("{table}\nWith {}.\n", figures.compiler()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::{check, checked_in};

    #[test]
    fn four_percent_more_or_less_fail_and_no_budget_is_sixteen_percent_above_its_figure() {
        let before = checked_in().unwrap();
        let all = before.to_string().matches(" = ").count() - 1;
        for (percent, differ, missed) in [(100, 0, 0), (96, all, 0), (116, all, 4)] {
            let wrong = check(&before.scaled(percent), &before).map_err(|wrong| wrong.to_string());
            let wrong = wrong.err().unwrap_or_default();
            let counts = [" % ", " is promised"].map(|word| wrong.matches(word).count());
            assert_eq!(counts, [differ, missed], "{percent} %: {wrong}");
        }
    }
}
