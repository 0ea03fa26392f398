//! `cargo xtask coverage`: counts the lines of the published crates that the tests run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::command::{read, run};
use crate::figures;
use crate::setup;
use crate::setup::tools::{self, LLVM_COV};
use crate::setup::{python, rustup};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// Crates, each with its minimum line coverage in thousandths.
const FLOORS: [(&str, u64); 3] = [("tc3-core", 1000), ("tc3-embedded", 950), ("tc3-std", 950)];

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let tool = tools::missing(&LLVM_COV, workspace);
    let mut steps = setup::announced([python::missing(workspace), rustup::llvm_tools(), tool]);
    steps.push(Step::new("tests with line counts", || count(workspace)));
    steps.push(Step::new("coverage", || judge(workspace)));
    step::run_all("coverage", steps)
}

fn count(workspace: &Workspace) -> Outcome {
    // Otherwise cargo-llvm-cov would add the counts of earlier runs.
    run(tools::command(&LLVM_COV, workspace).args(["clean", "--workspace"]))?;
    let mut cargo = tools::command(&LLVM_COV, workspace);
    // cargo-llvm-cov uses another target folder, where the tests would not find Python.
    cargo.env("TC3_PYTHON", python::interpreter(workspace));
    run(cargo.args(["--no-report", "--quiet", "--workspace", "--all-features", "--exclude", "xtask"]))
}

/// Reads lcov's lines, where a line of a generic function counts as run if it runs for any type. LLVM's summary
/// counts only the type for which the most lines run.
fn judge(workspace: &Workspace) -> Outcome {
    let counts = read(tools::command(&LLVM_COV, workspace).args(["report", "--lcov"]))?;
    let (mut low, mut figures) = (Vec::new(), Vec::new());
    for (name, floor) in FLOORS {
        let Lines { all, idle } = Lines::of(&counts, &workspace.root.join(name).join("src"));
        let run = all.saturating_sub(u64::try_from(idle.len())?);
        println!("{name}: {run} of {all} lines");
        idle.iter().for_each(|(file, line)| println!("  not run: {name}/src/{file}:{line}"));
        figures.push((format!("{name} lines"), all));
        figures.push((format!("{name} run"), run));
        if is_below(all, run, floor) {
            low.push(name);
        }
    }
    if !low.is_empty() {
        return Err(format!("too few lines are run: {}", low.join(", ")).into());
    }
    let figures: Vec<_> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    figures::record(workspace, "coverage", &figures)
}

/// Also true for a crate without lines: its sources were not found.
fn is_below(lines: u64, run: u64, floor: u64) -> bool {
    lines == 0 || run.saturating_mul(1000) < lines.saturating_mul(floor)
}

/// The number of lines in a folder's files, and the lines that did not run.
#[derive(Debug, PartialEq)]
struct Lines {
    all: u64,
    idle: BTreeSet<(String, u64)>,
}

impl Lines {
    fn of(lcov: &str, folder: &Path) -> Self {
        let (mut file, mut lines) = (None, BTreeMap::<(String, u64), bool>::new());
        for entry in lcov.lines() {
            if let Some(path) = entry.strip_prefix("SF:") {
                let name = Path::new(path).strip_prefix(folder).ok();
                file = name.map(|name| name.to_string_lossy().into_owned());
            }
            let counted = entry.strip_prefix("DA:").and_then(|counted| counted.split_once(','));
            if let (Some(file), Some((line, count))) = (&file, counted) {
                let is_run = lines.entry((file.clone(), line.parse().unwrap_or_default())).or_default();
                *is_run |= count != "0";
            }
        }
        let idle = lines.iter().filter(|(_, is_run)| !**is_run).map(|(line, _)| line.clone()).collect();
        Self { all: lines.len().try_into().unwrap_or_default(), idle }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Lines, is_below};

    #[test]
    fn only_files_of_the_folder_are_counted() {
        let lcov = "SF:/a/src/x.rs\nFN:1,f\nDA:1,9\nDA:2,0\nLF:2\nend_of_record\n\
                    SF:/a/src/y/z.rs\nDA:7,0\nDA:8,10\nend_of_record\n\
                    SF:/b/src/x.rs\nDA:3,0\nend_of_record\n";
        let idle = [("x.rs".to_owned(), 2), ("y/z.rs".to_owned(), 7)];
        assert_eq!(Lines::of(lcov, Path::new("/a/src")), Lines { all: 4, idle: idle.into() });
        assert_eq!(Lines::of(lcov, Path::new("/c/src")), Lines { all: 0, idle: [].into() });
    }

    #[test]
    fn a_line_that_occurs_twice_counts_once_and_is_run_if_either_is() {
        let lcov = "SF:/a/src/x.rs\nDA:1,0\nDA:1,1\nDA:1,0\nend_of_record\n";
        assert_eq!(Lines::of(lcov, Path::new("/a/src")), Lines { all: 1, idle: [].into() });
    }

    #[test]
    fn one_line_that_is_not_run_misses_100_per_cent() {
        assert!(!is_below(4000, 4000, 1000));
        assert!(is_below(4000, 3999, 1000));
        assert!(!is_below(100, 95, 950));
        assert!(is_below(100, 94, 950));
        assert!(is_below(0, 0, 950));
    }
}
