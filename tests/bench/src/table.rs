//! The measurements, stored in table.json.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::contender::Kind;
use crate::fixture::{SHORT, SIZES};
use crate::{Outcome, allocator, contenders, stopwatch};

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
    /// Instructions of one signature of the shortest body. Allocations are those of the same signature.
    pub(crate) instructions: u32,
    pub(crate) allocations: u32,
    pub(crate) allocated: u32,
    /// The shortest time of one signature in all rounds, by the length of the body.
    pub(crate) nanoseconds: BTreeMap<usize, f64>,
}

impl Table {
    /// Counts instructions and allocations. Times are added by [`Self::race`].
    pub(crate) fn measure() -> Outcome<Self> {
        let mut rows = Vec::new();
        for mut it in contenders(SHORT)? {
            let instructions = instructions(it.name, SHORT)?;
            let heap = allocator::measure(|| it.signer.sign());
            rows.push(Row {
                name: it.name.to_owned(),
                kind: it.kind,
                instructions,
                allocations: heap.allocations,
                allocated: heap.bytes,
                nanoseconds: BTreeMap::new(),
            });
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

    /// Measures times, and that bodies of other lengths take no more allocations.
    pub(crate) fn race(&mut self, rounds: usize) -> Outcome {
        for body in SIZES {
            let mut contenders = contenders(body)?;
            let times = stopwatch::race(&mut contenders, rounds);
            for (row, (contender, time)) in self.rows.iter_mut().zip(contenders.iter_mut().zip(times)) {
                row.nanoseconds.insert(body, (time * 10.0).round() / 10.0);
                let heap = allocator::measure(|| contender.signer.sign());
                row.allocations = row.allocations.max(heap.allocations);
            }
        }
        Ok(())
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

    /// The figures that a release records, as JSON.
    pub(crate) fn figures(&self) -> Outcome<String> {
        let mut figures = BTreeMap::new();
        let peer = self.best_peer(Row::time)?.time();
        for name in [CACHED, DERIVED, PREPARED] {
            let row = self.row(name)?;
            let thousandths = format!("{:.0}", row.time() / peer * 1000.0).parse()?;
            figures.insert(format!("{name}: instructions"), row.instructions);
            figures.insert(format!("{name}: thousandths of the fastest peer's time"), thousandths);
        }
        Ok(serde_json::to_string(&figures)?)
    }
}

impl Row {
    /// Nanoseconds of one signature of the shortest body.
    pub(crate) fn time(&self) -> f64 {
        self.nanoseconds.get(&SHORT).copied().unwrap_or(f64::INFINITY)
    }

    pub(crate) fn count(&self) -> f64 {
        self.instructions.into()
    }
}

/// Two numbers of signatures. The difference of their counts excludes the start of the program.
const TIMES: [u32; 2] = [50, 550];

/// The instructions that a contender needs to sign a body of this length.
///
/// Valgrind has no SHA instructions, so all contenders hash in software.
fn instructions(name: &str, body: usize) -> Outcome<u32> {
    let [short, long] = TIMES;
    let more = collected(name, body, long)?.saturating_sub(collected(name, body, short)?);
    let times = long.saturating_sub(short);
    match more.saturating_add(times / 2).checked_div(times) {
        None | Some(0) => Err(format!("callgrind counted {more} instructions of {name}").into()),
        Some(instructions) => Ok(instructions),
    }
}

fn collected(name: &str, body: usize, times: u32) -> Outcome<u32> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]);
    valgrind.arg(env::current_exe()?).args(["sign", name, &body.to_string(), &times.to_string()]);
    let output = valgrind.output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let counted = printed.lines().find_map(|line| line.split_once("Collected : "));
    match counted {
        Some((_, instructions)) if output.status.success() => Ok(instructions.trim().parse()?),
        _ => {
            Err(format!("`{valgrind:?}` printed:\n{printed}{}", String::from_utf8_lossy(&output.stderr))
                .into())
        }
    }
}
