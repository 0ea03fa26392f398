//! The table as a bar chart: one bar for the time of each contender.

use std::fs;
use std::path::Path;

use crate::bench::page::duration;
use crate::bench::table::{Kind, Row, Table};
use crate::step::Outcome;

pub(crate) const FILE: &str = "bench.svg";

const WIDTH: f64 = 760.0;
/// The left end of the bars, and the length of the longest.
const LEFT: f64 = 250.0;
const LONGEST: f64 = 330.0;
const TOP: f64 = 58.0;
const STEP: f64 = 26.0;
const BAR: f64 = 16.0;

/// Colours for light and dark mode; the background is transparent.
const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.note { fill: #59636e }
.name { text-anchor: end }
.ours { fill: #0969da } .floor { fill: #8c959f } .tencent { fill: #bc4c00 } .aws { fill: #d4a72c }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .note { fill: #9198a1 }
.ours { fill: #4493f8 } .floor { fill: #656c76 } .tencent { fill: #f0883e } .aws { fill: #9e7a1e }
}";

pub(crate) fn write(table: &Table, folder: &Path) -> Outcome {
    Ok(fs::write(folder.join(FILE), draw(table))?)
}

pub(crate) fn draw(table: &Table) -> String {
    let mut rows: Vec<&Row> = table.rows.iter().collect();
    rows.sort_by(|one, other| one.time().total_cmp(&other.time()));
    let longest = rows.last().map_or(1.0, |row| row.time());
    let places = || (0_u16..).map(|place| TOP + STEP * f64::from(place));
    let height = places().nth(rows.len()).unwrap_or_default() + 8.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\">\n\
         <title>Time of one signature of 23 bytes, by contender</title>\n<style>\n{STYLE}\n</style>\n\
         <text class=\"title\" x=\"16\" y=\"24\">Time of one signature of 23 bytes: shorter is better</text>\n\
         <text class=\"note\" x=\"16\" y=\"44\">one process, one thread; right of each bar: time and \
         allocations</text>\n"
    );
    for (row, top) in rows.into_iter().zip(places()) {
        svg += &bar(row, top, LONGEST * row.time() / longest);
    }
    svg + "</svg>\n"
}

fn bar(row: &Row, top: f64, length: f64) -> String {
    let (baseline, name_at, figures_at) = (top + 12.5, LEFT - 10.0, LEFT + length + 8.0);
    let (class, time) = (class(row.kind), duration(row.time()));
    let heap = match row.allocations {
        0 => "no heap".to_owned(),
        times => format!("{times} allocations"),
    };
    format!(
        "<text class=\"name\" x=\"{name_at}\" y=\"{baseline}\">{}</text>\
         <rect class=\"{class}\" x=\"{LEFT}\" y=\"{top}\" width=\"{length:.1}\" height=\"{BAR}\" rx=\"2\"/>\
         <text x=\"{figures_at:.1}\" y=\"{baseline}\">{time}<tspan class=\"note\"> · {heap}</tspan></text>\n",
        row.name,
    )
}

const fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "ours",
        Kind::Floor => "floor",
        Kind::Tencent => "tencent",
        Kind::Aws => "aws",
    }
}
