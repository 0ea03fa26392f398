//! `cargo xtask bench`: builds and runs the program in `tests/bench`, which compares the same signature by tc3-core,
//! by other crates (the peers) and by the least possible work (the floor).

use std::fs;
use std::process::Command;

use measure::{Figures, Section, table, thousands};
use serde::Deserialize;

use crate::check::DENY_WARNINGS;
use crate::command::{read, run};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;
use crate::{long, setup};

const FILE: &str = "tests/bench/table.json";

const DERIVED: &str = "tc3-core, key derived each time";
const PLAIN: &str = "tc3-core, key cached";
const CACHED: &str = "tc3-core, key and first block cached";
const PREPARED: &str = "tc3-core, body prepared";

/// SHA-256 compressions of a signature of the shortest body with key and first block cached.
/// `tests/conformance/tests/compressions.rs` counts them.
const COMPRESSIONS: u32 = 6;

// Figures that goals limit.
const BEYOND: &str = "instructions beyond the compressions";
/// Relative to the peer with the fewest; all hash in software.
const INSTRUCTIONS: &str = "thousandths of the instructions of the best peer";
/// With SHA instructions. Without them nearly all of the time goes to compressions, as the instructions show.
const TIME: &str = "thousandths of the time of the best peer";

const GOALS: [(&str, &str, u64); 7] = [
    (CACHED, BEYOND, 1_400),
    (CACHED, INSTRUCTIONS, 260),
    (DERIVED, INSTRUCTIONS, 800),
    (PREPARED, INSTRUCTIONS, 130),
    (CACHED, TIME, 220),
    (DERIVED, TIME, 550),
    (PREPARED, TIME, 120),
];

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    step::run_all("bench", [setup::programs(&setup::VALGRIND)], steps(workspace, arguments)?)
}

/// Without arguments, writes the tables. `--check` only compares with the goals, and records the figures.
/// `instructions` compares with the checked-in table, which needs neither the peers nor an idle machine.
pub(crate) fn steps<'a>(workspace: &'a Workspace, arguments: &[&str]) -> Outcome<Vec<Step<'a>>> {
    Ok(match arguments {
        [] => vec![Step::new("race with the peers, and its table", || write(workspace))],
        ["--check"] => vec![Step::new("race with the peers", || check(workspace))],
        ["instructions"] => {
            vec![Step::new("instructions and allocations of a signature", || check_alone(workspace))]
        }
        ["threads"] => vec![Step::new("signing on many threads", || threads(workspace))],
        _ => return Err("usage: cargo xtask bench [--check | instructions | threads]".into()),
    })
}

/// Prints ratios, which no goal limits: they depend on the machine and its load.
fn threads(workspace: &Workspace) -> Outcome {
    let release = ["run", "--quiet", "--release", "--locked", "--no-default-features", "--", "threads"];
    run(&mut cargo(workspace, &release))
}

fn write(workspace: &Workspace) -> Outcome {
    let text = with_peers(workspace)?;
    let table: Table = serde_json::from_str(&text)?;
    table.meets_goals()?;
    fs::write(workspace.root.join(FILE), text)?;
    table.sections()?.iter().try_for_each(|section| section.write(&workspace.root))
}

fn check(workspace: &Workspace) -> Outcome {
    let table = Table::of_this_compiler(&with_peers(workspace)?)?;
    table.meets_goals()?;
    table.compare(&checked_in(workspace)?, &[OURS, "floor", PEER, "aws"])?;
    let instructions = |row: &Row| Ok((row.name.clone(), row.instructions.try_into()?));
    let rows: Outcome<Vec<_>> = table.rows.iter().map(instructions).collect();
    long::record(workspace, "bench --check", rows?)
}

fn check_alone(workspace: &Workspace) -> Outcome {
    let checked_in = checked_in(workspace)?;
    checked_in.meets_goals()?;
    checked_in.sections()?.iter().try_for_each(|section| section.compare(&workspace.root, FILE))?;
    let measured = measured(workspace, &["--no-default-features", "--", "race", "1"])?;
    Table::of_this_compiler(&measured)?.compare(&checked_in, &[OURS, "floor"])
}

fn checked_in(workspace: &Workspace) -> Outcome<Table> {
    Ok(serde_json::from_str(&fs::read_to_string(workspace.root.join(FILE))?)?)
}

/// Times are the shortest of 601 rounds.
fn with_peers(workspace: &Workspace) -> Outcome<String> {
    measured(workspace, &["--", "race", "601"])
}

/// The table, as JSON.
fn measured(workspace: &Workspace, arguments: &[&str]) -> Outcome<String> {
    read(cargo(workspace, &["run", "--quiet", "--release", "--locked"]).args(arguments))
}

/// Runs clippy without the peers, which take minutes to build.
pub(crate) fn lint(workspace: &Workspace) -> Outcome {
    run(&mut cargo(workspace, &["fmt", "--check"]))?;
    let clippy = ["clippy", "--locked", "--all-targets", "--no-default-features"];
    run(cargo(workspace, &clippy).args(DENY_WARNINGS))
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = workspace.cargo(arguments.iter().copied());
    cargo.current_dir(workspace.root.join("tests/bench"));
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("bench"));
    cargo
}

// The kinds of rows that goals name.
const OURS: &str = "ours";
const PEER: &str = "tencent";

#[derive(Deserialize)]
struct Table {
    compiler: String,
    processor: String,
    has_sha: bool,
    /// Instructions of one compression in software.
    compression: u32,
    /// The lengths of the body.
    sizes: Vec<u64>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    kind: String,
    /// Of a signature of the shortest body.
    instructions: u32,
    allocations: u32,
    /// The shortest time of a signature, for each length of the body.
    nanoseconds: Vec<u32>,
}

impl Row {
    /// Nanoseconds of a signature of the shortest body.
    fn time(&self) -> u32 {
        self.nanoseconds.first().copied().unwrap_or(u32::MAX)
    }
}

impl Table {
    /// Does not rely on what the program says: with another compiler, a difference is only a warning.
    fn of_this_compiler(json: &str) -> Outcome<Self> {
        Ok(Self { compiler: Figures::new()?.compiler().to_owned(), ..serde_json::from_str(json)? })
    }

    fn row(&self, name: &str) -> Outcome<&Row> {
        let row = self.rows.iter().find(|row| row.name == name);
        row.ok_or_else(|| format!("the table has no row `{name}`").into())
    }

    /// The smallest figure of a peer.
    fn best(&self, figure: fn(&Row) -> u32) -> Outcome<u32> {
        let best = self.rows.iter().filter(|row| row.kind == PEER).map(figure).min();
        best.ok_or_else(|| "the table has no row of another crate for Tencent Cloud".into())
    }

    /// The instructions of a cached signature outside of compressions.
    fn beyond(&self) -> Outcome<u64> {
        let compressions = self.compression.saturating_mul(COMPRESSIONS);
        Ok(self.row(CACHED)?.instructions.saturating_sub(compressions).into())
    }

    /// Fails if a table with peers misses a goal.
    fn meets_goals(&self) -> Outcome {
        let mut figures = Figures::of(&self.compiler);
        figures.add(OURS, CACHED, BEYOND, self.beyond()?);
        let times: fn(&Row) -> u32 = Row::time;
        for (name, figure) in [(TIME, times), (INSTRUCTIONS, |row| row.instructions)] {
            let best = self.best(figure)?.into();
            for row in &self.rows {
                let relative = u64::from(figure(row)).saturating_mul(1000).div_ceil(best);
                figures.add(&row.kind, &row.name, name, relative);
            }
        }
        let goals = GOALS.into_iter().filter(|(_, name, _)| self.has_sha || *name != TIME);
        let limits = goals.map(|(image, name, most)| (OURS, image, name, most));
        figures.check(FILE, &figures, |_| 0, &limits.collect::<Vec<_>>())
    }

    /// Fails if tc3-core allocates or takes over 1 % more instructions, or if a row of these kinds is new or gone.
    fn compare(&self, checked_in: &Self, kinds: &[&str]) -> Outcome {
        let ours = self.rows.iter().filter(|row| row.kind == OURS);
        let limits = ours.map(|row| (OURS, row.name.as_str(), "allocations", 0));
        self.figures(kinds).check(FILE, &checked_in.figures(kinds), |_| 1, &limits.collect::<Vec<_>>())
    }

    /// The figures that are compared: of other crates and of the floor only that there is a row.
    fn figures(&self, kinds: &[&str]) -> Figures {
        let mut figures = Figures::of(&self.compiler);
        for row in self.rows.iter().filter(|row| kinds.contains(&row.kind.as_str())) {
            figures.add(&row.kind, &row.name, "rows", 1);
            if row.kind == OURS {
                figures.add(OURS, &row.name, "instructions", row.instructions.into());
                figures.add(OURS, &row.name, "allocations", row.allocations.into());
            }
        }
        figures
    }

    /// The parts of both READMEs.
    fn sections(&self) -> Outcome<[Section<'static>; 2]> {
        let peer = self.best(Row::time)?;
        let fastest = self.rows.iter().filter(|row| row.kind == PEER && row.time() == peer);
        let ours = [DERIVED, PLAIN, CACHED, PREPARED].map(|name| self.row(name));
        let short = ours.into_iter().chain(fastest.map(Ok)).collect::<Result<Vec<_>, _>>()?;
        let full = self.markdown(self.rows.iter(), usize::MAX, peer)
            + &format!(
                "\nWith {} on {}, {} instructions for SHA-256. A compression in software takes {} instructions; a \
                 signature with key and first block cached has {COMPRESSIONS} compressions and {} other \
                 instructions.\n",
                self.compiler,
                self.processor,
                if self.has_sha { "with" } else { "without" },
                thousands(self.compression.into()),
                thousands(self.beyond()?),
            );
        let short = self.markdown(short.into_iter(), 1, peer);
        Ok([("README.md", short), ("tests/bench/README.md", full)].map(|(document, text)| Section {
            document,
            command: "`cargo xtask bench`",
            text,
        }))
    }

    /// A table with the times for so many lengths of the body.
    fn markdown<'r>(&self, rows: impl Iterator<Item = &'r Row>, sizes: usize, peer: u32) -> String {
        let lengths = self.sizes.iter().take(sizes).map(|size| format!("ns, {} bytes", thousands(*size)));
        let others = ["relative to the fastest peer", "instructions", "allocations"].map(str::to_owned);
        let columns: Vec<String> = lengths.chain(others).collect();
        let rows = rows.map(|row| {
            let times = row.nanoseconds.iter().take(sizes).map(|time| thousands((*time).into()));
            let ratio = format!("{:.2}", f64::from(row.time()) / f64::from(peer));
            let others = [ratio, thousands(row.instructions.into()), row.allocations.to_string()];
            (row.name.as_str(), times.chain(others).collect())
        });
        table("", &columns.iter().map(String::as_str).collect::<Vec<_>>(), rows)
    }
}
