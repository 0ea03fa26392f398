//! The promised limits of the table.

use crate::Outcome;
use crate::contender::Kind;
use crate::table::{CACHED, DERIVED, PREPARED, Row, Table};

/// Time relative to the fastest peer, with SHA instructions. Without them nearly all of the time goes to compressions,
/// as the instructions show.
const TIME: [(&str, f64); 3] = [(CACHED, 0.22), (DERIVED, 0.55), (PREPARED, 0.12)];
/// Instructions relative to the peer with the fewest; all hash in software.
const INSTRUCTIONS: [(&str, f64); 3] = [(CACHED, 0.26), (DERIVED, 0.80), (PREPARED, 0.13)];

/// SHA-256 compressions of a signature of the shortest body with key and first block cached.
/// `tests/conformance/tests/compressions.rs` counts them.
pub(crate) const COMPRESSIONS: u32 = 6;
/// Maximum number of instructions outside of compressions.
const BEYOND: u32 = 1_400;

/// Figures, each with its maximum.
#[derive(Default)]
pub(crate) struct Goals(Vec<(String, f64, f64)>);

impl Goals {
    /// The goals of a table with peers.
    pub(crate) fn of(table: &Table) -> Outcome<Self> {
        let mut goals = Self::default();
        goals.add("instructions beyond the compressions, cached", beyond(table)?, BEYOND);
        let mut ratios = |unit: &str, figure: fn(&Row) -> f64, limits: [(&str, f64); 3]| {
            let best = figure(table.best_peer(figure)?);
            for (name, most) in limits {
                let what = format!("{unit} relative to the best peer, {name}");
                goals.add(what, figure(table.row(name)?) / best, most);
            }
            Outcome::Ok(())
        };
        if table.has_sha {
            ratios("time", Row::time, TIME)?;
        }
        ratios("instructions", |row| row.instructions.into(), INSTRUCTIONS)?;
        goals.allocate_nothing(table);
        Ok(goals)
    }

    /// tc3-core takes at most 1 % more instructions than in the checked-in table, if that is from the same compiler.
    /// Each row of one table must be in the other; without peers, each of tc3-core and the floor.
    pub(crate) fn against(checked_in: &Table, table: &Table) -> Outcome<Self> {
        let is_built = |kind| cfg!(feature = "peers") || matches!(kind, Kind::Ours | Kind::Floor);
        let built = |table: &Table| {
            let rows = table.rows.iter().filter(|row| is_built(row.kind));
            rows.map(|row| row.name.clone()).collect::<Vec<_>>()
        };
        let (listed, measured) = (built(checked_in), built(table));
        if listed != measured || measured.is_empty() {
            return Err(format!("table.json has {listed:?}, but measured were {measured:?}").into());
        }
        let mut goals = Self::default();
        goals.allocate_nothing(table);
        if table.compiler != checked_in.compiler {
            eprintln!("not compared: the table is from {}, this is {}", checked_in.compiler, table.compiler);
            return Ok(goals);
        }
        for row in table.rows.iter().filter(|row| row.kind == Kind::Ours) {
            let most = f64::from(checked_in.row(&row.name)?.instructions) * 1.01;
            goals.add(format!("instructions, {}", row.name), row.instructions, most.floor());
        }
        Ok(goals)
    }

    fn allocate_nothing(&mut self, table: &Table) {
        for row in table.rows.iter().filter(|row| row.kind == Kind::Ours) {
            self.add(format!("allocations, {}", row.name), row.allocations, 0);
        }
    }

    fn add(&mut self, what: impl Into<String>, is: impl Into<f64>, most: impl Into<f64>) {
        self.0.push((what.into(), is.into(), most.into()));
    }

    /// Prints each goal.
    pub(crate) fn judge(&self) -> Outcome {
        for (what, is, most) in &self.0 {
            let word = if is <= most { "met" } else { "MISSED" };
            let digits = if *most > 0.0 && *most < 1.0 { 3 } else { 0 };
            eprintln!("  {word:<7} {is:>8.digits$}, at most {most:.digits$}: {what}");
        }
        let is_met = self.0.iter().all(|(_, is, most)| is <= most);
        if is_met { Ok(()) } else { Err("a goal is missed: see MISSED above".into()) }
    }
}

/// The instructions of a cached signature outside of compressions.
pub(crate) fn beyond(table: &Table) -> Outcome<u32> {
    let compressions = table.compression.saturating_mul(COMPRESSIONS);
    Ok(table.row(CACHED)?.instructions.saturating_sub(compressions))
}
