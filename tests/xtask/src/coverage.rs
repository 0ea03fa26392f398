//! `cargo xtask coverage`: counts the lines of the published crates that the tests run.

use std::collections::BTreeMap;
use std::path::Path;

use crate::command::{read, run};
use crate::figures;
use crate::setup::tools::{self, LLVM_COV};
use crate::setup::{self, python};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// Crates, each with its minimum line coverage in thousandths.
const FLOORS: [(&str, u64); 3] = [("tc3-core", 1000), ("tc3-embedded", 950), ("tc3-std", 950)];

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let mut steps = setup::announced([python::missing(workspace), tools::missing(&LLVM_COV, workspace)]);
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
        let lines = lines(&counts, &workspace.root.join(name).join("src"));
        let all = u64::try_from(lines.len())?;
        let run = u64::try_from(lines.values().filter(|is_run| **is_run).count())?;
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
    let figures: Vec<_> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    figures::record(workspace, "coverage", &figures)
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
