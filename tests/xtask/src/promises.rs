//! `cargo xtask promises`: compares the promises of the documents with `tests/promises.toml`, and looks for the tests
//! that it and `tests/matrix.toml` name. `cargo xtask test` does it with the tests that ran.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;

use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// Everything in this document from this heading on must be in the table.
const WHOLE: (&str, &str) = ("SECURITY.md", "## What is promised");

/// What shows a promise, or a cell of the matrix.
#[derive(Deserialize)]
#[serde(untagged)]
enum Shown {
    /// `package::target::test`, `xtask TASK: STEP`, or `xtask TASK` for a long task.
    By(Vec<String>),
    /// Nothing has to show it, for this reason.
    None { none: String },
}

/// The file `tests/matrix.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matrix {
    /// The columns of each kind of row.
    variants: BTreeMap<String, Vec<String>>,
    /// Cells by kind, row and column.
    shown: BTreeMap<String, BTreeMap<String, BTreeMap<String, Shown>>>,
}

/// Lists the tests without running them.
pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let compare = || check(workspace, &crate::test::list(workspace)?);
    step::run_all("promises", [], [Step::new("promises", compare)])
}

/// Compares the documents with the tables, and looks for each named test and step.
pub(crate) fn check(workspace: &Workspace, tests: &BTreeSet<String>) -> Outcome {
    // Sentences by document.
    let promises: BTreeMap<String, BTreeMap<String, Shown>> = workspace.toml("tests/promises.toml")?;
    let matrix: Matrix = workspace.toml("tests/matrix.toml")?;
    let mut names = steps(workspace)?;
    names.extend(tests.iter().cloned());
    let mut wrong = matrix.faults(&names);
    for (document, promises) in &promises {
        let text = fs::read_to_string(workspace.root.join(document))?;
        wrong.extend(differences(&text, promises).into_iter().map(|it| format!("{document}: {it}")));
        let faults = promises.iter().flat_map(|(says, shown)| shown.faults(says, &names));
        wrong.extend(faults.map(|it| format!("{document}: {it}")));
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("promises:\n{}", wrong.join("\n")).into()) }
}

/// The names of all steps that every change must pass, and of the long tasks.
fn steps(workspace: &Workspace) -> Outcome<BTreeSet<String>> {
    let check = crate::check::steps(workspace)?;
    let check = check.iter().map(|step| format!("xtask check: {}", step.name));
    let test = crate::test::names(workspace)?.into_iter().map(|name| format!("xtask test: {name}"));
    let long = crate::long::LONG.iter().map(|task| format!("xtask {task}"));
    Ok(check.chain(test).chain(long).collect())
}

impl Shown {
    fn faults(&self, what: &str, names: &BTreeSet<String>) -> Vec<String> {
        match self {
            Self::By(by) if by.is_empty() => vec![format!("{what}: names no test")],
            Self::By(by) => {
                let absent = by.iter().filter(|name| !names.contains(*name));
                absent.map(|name| format!("{what}: `{name}` did not run")).collect()
            }
            Self::None { none } if none.is_empty() => vec![format!("{what}: has no reason")],
            Self::None { .. } => Vec::new(),
        }
    }
}

impl Matrix {
    fn faults(&self, names: &BTreeSet<String>) -> Vec<String> {
        let mut faults = Vec::new();
        for (kind, rows) in &self.shown {
            let columns = self.variants.get(kind).map_or(&[][..], Vec::as_slice);
            for (row, cells) in rows {
                let place = |column: &String| format!("matrix: {row}, {column}");
                let absent = columns.iter().filter(|column| !cells.contains_key(*column));
                faults.extend(absent.map(|column| format!("{}: no cell", place(column))));
                let unknown = cells.keys().filter(|column| !columns.contains(column));
                faults.extend(unknown.map(|column| format!("{}: unknown column", place(column))));
                faults.extend(cells.iter().flat_map(|(column, shown)| shown.faults(&place(column), names)));
            }
        }
        faults
    }
}

/// Sentences that the document does not contain exactly once, and what [`WHOLE`] has besides.
fn differences(text: &str, promises: &BTreeMap<String, Shown>) -> Vec<String> {
    let mut all: Vec<&String> = promises.keys().collect();
    // One sentence can contain another.
    all.sort_by_key(|says| Reverse(says.len()));
    let mut left = words(text);
    let mut wrong = Vec::new();
    for says in all {
        let parts = left.matches(says.as_str()).count();
        if parts != 1 {
            wrong.push(format!("says {parts} times: {says}"));
        }
        left = left.replace(says.as_str(), "");
    }
    if let Some((_, rest)) = left.split_once(WHOLE.1) {
        let rest = rest.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
        wrong.extend(rest.map(|it| format!("not in tests/promises.toml: {it}")));
    }
    wrong
}

/// The paragraphs and list items, each in one line, with a heading's mark.
fn words(text: &str) -> String {
    let blocks = text.replace("\n- ", "\n\n");
    let blocks = blocks.split("\n\n").map(|block| block.split_whitespace().collect::<Vec<_>>().join(" "));
    blocks.collect::<Vec<_>>().join("\n")
}
