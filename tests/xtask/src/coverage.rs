//! `cargo xtask coverage`: which lines of the published crates the tests run.

use std::error::Error;
use std::path::Path;

use serde_json::Value;

use crate::command::{read, run};
use crate::figures;
use crate::setup;
use crate::setup::tools::{self, LLVM_COV};
use crate::setup::{python, rustup};
use crate::step::{self, Outcome, Step};
use crate::workspace::{Workspace, list};

/// A crate, and of a thousand of its lines how many have to be run.
const FLOORS: [(&str, u64); 3] = [("tc3-core", 1000), ("tc3-embedded", 950), ("tc3-std", 950)];

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let tool = tools::missing(&LLVM_COV, workspace);
    let mut steps = setup::announced([python::missing(workspace), rustup::llvm_tools(), tool]);
    steps.push(Step::new("tests, with their lines counted", || count(workspace)));
    steps.push(Step::new("coverage", || judge(workspace)));
    step::run_all("coverage", steps)
}

fn count(workspace: &Workspace) -> Outcome {
    let mut cargo = tools::command(&LLVM_COV, workspace);
    // It has a target folder of its own, without what setup has put into the usual one.
    cargo.env("TC3_PYTHON", python::interpreter(workspace));
    run(cargo.args(["--no-report", "--quiet", "--workspace", "--all-features", "--exclude", "xtask"]))
}

fn judge(workspace: &Workspace) -> Outcome {
    let mut report = tools::command(&LLVM_COV, workspace);
    let report: Value = serde_json::from_str(&read(report.args(["report", "--json", "--summary-only"]))?)?;
    let (mut low, mut figures) = (Vec::new(), Vec::new());
    for (name, floor) in FLOORS {
        let (lines, run) = lines(&report, &workspace.root.join(name).join("src"));
        println!("{name}: {run} of {lines} lines");
        figures.push((format!("{name} lines"), lines));
        figures.push((format!("{name} run"), run));
        if is_below(lines, run, floor) {
            low.push(name);
        }
    }
    if low.is_empty() {
        let figures: Vec<_> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        return figures::record(workspace, "coverage", &figures);
    }
    missing(workspace)?;
    Err(format!("too few lines are run: {}", low.join(", ")).into())
}

/// A crate without a line is one that was not found.
fn is_below(lines: u64, run: u64, floor: u64) -> bool {
    lines == 0 || run.saturating_mul(1000) < lines.saturating_mul(floor)
}

/// How many lines the files of a folder have, and how many of them were run.
fn lines(report: &Value, folder: &Path) -> (u64, u64) {
    let files = list(report, "/data/0/files");
    let files = files.filter(|file| {
        file.get("filename").and_then(Value::as_str).is_some_and(|name| Path::new(name).starts_with(folder))
    });
    files.fold((0, 0), |(lines, run), file| {
        let figure = |pointer| file.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
        (
            lines.saturating_add(figure("/summary/lines/count")),
            run.saturating_add(figure("/summary/lines/covered")),
        )
    })
}

/// Says which lines they are.
fn missing(workspace: &Workspace) -> Result<(), Box<dyn Error>> {
    run(tools::command(&LLVM_COV, workspace).args(["report", "--show-missing-lines"]))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{is_below, lines};

    #[test]
    fn the_lines_of_a_folder_are_those_of_its_files() {
        let file = |name, count, covered| json!({"filename": name, "summary": {"lines": {"count": count, "covered": covered}}});
        let report = json!({"data": [{"files": [file("/a/src/x.rs", 10, 9), file("/a/src/y/z.rs", 5, 5), file("/b/src/x.rs", 7, 0)]}]});
        assert_eq!(lines(&report, Path::new("/a/src")), (15, 14));
        assert_eq!(lines(&report, Path::new("/c/src")), (0, 0));
    }

    #[test]
    fn one_line_that_is_not_run_is_below_all_of_them() {
        assert!(!is_below(4000, 4000, 1000));
        assert!(is_below(4000, 3999, 1000));
        assert!(!is_below(100, 95, 950));
        assert!(is_below(100, 94, 950));
        assert!(is_below(0, 0, 950));
    }
}
