//! The measurements, stored in table.json.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::bench::callgrind::instructions;
use crate::command::read;

/// The length of the shortest body.
pub(crate) const SHORT: u64 = 23;

const FILE: &str = "table.json";

// Names of contenders in the bench.
pub(crate) const DERIVED: &str = "tc3-core, key derived each time";
pub(crate) const CACHED: &str = "tc3-core, key and first block cached";
pub(crate) const PLAIN: &str = "tc3-core, key cached";
pub(crate) const PREPARED: &str = "tc3-core, body prepared";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) compiler: String,
    pub(crate) processor: String,
    /// Whether the processor has instructions for SHA-256.
    pub(crate) has_sha: bool,
    /// Instructions of one compression in software.
    pub(crate) compression: u64,
    pub(crate) rows: Vec<Row>,
}

/// The figures of one contender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Instructions of one signature of the shortest body. Allocations are those of the same signature.
    pub(crate) instructions: u64,
    pub(crate) allocations: u64,
    pub(crate) allocated: u64,
    /// The shortest time of one signature in all rounds, by the length of the body.
    pub(crate) nanoseconds: BTreeMap<u64, f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Ours,
    Floor,
    Tencent,
    Aws,
}

/// The bench's report of a race.
#[derive(Deserialize)]
struct Report {
    has_sha: bool,
    laps: Vec<Lap>,
}

#[derive(Deserialize)]
struct Lap {
    name: String,
    kind: Kind,
    body: u64,
    nanoseconds: f64,
    allocations: u64,
    allocated: u64,
}

impl Table {
    /// Runs the race, and counts the instructions of all contenders.
    pub(crate) fn measure(program: &Path, rounds: u32) -> Result<Self, Box<dyn Error>> {
        let [less, more] = [1024, 2048].map(|body| instructions(program, CACHED, body));
        let mut table = Self {
            compiler: read(Command::new("rustc").arg("--version"))?.trim().to_owned(),
            processor: processor(),
            has_sha: false,
            // The two bodies differ by 1,024 bytes, which are 16 blocks.
            compression: more?.saturating_sub(less?) / 16,
            rows: Vec::new(),
        };
        table.race(program, rounds)?;
        for row in &mut table.rows {
            row.instructions = instructions(program, &row.name, 23)?;
        }
        Ok(table)
    }

    /// Runs the race again. The instructions stay as they are.
    pub(crate) fn race(&mut self, program: &Path, rounds: u32) -> Result<(), Box<dyn Error>> {
        let race = read(Command::new(program).args(["race", &rounds.to_string()]))?;
        let report: Report = serde_json::from_str(&race)?;
        self.has_sha = report.has_sha;
        for lap in report.laps {
            match self.rows.iter_mut().find(|row| row.name == lap.name) {
                Some(row) => {
                    row.nanoseconds.insert(lap.body, lap.nanoseconds);
                    row.allocations = row.allocations.max(lap.allocations);
                }
                None => self.rows.push(lap.into()),
            }
        }
        Ok(())
    }

    pub(crate) fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(serde_json::from_str(&fs::read_to_string(folder.join(FILE))?)?)
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(folder.join(FILE), serde_json::to_string_pretty(self)? + "\n")?)
    }

    pub(crate) fn row(&self, name: &str) -> Result<&Row, Box<dyn Error>> {
        let row = self.rows.iter().find(|row| row.name == name);
        row.ok_or_else(|| format!("the table has no row `{name}`").into())
    }

    /// The fastest crate that signs the shortest body for Tencent Cloud.
    pub(crate) fn fastest_peer(&self) -> Result<&Row, Box<dyn Error>> {
        let peers = self.rows.iter().filter(|row| row.kind == Kind::Tencent);
        let fastest = peers.min_by(|one, other| one.time().total_cmp(&other.time()));
        fastest.ok_or_else(|| "the table has no peer".into())
    }
}

impl Row {
    /// Nanoseconds of one signature of the shortest body.
    pub(crate) fn time(&self) -> f64 {
        self.nanoseconds.get(&SHORT).copied().unwrap_or(f64::INFINITY)
    }
}

impl From<Lap> for Row {
    fn from(lap: Lap) -> Self {
        let Lap { name, kind, body, nanoseconds, allocations, allocated } = lap;
        let nanoseconds = [(body, nanoseconds)].into();
        Self { name, kind, instructions: 0, allocations, allocated, nanoseconds }
    }
}

/// The processor's name on Linux.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| "an unnamed processor".to_owned(), |(_, name)| name.to_owned())
}
