//! The promised limits of the table.

use std::error::Error;
use std::fmt;

use crate::bench::table::{CACHED, DERIVED, Kind, PREPARED, Row, Table};

/// Time relative to the fastest peer, with SHA instructions.
const TIME: [(&str, f64); 3] = [(CACHED, 0.22), (DERIVED, 0.55), (PREPARED, 0.12)];
/// The same without SHA instructions. Compressions then take nearly all of the time: the ratios of the floor are
/// 0.26, 0.78 and 0.11.
const TIME_IN_SOFTWARE: [(&str, f64); 3] = [(CACHED, 0.29), (DERIVED, 0.84), (PREPARED, 0.135)];
/// Instructions relative to the peer with the fewest; all hash in software.
const INSTRUCTIONS: [(&str, f64); 3] = [(CACHED, 0.26), (DERIVED, 0.80), (PREPARED, 0.13)];

/// SHA-256 compressions of a signature of the shortest body with key and first block cached.
/// `tests/conformance/tests/compressions.rs` counts them.
pub(crate) const COMPRESSIONS: u64 = 6;
/// Maximum number of instructions outside of compressions.
const BEYOND: u64 = 1_400;

/// A figure and its maximum.
struct Goal {
    what: String,
    is: f64,
    most: f64,
    /// Whether the figure is a time, which depends on the machine's load.
    of_time: bool,
}

impl Goal {
    fn is_met(&self) -> bool {
        self.is <= self.most
    }
}

pub(crate) struct Goals(Vec<Goal>);

impl Goals {
    /// The goals of a table. Without a peer there are no ratios.
    pub(crate) fn of(table: &Table) -> Result<Self, Box<dyn Error>> {
        let mut goals = Vec::new();
        let mut ratios = |unit: &str, limits: [(&str, f64); 3], of: fn(&Row) -> f64| {
            let peers = table.rows.iter().filter(|row| row.kind == Kind::Tencent).map(of);
            let Some(peer) = peers.min_by(f64::total_cmp) else { return Ok(()) };
            for (name, most) in limits {
                let what = format!("{unit} relative to the best peer, {name}");
                goals.push(Goal { what, is: of(table.row(name)?) / peer, most, of_time: unit == "time" });
            }
            Ok::<(), Box<dyn Error>>(())
        };
        ratios("time", if table.has_sha { TIME } else { TIME_IN_SOFTWARE }, Row::time)?;
        ratios("instructions", INSTRUCTIONS, |row| float(row.instructions))?;
        let mut exact = |what: &str, is: u64, most: u64| {
            goals.push(Goal { what: what.to_owned(), is: float(is), most: float(most), of_time: false });
        };
        exact("instructions beyond the compressions, cached", beyond(table)?, BEYOND);
        let ours = table.rows.iter().filter(|row| row.kind == Kind::Ours);
        exact("allocations of tc3-core", ours.map(|row| row.allocations).sum(), 0);
        Ok(Self(goals))
    }

    /// The goals that no row of tc3-core allocates or takes over 1 % more instructions than in the checked-in table.
    /// They hold on any machine with the compiler of that table.
    pub(crate) fn against(checked_in: &Table, table: &Table) -> Result<Self, Box<dyn Error>> {
        let mut goals = Vec::new();
        for row in table.rows.iter().filter(|row| row.kind == Kind::Ours) {
            let of_time = false;
            let (is, was) = (float(row.instructions), float(checked_in.row(&row.name)?.instructions));
            let what = format!("instructions, {}", row.name);
            goals.push(Goal { what, is, most: (was * 1.01).floor(), of_time });
            let what = format!("allocations, {}", row.name);
            goals.push(Goal { what, is: float(row.allocations), most: 0.0, of_time });
        }
        Ok(Self(goals))
    }

    pub(crate) fn missed(self) -> Self {
        Self(self.0.into_iter().filter(|goal| !goal.is_met()).collect())
    }

    pub(crate) fn are_met(&self) -> bool {
        self.0.iter().all(Goal::is_met)
    }

    /// Whether another race could meet the goals, because only goals for time were missed.
    pub(crate) fn are_missed_by_time_alone(&self) -> bool {
        !self.are_met() && self.0.iter().all(|goal| goal.of_time || goal.is_met())
    }
}

/// The instructions of a cached signature outside of compressions.
pub(crate) fn beyond(table: &Table) -> Result<u64, Box<dyn Error>> {
    let compressions = table.compression.saturating_mul(COMPRESSIONS);
    Ok(table.row(CACHED)?.instructions.saturating_sub(compressions))
}

/// Converts a figure. Exact, because the figures here are below 2^32.
fn float(value: u64) -> f64 {
    u32::try_from(value).map_or(f64::INFINITY, f64::from)
}

impl fmt::Display for Goals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for goal in &self.0 {
            let word = if goal.is_met() { "met" } else { "MISSED" };
            let Goal { what, is, most, .. } = goal;
            let digits = if *most > 0.0 && *most < 1.0 { 3 } else { 0 };
            writeln!(f, "  {word:<7} {is:>8.digits$}, at most {most:.digits$}: {what}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

    use super::{BEYOND, COMPRESSIONS, Goals};
    use crate::bench::table::{CACHED, DERIVED, Kind, PREPARED, Row, SHORT, Table};

    fn row(name: &str, kind: Kind, time: f64, instructions: u64) -> Row {
        let nanoseconds = [(SHORT, time)].into();
        Row { name: name.to_owned(), kind, instructions, allocations: 0, allocated: 0, nanoseconds }
    }

    /// A table that just meets the goals.
    fn table() -> Table {
        let rows = vec![
            row(CACHED, Kind::Ours, 22.0, COMPRESSIONS * 3_300 + BEYOND),
            row(DERIVED, Kind::Ours, 55.0, 70_000),
            row(PREPARED, Kind::Ours, 12.0, 12_000),
            row("a peer", Kind::Tencent, 100.0, 95_000),
            row("AWS is not raced", Kind::Aws, 1.0, 1),
        ];
        let (compiler, processor) = (String::new(), String::new());
        Table { compiler, processor, has_sha: true, compression: 3_300, rows }
    }

    #[test]
    fn figures_at_their_limits_meet_the_goals() {
        assert!(Goals::of(&table()).unwrap().are_met());
    }

    #[test]
    fn one_instruction_allocation_or_nanosecond_too_many_misses_a_goal() {
        let change = |change: fn(&mut Row)| {
            let mut table = table();
            table.rows.iter_mut().filter(|row| row.name == CACHED).for_each(change);
            Goals::of(&table).unwrap()
        };
        let goals = change(|row| row.instructions += 1);
        assert!(!goals.are_met() && !goals.are_missed_by_time_alone());
        assert!(goals.to_string().contains("MISSED      1401, at most 1400: instructions beyond"));
        let goals = change(|row| row.allocations = 1);
        assert!(goals.to_string().contains("MISSED         1, at most 0: allocations of tc3-core"));
        let goals = change(|row| row.nanoseconds = [(SHORT, 22.1)].into());
        assert!(!goals.are_met() && goals.are_missed_by_time_alone());
    }

    #[test]
    fn over_one_per_cent_more_instructions_than_checked_in_misses_a_goal() {
        let mut now = table();
        assert!(Goals::against(&table(), &now).unwrap().are_met());
        let cached = |table: &mut Table, more: u64| {
            table.rows.iter_mut().filter(|row| row.name == CACHED).for_each(|row| row.instructions += more);
        };
        cached(&mut now, 212);
        assert!(Goals::against(&table(), &now).unwrap().are_met());
        cached(&mut now, 1);
        assert!(!Goals::against(&table(), &now).unwrap().are_met());
    }

    #[test]
    fn without_sha_instructions_other_goals_for_time_apply() {
        let mut table = table();
        table.has_sha = false;
        table.rows.iter_mut().filter(|row| row.name == CACHED).for_each(|row| {
            row.nanoseconds = [(SHORT, 28.0)].into();
        });
        assert!(Goals::of(&table).unwrap().are_met());
        table.has_sha = true;
        assert!(!Goals::of(&table).unwrap().are_met());
    }
}
