//! The promised limits of the table.

use crate::Outcome;
use crate::contender::Kind;
use crate::table::{CACHED, DERIVED, PREPARED, Row, Table};

/// Time relative to the fastest peer, with SHA instructions.
const TIME: [(&str, f64); 3] = [(CACHED, 0.22), (DERIVED, 0.55), (PREPARED, 0.12)];
/// The same without SHA instructions. Compressions then take nearly all of the time: the ratios of the floor are
/// 0.26, 0.78 and 0.11.
const TIME_IN_SOFTWARE: [(&str, f64); 3] = [(CACHED, 0.29), (DERIVED, 0.84), (PREPARED, 0.135)];
/// Instructions relative to the peer with the fewest; all hash in software.
const INSTRUCTIONS: [(&str, f64); 3] = [(CACHED, 0.26), (DERIVED, 0.80), (PREPARED, 0.13)];

/// SHA-256 compressions of a signature of the shortest body with key and first block cached.
/// `tests/conformance/tests/compressions.rs` counts them.
pub(crate) const COMPRESSIONS: u32 = 6;
/// Maximum number of instructions outside of compressions.
const BEYOND: f64 = 1_400.0;

/// A figure and its maximum.
pub(crate) struct Goal {
    what: String,
    is: f64,
    most: f64,
    /// Whether the figure is a time, which depends on the machine's load.
    pub(crate) of_time: bool,
}

impl Goal {
    fn new(what: impl Into<String>, is: f64, most: f64) -> Self {
        Self { what: what.into(), is, most, of_time: false }
    }

    pub(crate) fn is_met(&self) -> bool {
        self.is <= self.most
    }
}

/// The goals of a table with peers.
pub(crate) fn of(table: &Table) -> Outcome<Vec<Goal>> {
    let mut goals =
        vec![Goal::new("instructions beyond the compressions, cached", beyond(table)?.into(), BEYOND)];
    let mut ratios = |unit: &str, figure: fn(&Row) -> f64, limits: [(&str, f64); 3]| {
        let best = figure(table.best_peer(figure)?);
        for (name, most) in limits {
            let what = format!("{unit} relative to the best peer, {name}");
            let goal = Goal::new(what, figure(table.row(name)?) / best, most);
            goals.push(Goal { of_time: unit == "time", ..goal });
        }
        Outcome::Ok(())
    };
    ratios("time", Row::time, if table.has_sha { TIME } else { TIME_IN_SOFTWARE })?;
    ratios("instructions", Row::count, INSTRUCTIONS)?;
    goals.extend(allocations(table));
    Ok(goals)
}

/// No row of tc3-core allocates or takes over 1 % more instructions than in the checked-in table, if that is from
/// the same compiler.
pub(crate) fn against(checked_in: &Table, table: &Table) -> Outcome<Vec<Goal>> {
    same_rows(checked_in, table)?;
    let mut goals: Vec<Goal> = allocations(table).collect();
    if table.compiler != checked_in.compiler {
        eprintln!("not compared: the table is from {}, this is {}", checked_in.compiler, table.compiler);
        return Ok(goals);
    }
    for row in table.rows.iter().filter(|row| row.kind == Kind::Ours) {
        let most = (checked_in.row(&row.name)?.count() * 1.01).floor();
        goals.push(Goal::new(format!("instructions, {}", row.name), row.count(), most));
    }
    Ok(goals)
}

/// Each row of one table is in the other too; without peers, those of tc3-core and the floor.
pub(crate) fn same_rows(checked_in: &Table, table: &Table) -> Outcome {
    let names = |table: &Table| {
        let is_built = |kind| cfg!(feature = "peers") || matches!(kind, Kind::Ours | Kind::Floor);
        let rows = table.rows.iter().filter(|row| is_built(row.kind));
        rows.map(|row| row.name.clone()).collect::<Vec<_>>()
    };
    match (names(checked_in), names(table)) {
        (listed, measured) if listed == measured && !measured.is_empty() => Ok(()),
        (listed, measured) => {
            Err(format!("table.json has {listed:?}, but measured were {measured:?}").into())
        }
    }
}

fn allocations(table: &Table) -> impl Iterator<Item = Goal> {
    let ours = table.rows.iter().filter(|row| row.kind == Kind::Ours);
    ours.map(|row| Goal::new(format!("allocations, {}", row.name), row.allocations.into(), 0.0))
}

/// Prints each goal.
pub(crate) fn judge(goals: &[Goal]) -> Outcome {
    for goal in goals {
        let word = if goal.is_met() { "met" } else { "MISSED" };
        let Goal { what, is, most, .. } = goal;
        let digits = if *most > 0.0 && *most < 1.0 { 3 } else { 0 };
        eprintln!("  {word:<7} {is:>8.digits$}, at most {most:.digits$}: {what}");
    }
    if goals.iter().all(Goal::is_met) { Ok(()) } else { Err("a goal is missed: see MISSED above".into()) }
}

/// The instructions of a cached signature outside of compressions.
pub(crate) fn beyond(table: &Table) -> Outcome<u32> {
    let compressions = table.compression.saturating_mul(COMPRESSIONS);
    Ok(table.row(CACHED)?.instructions.saturating_sub(compressions))
}
