//! The tables in both READMEs.

use std::fs;

use crate::Outcome;
use crate::fixture::{SHORT, SIZES};
use crate::goals::{COMPRESSIONS, beyond};
use crate::table::{CACHED, DERIVED, PLAIN, PREPARED, Row, Table};

const BEGIN: &str = "<!-- bench: written by `cargo xtask bench` -->\n";
const END: &str = "<!-- end of bench -->\n";

/// Writes table.json and its section in both READMEs.
pub(crate) fn write(table: &Table) -> Outcome {
    table.write()?;
    for (place, section) in pages(table)? {
        let text = fs::read_to_string(&place)?;
        fs::write(&place, text.replace(section_of(&text)?, &section))?;
    }
    Ok(())
}

/// Compares the READMEs with table.json.
pub(crate) fn check(table: &Table) -> Outcome {
    for (place, section) in pages(table)? {
        let text = fs::read_to_string(&place)?;
        let written = section_of(&text)?;
        if written != section {
            return Err(format!("{place} shows another table:\n{written}table.json has:\n{section}").into());
        }
    }
    Ok(())
}

fn pages(table: &Table) -> Outcome<[(String, String); 2]> {
    let place = |name| format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    let peer = table.best_peer(Row::time)?;
    let important = [table.row(DERIVED)?, table.row(PLAIN)?, table.row(CACHED)?, table.row(PREPARED)?, peer];
    let short = markdown(important, &[SHORT], peer.time());
    Ok([(place("../../README.md"), short), (place("README.md"), whole(table)?)])
}

fn section_of(readme: &str) -> Outcome<&str> {
    let section = readme.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
    section.map(|(section, _)| section).ok_or_else(|| format!("a README has no mark {BEGIN}").into())
}

/// All rows and columns.
pub(crate) fn whole(table: &Table) -> Outcome<String> {
    let text = markdown(&table.rows, &SIZES, table.best_peer(Row::time)?.time());
    Ok(text
        + &format!(
            "\nWith {} on {}, {} instructions for SHA-256. A compression in software takes {} instructions; a \
             signature with key and first block cached has {COMPRESSIONS} compressions and {} other instructions.\n",
            table.compiler,
            table.processor,
            if table.has_sha { "with" } else { "without" },
            thousands(table.compression),
            thousands(beyond(table)?),
        ))
}

fn markdown<'r>(rows: impl IntoIterator<Item = &'r Row>, sizes: &[usize], peer: f64) -> String {
    let mut text = "|".to_owned();
    for size in sizes {
        text += &match size {
            0..1024 => format!(" | {size} B"),
            1024..0x10_0000 => format!(" | {} KiB", size >> 10),
            _ => format!(" | {} MiB", size >> 20),
        };
    }
    text += " | relative to the fastest peer | instructions | allocations |\n|---|---:|---:|---:|";
    text += &format!("{}\n", "---:|".repeat(sizes.len()));
    for row in rows {
        text += &format!("| {}", row.name);
        for time in sizes.iter().filter_map(|size| row.nanoseconds.get(size)) {
            text += &format!(" | {}", duration(*time));
        }
        let (ratio, instructions) = (row.time() / peer, thousands(row.instructions));
        text += &format!(" | {ratio:.2} | {instructions} | {} |\n", row.allocations);
    }
    text
}

fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 10_000.0 => format!("{short:.0} ns"),
        long if long < 1_000_000.0 => format!("{:.1} µs", long / 1e3),
        longest => format!("{:.2} ms", longest / 1e6),
    }
}

/// Digits in groups of three.
fn thousands(figure: u32) -> String {
    let digits = figure.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}
