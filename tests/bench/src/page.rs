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
        let text = fs::read_to_string(place)?;
        fs::write(place, text.replace(section_of(&text)?, &section))?;
    }
    Ok(())
}

/// Compares the READMEs with table.json.
pub(crate) fn check(table: &Table) -> Outcome {
    for (place, section) in pages(table)? {
        let text = fs::read_to_string(place)?;
        let written = section_of(&text)?;
        if written != section {
            return Err(format!("{place} shows another table:\n{written}table.json has:\n{section}").into());
        }
    }
    Ok(())
}

fn section_of(readme: &str) -> Outcome<&str> {
    let section = readme.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
    section.map(|(section, _)| section).ok_or_else(|| format!("a README has no mark {BEGIN}").into())
}

fn pages(table: &Table) -> Outcome<[(&'static str, String); 2]> {
    let peer = table.best_peer(Row::time)?;
    let important = [table.row(DERIVED)?, table.row(PLAIN)?, table.row(CACHED)?, table.row(PREPARED)?, peer];
    let short = markdown(important, &[SHORT], peer.time());
    Ok([
        (concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"), short),
        (concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"), whole(table)?),
    ])
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
    let sizes: Vec<String> = sizes.iter().map(|size| format!("ns, {} bytes", thousands(*size))).collect();
    let mut text = format!(
        "| | {} | relative to the fastest peer | instructions | allocations |\n|---|{}---:|---:|---:|\n",
        sizes.join(" | "),
        "---:|".repeat(sizes.len()),
    );
    for row in rows {
        let times =
            row.nanoseconds.values().take(sizes.len()).map(|time| thousands(format!("{time:.0}")) + " | ");
        let (name, times, ratio) = (&row.name, times.collect::<String>(), row.time() / peer);
        let instructions = thousands(row.instructions);
        text += &format!("| {name} | {times}{ratio:.2} | {instructions} | {} |\n", row.allocations);
    }
    text
}

/// Digits in groups of three.
fn thousands(number: impl ToString) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}
