//! `cargo xtask mutants`: changes the code in every small way, and demands that a test notices.

use std::error::Error;
use std::fs;

use serde_json::Value;

use crate::command::run;
use crate::figures;
use crate::setup;
use crate::setup::tools::{self, MUTANTS};
use crate::step::{self, Outcome, Step};
use crate::workspace::{Workspace, list};

/// What is changed, and whose tests have to notice; which files and what is left out, and why,
/// says `.cargo/mutants.toml`.
const PARTS: [Part; 2] = [
    Part { package: "tc3-core", tests: &["tc3-core", "conformance"] },
    Part { package: "tc3-embedded", tests: &["tc3-embedded"] },
];

struct Part {
    package: &'static str,
    tests: &'static [&'static str],
}

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let mut steps = setup::announced([tools::missing(&MUTANTS, workspace)]);
    for part in &PARTS {
        let name = format!("mutants of {}", part.package);
        steps.push(Step::new(name, || mutate(workspace, part, arguments)));
    }
    if arguments.is_empty() {
        steps.push(Step::new("no survivors", || record(workspace)));
    }
    step::run_all("mutants", steps)
}

/// The arguments are those of cargo-mutants, such as `--file tc3-core/src/time.rs`.
fn mutate(workspace: &Workspace, part: &Part, arguments: &[&str]) -> Outcome {
    let mut cargo = tools::command(&MUTANTS, workspace);
    cargo.args(["--package", part.package, "--no-shuffle", "--output"]);
    cargo.arg(workspace.target.join("mutants").join(part.package));
    cargo.args(part.tests.iter().flat_map(|package| ["--test-package", package]));
    run(cargo.args(arguments))
}

/// A survivor has ended cargo-mutants with a failure; what is left is to count.
fn record(workspace: &Workspace) -> Outcome {
    let mut figures = Vec::new();
    for part in &PARTS {
        for (name, count) in outcomes(workspace, part)? {
            figures.push((format!("{} {name}", part.package), count));
        }
    }
    let figures: Vec<_> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    figures::record(workspace, "mutants", &figures)
}

fn outcomes(workspace: &Workspace, part: &Part) -> Result<[(&'static str, u64); 4], Box<dyn Error>> {
    let place = workspace.target.join("mutants").join(part.package).join("mutants.out/outcomes.json");
    let outcomes: Value = serde_json::from_str(&fs::read_to_string(place)?)?;
    let count = |name| outcomes.get(name).and_then(Value::as_u64).ok_or(format!("no count of {name}"));
    if list(&outcomes, "/outcomes").next().is_none() {
        return Err("nothing was mutated".into());
    }
    Ok([
        ("mutants", count("total_mutants")?),
        ("caught", count("caught")?),
        ("unviable", count("unviable")?),
        ("missed", count("missed")?),
    ])
}
