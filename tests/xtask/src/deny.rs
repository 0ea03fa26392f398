//! `cargo xtask deny`: checks each lock file against the rules of `deny.toml`.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::run;
use crate::setup;
use crate::setup::tools::{self, DENY};
use crate::step::{self, Outcome, Skipped, Step};
use crate::workspace::Workspace;

pub(crate) fn task(workspace: &Workspace) -> Outcome {
    let mut steps = setup::announced([tools::missing(&DENY, workspace)]);
    steps.extend(self::steps(workspace)?);
    step::run_all("deny", steps)
}

pub(crate) fn steps(workspace: &Workspace) -> Result<Vec<Step<'_>>, Box<dyn Error>> {
    let locked = locked(workspace)?;
    let mut advised = locked.clone();
    advised.retain(|folder| !is_foreign(workspace, folder));
    let mut steps: Vec<Step<'_>> = locked
        .into_iter()
        .map(|folder| {
            let name = format!("dependencies of {}", name(workspace, &folder));
            Step::new(name, move || check(workspace, &folder, "--locked", checks(workspace, &folder)))
        })
        .collect();
    steps.push(Step::new("no crate twice in tc3-core", || no_duplicate(workspace)));
    steps.push(Step::new("advisories", move || advisories(workspace, &advised)));
    Ok(steps)
}

/// The folders with a lock file, the workspace first.
fn locked(workspace: &Workspace) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut beside = Vec::new();
    for group in ["examples", "tests"] {
        for entry in fs::read_dir(workspace.root.join(group))? {
            beside.push(entry?.path());
        }
    }
    beside.retain(|folder| folder.join("Cargo.lock").exists());
    beside.sort();
    beside.insert(0, workspace.root.clone());
    Ok(beside)
}

fn name(workspace: &Workspace, folder: &Path) -> String {
    match folder.strip_prefix(&workspace.root) {
        Ok(inside) if inside != Path::new("") => inside.display().to_string(),
        _ => "the workspace".to_owned(),
    }
}

/// The bench is never shipped, and the crates it compares with choose their own dependencies.
const FOREIGN: &str = "tests/bench";

fn is_foreign(workspace: &Workspace, folder: &Path) -> bool {
    name(workspace, folder) == FOREIGN
}

fn checks(workspace: &Workspace, folder: &Path) -> &'static [&'static str] {
    if is_foreign(workspace, folder) { &["sources"] } else { &["bans", "licenses", "sources"] }
}

/// A whole lock file always has duplicates, and not every lock file contains each wrapper in `deny.toml`.
const EXPECTED: [&str; 4] = ["--allow", "duplicate", "--allow", "unused-wrapper"];

fn check(workspace: &Workspace, folder: &Path, network: &str, which: &[&str]) -> Outcome {
    let mut deny = tools::command(&DENY, workspace);
    deny.current_dir(folder).arg(network).arg("--config").arg(workspace.root.join("deny.toml"));
    deny.args(["check", "--hide-inclusion-graph"]).args(EXPECTED).args(which);
    run(&mut deny)
}

/// A duplicate dependency of tc3-core would be twice in the flash of every device.
fn no_duplicate(workspace: &Workspace) -> Outcome {
    let mut deny = tools::command(&DENY, workspace);
    deny.args([
        "--locked",
        "--exclude-dev",
        "--manifest-path",
        "tc3-core/Cargo.toml",
        "--config",
        "deny.toml",
    ]);
    run(deny.args(["check", "--deny", "duplicate", "--allow", "unused-wrapper", "bans"]))
}

/// Downloads the list of advisories, or uses an older one. Skips the step if there is no list.
fn advisories(workspace: &Workspace, locked: &[PathBuf]) -> Outcome {
    let mut fetch = tools::command(&DENY, workspace);
    fetch.args(["--config", "deny.toml", "fetch", "db"]);
    if let Err(cause) = run(&mut fetch) {
        if !has_list() {
            return Err(Skipped { cause }.into());
        }
        println!("{cause}; using the list that was fetched before, unless it is older than 90 days");
    }
    // `--frozen` keeps cargo-deny from downloading the list again for each lock file.
    locked.iter().try_for_each(|folder| check(workspace, folder, "--frozen", &["advisories"]))
}

/// Whether a list was fetched before.
fn has_list() -> bool {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let lists = home.and_then(|home| fs::read_dir(home.join("advisory-dbs")).ok());
    lists.is_some_and(|lists| lists.flatten().any(|list| list.path().join("crates").exists()))
}
