//! `tests/minimums.toml`: the least that a whole run must run.

use std::collections::BTreeMap;
use std::fs;

use crate::step::Outcome;
use crate::workspace::Workspace;

type Counts = BTreeMap<String, usize>;

/// Compares the counts of one kind with the table, in both directions.
pub(crate) fn check(workspace: &Workspace, kind: &str, counts: &Counts) -> Outcome {
    let text = fs::read_to_string(workspace.root.join("tests/minimums.toml"))?;
    let all: BTreeMap<String, Counts> = toml::from_str(&text)?;
    compare(all.get(kind).unwrap_or(&Counts::new()), counts)
        .map_err(|less| format!("tests/minimums.toml: {kind}: {less}").into())
}

fn compare(minimums: &Counts, counts: &Counts) -> Result<(), String> {
    let less = minimums.iter().filter_map(|(name, least)| {
        let count = counts.get(name).copied().unwrap_or_default();
        (count < *least).then(|| format!("{name}: {count} ran, at least {least} must"))
    });
    let new = counts.iter().filter(|(name, _)| !minimums.contains_key(*name));
    let new = new.map(|(name, count)| format!("{name} has no minimum, and {count} ran"));
    let wrong: Vec<String> = less.chain(new).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::{Counts, compare};

    #[test]
    fn less_than_the_minimum_fails_and_so_does_what_has_none() {
        let counts = |of: &[(&str, usize)]| -> Counts {
            of.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        let minimums = counts(&[("core", 2), ("std", 1)]);
        assert_eq!(compare(&minimums, &counts(&[("core", 2), ("std", 7)])), Ok(()));
        for (ran, says) in [
            (counts(&[("core", 1), ("std", 1)]), "core: 1 ran, at least 2 must"),
            (counts(&[("core", 2)]), "std: 0 ran, at least 1 must"),
            (counts(&[("core", 2), ("std", 1), ("new", 3)]), "new has no minimum, and 3 ran"),
        ] {
            assert_eq!(compare(&minimums, &ran), Err(says.to_owned()));
        }
    }
}
