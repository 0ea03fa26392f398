//! The tables in both READMEs.

use std::fmt::Write;
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
    Ok([(place("../../README.md"), short(table)?), (place("README.md"), whole(table))])
}

fn section_of(readme: &str) -> Outcome<&str> {
    let section = readme.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
    section.map(|(section, _)| section).ok_or_else(|| format!("a README has no mark {BEGIN}").into())
}

/// The most important rows.
fn short(table: &Table) -> Outcome<String> {
    let peer = table.best_peer(Row::time)?;
    let mut text = "| one signature | time | instructions | allocations |\n|---|---:|---:|---:|\n".to_owned();
    for (what, row) in [
        ("key derived each time", table.row(DERIVED)?),
        ("key cached", table.row(PLAIN)?),
        ("key and first block cached", table.row(CACHED)?),
        ("body prepared", table.row(PREPARED)?),
        (&*format!("fastest other crate, {}", peer.name), peer),
    ] {
        let (time, instructions) = (row.time() / peer.time(), thousands(row.instructions));
        writeln!(text, "| {what} | {time:.2} | {instructions} | {} |", row.allocations)?;
    }
    Ok(text)
}

/// All rows and columns.
pub(crate) fn whole(table: &Table) -> String {
    let peer = table.best_peer(Row::time).map_or(f64::NAN, Row::time);
    let heads = SIZES.map(|size| match size {
        SHORT => format!("{size} B"),
        size if size < 1 << 20 => format!("{} KiB", size >> 10),
        size => format!("{} MiB", size >> 20),
    });
    let mut text = format!(
        "| | {} | relative to the fastest peer | instructions | allocations | bytes |\n|---|{}\n",
        heads.join(" | "),
        "---:|".repeat(heads.len().saturating_add(4)),
    );
    for row in &table.rows {
        let times: Vec<String> = row.nanoseconds.values().map(|time| duration(*time)).collect();
        let Row { name, instructions, allocations, allocated, .. } = row;
        let (times, ratio) = (times.join(" | "), row.time() / peer);
        let [instructions, allocated] = [*instructions, *allocated].map(thousands);
        text +=
            &format!("| {name} | {times} | {ratio:.2} | {instructions} | {allocations} | {allocated} |\n");
    }
    text + &format!(
        "\nWith {} on {}, {} instructions for SHA-256. A compression in software takes {} instructions; \
         a signature with key and first block cached has {COMPRESSIONS} compressions and {} other instructions.\n",
        table.compiler,
        table.processor,
        if table.has_sha { "with" } else { "without" },
        thousands(table.compression),
        beyond(table).map_or_else(|_| "?".to_owned(), thousands),
    )
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
