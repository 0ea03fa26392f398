//! `cargo xtask mutants`: mutation testing. cargo-mutants lists its mutants, and `cargo mutate` runs them with its own.

use std::collections::BTreeMap;
use std::fs;

use crate::command::{read, run_by_line};
use crate::long;
use crate::setup::{self, MUTANTS};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// The mutants that no test has to catch, by name without line and column, each with its reason.
const SURVIVORS: &str = "tests/survivors.toml";

/// The maximum number of survivors in tc3-std. Elsewhere only equivalent mutants may survive.
const TOLERATED: usize = 10;

pub(crate) fn task(workspace: &Workspace, files: &[&str]) -> Outcome {
    let steps = vec![
        Step::new("survivors", || judge(&workspace.toml(SURVIVORS)?)),
        Step::new("mutants", || mutate(workspace, files)),
    ];
    step::run_all("mutants", [MUTANTS.missing(workspace), setup::python(workspace)], steps)
}

/// `cargo mutate` fails if a mutant survives that is not listed, or one that is listed does not.
fn mutate(workspace: &Workspace, files: &[&str]) -> Outcome {
    let mut cargo = workspace.cargo(["mutate"]);
    let folder = workspace.target.join("mutants");
    fs::create_dir_all(&folder)?;
    for package in ["tc3-core", "tc3-embedded", "tc3-std"] {
        // `.cargo/mutants.toml` says which mutants are left out, and why.
        let list = read(MUTANTS.command(workspace).args(["--list", "--json", "--package", package]))?;
        let path = folder.join(format!("{package}.json"));
        fs::write(&path, list)?;
        cargo.arg(format!("--also={}", path.display()));
    }
    cargo.args(files).env("TC3_PYTHON", setup::interpreter(workspace));
    let mut tested = BTreeMap::<String, usize>::new();
    run_by_line(&mut cargo, |line| {
        println!("{line}");
        // `caught tc3-core/src/time.rs:18: …`
        if let Some((verdict, file)) = line.split_once(' ')
            && let Some((package, _)) = file.split_once("/src/")
        {
            let kind = (verdict == "accepted").then_some("survivors");
            for name in kind.into_iter().chain([package]) {
                let count = tested.entry(name.to_owned()).or_default();
                *count = count.saturating_add(1);
            }
        }
    })?;
    if !files.is_empty() {
        return Ok(());
    }
    let survivors = tested.remove("survivors").unwrap_or_default();
    step::check_minimums(workspace, "mutants", &tested)?;
    long::record(workspace, "mutants", tested.into_iter().chain([("survivors".to_owned(), survivors)]))
}

fn judge(listed: &BTreeMap<String, String>) -> Outcome {
    let is_in_std = |name: &str| name.starts_with("tc3-std/");
    let unexplained = listed.iter().filter(|(name, reason)| {
        let start = if is_in_std(name) { "" } else { "Equivalent: " };
        reason.strip_prefix(start).is_none_or(str::is_empty)
    });
    let mut wrong: Vec<String> =
        unexplained.map(|(name, _)| format!("its reason may not be: {name}")).collect();
    let in_std = listed.keys().filter(|name| is_in_std(name)).count();
    if in_std > TOLERATED {
        wrong.push(format!("{in_std} survivors in tc3-std, at most {TOLERATED} may be"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
