//! `cargo xtask coverage`: counts the lines of the published crates that the tests run.

use std::collections::BTreeMap;
use std::path::Path;

use crate::command::{read, run};
use crate::long;
use crate::setup::{self, LLVM_COV};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// Crates, each with its minimum line coverage in thousandths.
const FLOORS: [(&str, usize); 3] = [("tc3-core", 1000), ("tc3-embedded", 950), ("tc3-std", 950)];

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let count = Step::new("tests with line counts", || count(workspace));
    let judge = Step::new("coverage", || judge(workspace));
    let missing = [setup::python(workspace), LLVM_COV.missing(workspace)];
    step::run_all("coverage", missing, [count, judge])
}

fn count(workspace: &Workspace) -> Outcome {
    // Otherwise cargo-llvm-cov would add the counts of earlier runs.
    run(LLVM_COV.command(workspace).args(["clean", "--workspace"]))?;
    let mut cargo = LLVM_COV.command(workspace);
    // cargo-llvm-cov uses another target folder, where the tests would not find Python.
    cargo.env("TC3_PYTHON", setup::interpreter(workspace));
    run(cargo.args(["--no-report", "--quiet", "--workspace", "--all-features", "--exclude", "xtask"]))
}

/// Reads lcov's lines, where a line of a generic function counts as run if it runs for any type. LLVM's summary
/// counts only the type for which the most lines run.
fn judge(workspace: &Workspace) -> Outcome {
    let counts = read(LLVM_COV.command(workspace).args(["report", "--lcov"]))?;
    let (mut low, mut figures) = (Vec::new(), Vec::new());
    for (name, floor) in FLOORS {
        let lines = lines(&counts, &workspace.root.join(name).join("src"));
        let (all, run) = (lines.len(), lines.values().filter(|is_run| **is_run).count());
        println!("{name}: {run} of {all} lines");
        for ((file, line), _) in lines.iter().filter(|(_, is_run)| !**is_run) {
            println!("  not run: {name}/src/{file}:{line}");
        }
        figures.extend([(format!("{name} lines"), all), (format!("{name} run"), run)]);
        // Without lines, the sources were not found.
        if all == 0 || run.saturating_mul(1000) < all.saturating_mul(floor) {
            low.push(format!("{name}: {run} of {all}, at least {floor} of 1000"));
        }
    }
    if !low.is_empty() {
        return Err(format!("too few lines are run: {}", low.join(", ")).into());
    }
    long::record(workspace, "coverage", figures)
}

/// The lines of a folder's files, and whether they ran.
fn lines(lcov: &str, folder: &Path) -> BTreeMap<(String, u64), bool> {
    let (mut file, mut lines) = (None, BTreeMap::new());
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
    lines
}
