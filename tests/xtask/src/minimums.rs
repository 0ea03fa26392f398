//! `tests/minimums.toml`: the least that a whole run must run.

use std::collections::BTreeMap;

use crate::step::Outcome;
use crate::workspace::Workspace;

type Counts = BTreeMap<String, usize>;

/// Compares the counts of one kind with the table, in both directions.
pub(crate) fn check(workspace: &Workspace, kind: &str, counts: &Counts) -> Outcome {
    let mut all: BTreeMap<String, Counts> = workspace.toml("tests/minimums.toml")?;
    let minimums = all.remove(kind).unwrap_or_default();
    let less = minimums.iter().filter_map(|(name, least)| {
        let count = counts.get(name).copied().unwrap_or_default();
        (count < *least).then(|| format!("{name}: {count} ran, at least {least} must"))
    });
    let new = counts.iter().filter(|(name, _)| !minimums.contains_key(*name));
    let new = new.map(|(name, count)| format!("{name} has no minimum, and {count} ran"));
    let wrong: Vec<String> = less.chain(new).collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("tests/minimums.toml: {kind}: {}", wrong.join("; ")).into()),
    }
}
