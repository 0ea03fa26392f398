//! The measurements, stored in table.json.

use std::alloc::System;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use crate::contender::{Kind, Signer};
use crate::fixture::{SHORT, SIZES};
use crate::{Outcome, contenders, stopwatch};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/table.json");

// Contenders that goals name.
pub(crate) const DERIVED: &str = "tc3-core, key derived each time";
pub(crate) const CACHED: &str = "tc3-core, key and first block cached";
pub(crate) const PLAIN: &str = "tc3-core, key cached";
pub(crate) const PREPARED: &str = "tc3-core, body prepared";

#[derive(Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) compiler: String,
    pub(crate) processor: String,
    /// Whether the processor has instructions for SHA-256.
    pub(crate) has_sha: bool,
    /// Instructions of one compression in software.
    pub(crate) compression: u32,
    pub(crate) rows: Vec<Row>,
}

/// The figures of one contender.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Instructions of one signature of the shortest body.
    pub(crate) instructions: u32,
    /// Allocations and reallocations of one signature, the most of any body.
    pub(crate) allocations: u32,
    /// The shortest time of one signature in all rounds, by the length of the body.
    pub(crate) nanoseconds: BTreeMap<usize, f64>,
}

impl Table {
    pub(crate) fn measure(rounds: usize) -> Outcome<Self> {
        let mut rows = Vec::new();
        for it in contenders(SHORT)? {
            let (name, instructions) = (it.name.to_owned(), instructions(it.name, SHORT)?);
            rows.push(Row {
                name,
                kind: it.kind,
                instructions,
                allocations: 0,
                nanoseconds: BTreeMap::new(),
            });
        }
        for body in SIZES {
            let mut contenders = contenders(body)?;
            let times = stopwatch::race(&mut contenders, rounds);
            for (row, (contender, time)) in rows.iter_mut().zip(contenders.iter_mut().zip(times)) {
                row.nanoseconds.insert(body, (time * 10.0).round() / 10.0);
                row.allocations = row.allocations.max(allocations(&mut contender.signer)?);
            }
        }
        let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let compiler = Command::new("rustc").arg("--version").output()?.stdout;
        Ok(Self {
            compiler: String::from_utf8(compiler)?.trim().to_owned(),
            processor: model.map_or("an unnamed processor", |(_, name)| name).to_owned(),
            // On x86-64 and on ARM.
            has_sha: processor.split_whitespace().any(|flag| flag == "sha_ni" || flag == "sha2"),
            // The two bodies differ by 1,024 bytes, which are 16 blocks.
            compression: instructions(CACHED, 2048)?.saturating_sub(instructions(CACHED, 1024)?) / 16,
            rows,
        })
    }

    pub(crate) fn read() -> Outcome<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(FILE)?)?)
    }

    pub(crate) fn write(&self) -> Outcome {
        Ok(fs::write(FILE, serde_json::to_string_pretty(self)? + "\n")?)
    }

    pub(crate) fn row(&self, name: &str) -> Outcome<&Row> {
        let row = self.rows.iter().find(|row| row.name == name);
        row.ok_or_else(|| format!("the table has no row `{name}`").into())
    }

    /// The peer for which this figure is the smallest.
    pub(crate) fn best_peer(&self, figure: fn(&Row) -> f64) -> Outcome<&Row> {
        let peers = self.rows.iter().filter(|row| row.kind == Kind::Tencent);
        let best = peers.min_by(|one, other| figure(one).total_cmp(&figure(other)));
        best.ok_or_else(|| "the table has no row of another crate for Tencent Cloud".into())
    }
}

impl Row {
    /// Nanoseconds of one signature of the shortest body.
    pub(crate) fn time(&self) -> f64 {
        self.nanoseconds.get(&SHORT).copied().unwrap_or(f64::INFINITY)
    }
}

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The difference of two runs excludes the caller's own work.
fn allocations(signer: &mut Signer) -> Outcome<u32> {
    let [one, two] = [1, 2].map(|times| {
        let region = Region::new(HEAP);
        signer(times);
        let change = region.change();
        change.allocations.saturating_add(change.reallocations)
    });
    Ok(two.saturating_sub(one).try_into()?)
}

/// The instructions that a contender needs to sign a body of this length: the difference of two runs, which excludes
/// the start of the program.
///
/// Valgrind has no SHA instructions, so all contenders hash in software.
fn instructions(name: &str, body: usize) -> Outcome<u32> {
    match (collected(name, body, 50)?, collected(name, body, 550)?) {
        (less, more) if more > less => Ok(more.saturating_sub(less).saturating_add(250) / 500),
        (less, more) => Err(format!("{name}: {more} instructions for 550 signatures, {less} for 50").into()),
    }
}

fn collected(name: &str, body: usize, times: u32) -> Outcome<u32> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]);
    valgrind.arg(env::current_exe()?).args(["sign", name, &body.to_string(), &times.to_string()]);
    let output = valgrind.output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    match printed.lines().find_map(|line| line.split_once("Collected : ")) {
        Some((_, instructions)) if output.status.success() => Ok(instructions.trim().parse()?),
        _ => {
            let errors = String::from_utf8_lossy(&output.stderr);
            Err(format!("`{valgrind:?}` counted nothing:\n{printed}{errors}").into())
        }
    }
}
