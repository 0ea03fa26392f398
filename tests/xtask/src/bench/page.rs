//! The tables in the READMEs.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::bench::goals::{COMPRESSIONS, Goals, beyond};
use crate::bench::table::{CACHED, DERIVED, PLAIN, PREPARED, Row, SHORT, Table};

const BEGIN: &str = "<!-- bench: written by `cargo xtask bench` -->\n";
const END: &str = "<!-- end of bench -->\n";

impl Table {
    /// The chart and the most important rows.
    pub(crate) fn short(&self) -> Result<String, Box<dyn Error>> {
        let peer = self.fastest_peer()?;
        let mut text = "![Time of one signature, by contender](tests/bench/bench.svg)\n\n".to_owned();
        writeln!(text, "| one signature | time | instructions | allocations |\n|---|---:|---:|---:|")?;
        for (what, row) in [
            ("key derived each time", self.row(DERIVED)?),
            ("key cached", self.row(PLAIN)?),
            ("key and first block cached", self.row(CACHED)?),
            ("body prepared", self.row(PREPARED)?),
            (&*format!("fastest other crate, {}", peer.name), peer),
        ] {
            let time = row.time() / peer.time();
            let instructions = thousands(row.instructions);
            writeln!(text, "| {what} | {time:.2} | {instructions} | {} |", row.allocations)?;
        }
        Ok(text)
    }

    /// All rows and columns.
    pub(crate) fn whole(&self) -> String {
        let peer = self.fastest_peer().map_or(f64::NAN, Row::time);
        let sizes: BTreeSet<u64> = self.rows.iter().flat_map(|row| row.nanoseconds.keys().copied()).collect();
        let heads: Vec<String> = sizes.iter().map(|size| format!(" {} |", length(*size))).collect();
        let lines = "---:|".repeat(sizes.len().saturating_add(4));
        let mut text = format!(
            "| |{} relative to the fastest peer | instructions | allocations | bytes |\n",
            heads.concat()
        );
        text += &format!("|---|{lines}\n");
        for row in &self.rows {
            let times = sizes.iter().filter_map(|size| row.nanoseconds.get(size));
            let times: Vec<String> = times.map(|time| format!(" {} |", duration(*time))).collect();
            let Row { name, instructions, allocations, allocated, .. } = row;
            let ratio = row.time() / peer;
            let [instructions, allocated] = [instructions, allocated].map(|it| thousands(*it));
            let times = times.concat();
            text +=
                &format!("| {name} |{times} {ratio:.2} | {instructions} | {allocations} | {allocated} |\n");
        }
        let beyond = beyond(self).map_or_else(|_| "?".to_owned(), thousands);
        let with = if self.has_sha { "with" } else { "without" };
        text += &format!(
            "\nWith {} on {}, {with} instructions for SHA-256. A compression in software takes {} instructions; \
             a signature with key and first block cached has {COMPRESSIONS} compressions and {beyond} other instructions.\n",
            self.compiler,
            self.processor,
            thousands(self.compression),
        );
        let missed = Goals::of(self).map(|goals| goals.missed().to_string()).unwrap_or_default();
        if !missed.is_empty() {
            text += &format!("\nThis table misses these goals:\n\n```text\n{missed}```\n");
        }
        text
    }
}

/// Writes the generated section of a README.
pub(crate) fn write(readme: &Path, section: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(readme)?;
    let (before, _, after) =
        parts(&text).ok_or_else(|| format!("{} has no mark {BEGIN}", readme.display()))?;
    Ok(fs::write(readme, [before, BEGIN, section, END, after].concat())?)
}

fn parts(readme: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (section, after) = rest.split_once(END)?;
    Some((before, section, after))
}

pub(crate) fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 10_000.0 => format!("{short:.0} ns"),
        long if long < 1_000_000.0 => format!("{:.1} µs", long / 1e3),
        longest => format!("{:.2} ms", longest / 1e6),
    }
}

fn length(bytes: u64) -> String {
    match bytes {
        SHORT => format!("{bytes} B"),
        kibibytes if kibibytes < 1 << 20 => format!("{} KiB", kibibytes >> 10),
        mebibytes => format!("{} MiB", mebibytes >> 20),
    }
}

pub(crate) fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at_checked(first).unwrap_or_default();
    let groups = tail.as_bytes().chunks(3).map(String::from_utf8_lossy);
    let groups: Vec<_> = [head.into()].into_iter().chain(groups).filter(|it| !it.is_empty()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{duration, parts, thousands};
    use crate::bench::chart;
    use crate::bench::table::Table;
    use std::fs;
    use std::path::Path;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    #[test]
    fn both_readmes_and_the_chart_show_the_table_that_is_checked_in() {
        let folder = root().join("tests/bench");
        let table = Table::read(&folder).unwrap();
        for (readme, section) in
            [(root().join("README.md"), table.short().unwrap()), (folder.join("README.md"), table.whole())]
        {
            assert_eq!(parts(&fs::read_to_string(readme).unwrap()).unwrap().1, section);
        }
        assert_eq!(fs::read_to_string(folder.join(chart::FILE)).unwrap(), chart::draw(&table));
    }

    #[test]
    fn numbers_and_times_are_rounded_and_grouped() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(thousands), ["0", "999", "1,000", "12,345,678"]);
        assert_eq!([483.2, 53_446.0, 836_715_000.0].map(duration), ["483 ns", "53.4 µs", "836.72 ms"]);
    }
}
